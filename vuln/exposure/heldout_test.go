package exposure

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"ward/asset/device"
	"ward/vuln/advisory"
)

// readHeldout reads the advisories and devices of testdata/heldout.tsv.
func readHeldout(t testing.TB) ([]advisory.Advisory, []row) {
	return readTable(t, "testdata/heldout.tsv")
}

func readTable(t testing.TB, file string) ([]advisory.Advisory, []row) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var advisories []advisory.Advisory
	var devices []row
	byID := map[string]int{}
	for f := range rows(string(data)) {
		switch f[0] {
		case "A":
			i, ok := byID[f[1]]
			if !ok {
				i = len(advisories)
				byID[f[1]] = i
				advisories = append(advisories, advisory.Advisory{ID: f[1], Title: f[2] + " " + f[3], Publisher: "CISA", File: f[1] + ".json",
					Vulnerabilities: []advisory.Vulnerability{{ID: "CVE-" + f[1]}}})
			}
			a := &advisories[i]
			id := fmt.Sprintf("P%d", len(a.Products))
			a.Products = append(a.Products, advisory.Product{ID: id, Vendor: f[2], Name: f[3], Range: f[4] == "R", Version: f[5], Text: f[6], Path: "/" + id})
			a.Vulnerabilities[0].Status = append(a.Vulnerabilities[0].Status, advisory.ProductStatus{Product: id, Status: advisory.KnownAffected})
		case "D":
			r := row{manufacturer: f[1], model: f[2], version: f[3], want: f[4], columns: map[string]string{}}
			for _, c := range f[5:] {
				k, v, _ := strings.Cut(c, "=")
				r.columns[k] = v
			}
			devices = append(devices, r)
		}
	}
	return advisories, devices
}

// row is one device of a hand-checked table. want lists advisory ids joined by
// "|", each perhaps with ":level"; "-" is none; "?id" may match or not.
type row struct {
	manufacturer, model, version, want, reason string
	columns                                    map[string]string // kind, hostname, number, os where given
}

// device gives the row as the inventory has it.
func (r row) device() *device.Device {
	return &device.Device{ID: "d", Manufacturer: r.manufacturer, Model: r.model, Version: r.version,
		Kind: r.columns["kind"], Hostname: r.columns["hostname"], ModelNumber: r.columns["number"], OS: r.columns["os"]}
}

// score counts over a table.
type score struct {
	expected, found, given, wrong int
	faults                        []string
}

func (s score) recall() float64 { return float64(s.found) / float64(max(s.expected, 1)) }
func (s score) wrongShare() float64 {
	return float64(s.wrong) / float64(max(s.given, 1))
}

// grade compares one device's findings with its row.
func (s *score) grade(r row, got map[string]Match) {
	may := map[string]bool{}
	for _, w := range strings.Split(r.want, "|") {
		w, open := strings.CutPrefix(strings.TrimSpace(w), "?")
		id, level, _ := strings.Cut(w, ":")
		may[id] = true
		if id == "-" || open {
			continue
		}
		s.expected++
		switch {
		case got[id] == NoMatch:
			s.faults = append(s.faults, fmt.Sprintf("MISSED %s for %s | %s | %s (%s)", id, r.manufacturer, r.model, r.version, r.reason))
		case level != "" && string(got[id]) != level:
			s.found++
			s.faults = append(s.faults, fmt.Sprintf("LEVEL %s is %s, want %s for %s | %s | %s (%s)", id, got[id], level, r.manufacturer, r.model, r.version, r.reason))
		default:
			s.found++
		}
	}
	for id, level := range got {
		s.given++
		if !may[id] {
			s.wrong++
			s.faults = append(s.faults, fmt.Sprintf("WRONG %s (%s) for %s | %s | %s (%s)", id, level, r.manufacturer, r.model, r.version, r.reason))
		}
	}
}

// affectedBy gives the advisories that affect a device with their best match.
func affectedBy(m *Matcher, d *device.Device) map[string]Match {
	got := map[string]Match{}
	for _, f := range m.Findings(d) {
		if f.Status == Affected && levels[f.Match] > levels[got[f.Advisory]] {
			got[f.Advisory] = f.Match
		}
	}
	return got
}

func TestHeldout(t *testing.T) {
	for _, file := range []string{"testdata/heldout.tsv", "testdata/heldout2.tsv", "testdata/heldout3.tsv", "testdata/heldout4.tsv", "testdata/heldout5.tsv", "testdata/heldout6.tsv", "testdata/heldout7.tsv", "testdata/heldout8.tsv", "testdata/heldout9.tsv"} {
		t.Run(file, func(t *testing.T) { checkTable(t, file) })
	}
}

func checkTable(t *testing.T, file string) {
	advisories, devices := readTable(t, file)
	m := New(advisories)
	var s score
	for _, r := range devices {
		s.grade(r, affectedBy(m, r.device()))
	}
	t.Logf("%d devices: recall %.3f (%d of %d), wrong %.3f (%d of %d)", len(devices), s.recall(), s.found, s.expected, s.wrongShare(), s.wrong, s.given)
	for _, f := range s.faults {
		t.Log(f)
	}
	if s.recall() < 0.95 || s.wrongShare() > 0.02 {
		t.Errorf("below the bar")
	}
}
