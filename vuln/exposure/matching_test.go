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
		out = append(out, row{r[0], r[1], r[2], r[3], r[4], nil})
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

// A fleet gives what its devices give one by one.
func TestFleet(t *testing.T) {
	advisories, _ := readHeldout(t)
	s := NewSpeller()
	m := s.Match(append(realAdvisories(t, "csaf-icsma"), advisories...))
	devices := fleet(t, 600)
	var known []*device.Device
	single := 0
	for i := range devices {
		known = append(known, &devices[i])
		single += len(m.Findings(&devices[i]))
	}
	if got := len(m.Fleet(s.Fleet(known))); got != single || got == 0 {
		t.Errorf("%d findings as a fleet, %d one by one", got, single)
	}
}

// Two spellings of one device, by the record and by the wire, are both tried.
func TestConflictingClaims(t *testing.T) {
	m := New(realAdvisories(t, "csaf-icsma"))
	d := &device.Device{ID: "d", Manufacturer: "Philips", Model: "IntelliVue MX40", Version: "B.06.18",
		Claims: []device.Claim{{Field: device.FieldVersion, Value: "B.05.28", Source: device.Source{Rule: "intellivue.connect"}}}}
	found := m.Findings(d)
	if len(found) != 2 || found[0].Advisory != "ICSMA-17-255-01" || found[0].Match != Confirmed {
		t.Fatalf("%+v", found)
	}
	said := false
	for _, e := range found[0].Evidence {
		said = said || strings.Contains(e.Text, "said by intellivue.connect")
	}
	if !said {
		t.Errorf("the evidence does not say who said so: %+v", found[0].Evidence)
	}
}

// Explain tells why a fixed release, a sibling and another maker do not match.
func TestExplain(t *testing.T) {
	m := New(realAdvisories(t, "csaf-icsma"))
	for _, c := range []struct{ maker, model, version, id, rule, words string }{
		{"Philips", "IntelliVue MX40", "B.06.18", "ICSMA-17-255-01", "version.outside", "lies outside"},
		{"Philips", "IntelliVue MX40", "B.06.17", "ICSMA-17-255-01", "version.inside", "the match is confirmed"},
		{"Philips", "Vue Motion", "12.2.8", "ICSMA-21-187-01", "version.outside", "12.2.1.5"},
		{"Mindray", "T1", "1.0", "ICSMA-21-047-01", "vendor.differs", "makers differ"},
		{"CareFusion", "Alaris 8100", "9.33", "ICSMA-17-017-02", "name.differs", "is not"},
		{"Spacelabs", "Windows 7", "", "ICSMA-20-049-01", "name.differs", ""},
		{"Philips", "MX40", "", "CVE-1999-0001", "advisory.unknown", "no advisory"},
	} {
		rules, texts := "", ""
		for _, e := range m.Explain(&device.Device{Manufacturer: c.maker, Model: c.model, Version: c.version}, c.id) {
			rules += " " + e.Rule
			texts += " " + e.Text
		}
		if !strings.Contains(rules, c.rule) || !strings.Contains(texts, c.words) {
			t.Errorf("%s %s %s against %s:%s:%s", c.maker, c.model, c.version, c.id, rules, texts)
		}
	}
}

// VEX statuses, serial numbers, relationships, CPE and purl decide as stated.
func TestStatuses(t *testing.T) {
	product := func(id, name, version string) advisory.Product {
		return advisory.Product{ID: id, Vendor: "Acme", Name: name, Version: version, Path: "/" + id}
	}
	a := advisory.Advisory{ID: "V1", Publisher: "Acme", Products: []advisory.Product{
		product("old", "PumpStar 500", "vers:generic/<2.0"), product("new", "PumpStar 500", "2.0"), product("pro", "PumpStar 500 Pro", "vers:all/*"),
		product("look", "PumpStar 700", "vers:all/*"), product("fw", "PumpStar 800 firmware", "<3.1"), product("hw", "PumpStar 800", ""),
		{ID: "joined", Parts: []string{"fw", "hw"}, Relation: "installed_on", Text: "PumpStar 800 firmware <3.1 on PumpStar 800", Path: "/rel"},
		{ID: "serial", Vendor: "Acme", Name: "PumpStar 900", Version: "vers:all/*", Serials: []string{"AB*"}},
		{ID: "lib", Vendor: "Other", Name: "zlib", CPE: "cpe:2.3:a:zlib:zlib:1.2.11:*:*:*:*:*:*:*", PURL: "pkg:generic/zlib@1.2.11"},
	}, Vulnerabilities: []advisory.Vulnerability{{ID: "CVE-2026-0001", Status: []advisory.ProductStatus{
		{Product: "old", Status: advisory.KnownAffected}, {Product: "new", Status: advisory.Fixed}, {Product: "look", Status: advisory.UnderInvestigation},
		{Product: "pro", Status: advisory.KnownNotAffected, Flag: "component_not_present"}, {Product: "joined", Status: advisory.KnownAffected},
		{Product: "serial", Status: advisory.KnownAffected}, {Product: "lib", Status: advisory.KnownAffected}}}}}
	m := New([]advisory.Advisory{a})
	for _, c := range []struct {
		d      device.Device
		status Status
		match  Match
	}{
		{device.Device{Model: "PumpStar 500", Version: "1.9"}, Affected, Confirmed},
		{device.Device{Model: "PumpStar 500", Version: "2.0"}, Fixed, Confirmed},
		{device.Device{Model: "PumpStar 500"}, Affected, Likely},
		{device.Device{Model: "PumpStar 500 Pro", Version: "1.0"}, NotAffected, Confirmed},
		{device.Device{Model: "PumpStar 700", Version: "1"}, UnderInvestigation, Confirmed},
		{device.Device{Model: "PumpStar 800", Version: "3.0"}, Affected, Confirmed},
		{device.Device{Model: "PumpStar 800", Version: "3.1"}, "", ""},
		{device.Device{Model: "PumpStar 900", Serial: "AB77"}, Affected, Confirmed},
		{device.Device{Model: "PumpStar 900"}, Affected, Likely},
		{device.Device{Model: "PumpStar 900", Serial: "CD1"}, "", ""},
		{device.Device{Model: "X", Software: []device.Software{{Name: "libz", Version: "1.2.11", CPE: "cpe:2.3:a:zlib:zlib:1.2.11:*:*:*:*:*:*:*"}}}, Affected, Confirmed},
		{device.Device{Model: "X", Software: []device.Software{{Name: "libz", PURL: "pkg:generic/zlib@1.2.12"}}}, "", ""},
	} {
		c.d.Manufacturer = "Acme Inc."
		var status Status
		var match Match
		if found := m.Findings(&c.d); len(found) == 1 {
			status, match = found[0].Status, found[0].Match
			if status == NotAffected && found[0].Flag != "component_not_present" {
				t.Errorf("flag %q is lost", found[0].Flag)
			}
		} else if len(found) > 1 {
			t.Errorf("%s: %d findings", c.d.Model, len(found))
		}
		if status != c.status || match != c.match {
			t.Errorf("%s %s %s: %s %s, want %s %s", c.d.Model, c.d.Version, c.d.Serial, status, match, c.status, c.match)
		}
	}
}
