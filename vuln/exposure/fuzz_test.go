package exposure

import (
	"strings"
	"testing"

	"ward/asset/device"
	"ward/vuln/advisory"
)

// Whatever stands in a version text, reading it ends, and an understood text
// gives the same answer twice.
func FuzzVersions(f *testing.F) {
	for _, s := range []string{"<= R4.1L1", "Rev B-M", "A.01 <= C.0x | 4.0", "vers:all/*", "vers:generic/>=1|<2", "5.x.x", "3.0 D15", "< July 1, 2017", "", "((((", "<<>>==", "to to to", "x", "1 to", "sfx:"} {
		f.Add(s, "1.2.3")
	}
	f.Fuzz(func(t *testing.T, text, version string) {
		main, tail := versionsOf(&advisory.Product{Name: "Thing", Version: text, Text: "Thing: " + text})
		r := parseRelease(version)
		a, why := main.within(r)
		if b, _ := main.within(r); a != b {
			t.Errorf("two answers for %q in %q", version, text)
		}
		if a != unknown && why == "" {
			t.Errorf("no reason for %q in %q", version, text)
		}
		if len(main.spans) > maxSpans || len(tail.spans) > maxSpans || len(r.parts) > maxParts {
			t.Errorf("limits do not hold")
		}
	})
}

// Whatever products and devices are called, matching ends without a panic and
// no finding stands without evidence.
func FuzzMatch(f *testing.F) {
	for _, s := range [][4]string{{"Philips", "IntelliVue MP2-MP90 (M8102A/M3002A", "PHILLIPS", "MP70 / MX"}, {"GE", "LOGIQ, not including LOGIQ 100 Pro", "GE", "LOGIQ E9"},
		{"", "+", "", "-"}, {"BD", "Alaris 8015 PC unit", "", "x/x/x ((("}, {"A", "MX700/800/5x0~3", "A", "mx~1"}, {"~", "5x0 48xx 1-2-3-4", "~", "530"}} {
		f.Add(s[0], s[1], s[2], s[3])
	}
	f.Fuzz(func(t *testing.T, vendor, product, maker, model string) {
		a := advisory.Advisory{ID: "A", Title: product, Products: []advisory.Product{{ID: "1", Vendor: vendor, Name: product, Version: model}},
			Vulnerabilities: []advisory.Vulnerability{{ID: "CVE-1", Status: []advisory.ProductStatus{{Product: "1", Status: advisory.KnownAffected}}}}}
		m := New([]advisory.Advisory{a})
		d := &device.Device{Manufacturer: maker, Model: model, Version: product}
		found := m.Findings(d)
		for _, x := range found {
			if len(x.Evidence) == 0 || x.Match == NoMatch {
				t.Errorf("finding without evidence: %+v", x)
			}
		}
		if len(found) > 1 {
			t.Errorf("%d findings for one vulnerability", len(found))
		}
		for _, e := range m.Explain(d, "CVE-1") {
			if strings.TrimSpace(e.Text) == "" && e.Rule != "version.unknown" {
				t.Errorf("explanation without words: %+v", e)
			}
		}
	})
}
