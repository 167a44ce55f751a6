package exposure

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"ward/asset/device"
	"ward/internal/shareddata"
	"ward/vuln/advisory"
	"ward/vuln/feed/csaf"
)

// realAdvisories reads a folder of real CSAF documents.
func realAdvisories(t testing.TB, folder string) []advisory.Advisory {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(shareddata.Dir(t), "vuln", folder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no documents in %s: %v", folder, err)
	}
	var out []advisory.Advisory
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		a, err := csaf.Parse(filepath.Base(f), data)
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		out = append(out, a)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

// readMatching reads the hand-checked table.
func readMatching(t testing.TB) []row {
	t.Helper()
	f, err := os.Open("testdata/matching.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []row
	for _, r := range all[1:] {
		out = append(out, row{r[0], r[1], r[2], r[3], r[4]})
	}
	return out
}

// The table is checked with the medical and the industrial advisories loaded.
func TestMatchingTable(t *testing.T) {
	m := New(append(realAdvisories(t, "csaf-icsma"), realAdvisories(t, "csaf-ot")...))
	var s score
	rows := readMatching(t)
	for _, r := range rows {
		got := map[string]Match{}
		for id, level := range affectedBy(m, &device.Device{ID: "d", Manufacturer: r.manufacturer, Model: r.model, Version: r.version}) {
			got[strings.TrimSuffix(id, "A")] = level
		}
		s.grade(r, got)
	}
	t.Logf("%d devices: recall %.3f (%d of %d), wrong %.3f (%d of %d)", len(rows), s.recall(), s.found, s.expected, s.wrongShare(), s.wrong, s.given)
	for _, f := range s.faults {
		t.Log(f)
	}
	if s.recall() < 0.97 || s.wrongShare() > 0.01 {
		t.Errorf("below the bar")
	}
}
