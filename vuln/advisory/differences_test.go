package advisory

import (
	"slices"
	"strings"
	"testing"
)

func TestDifferences(t *testing.T) {
	old := Advisory{ID: "A", Title: "one", Products: []Product{{ID: "P1", Vendor: "Acme", Name: "Pump 1", Version: "<2"}},
		Vulnerabilities: []Vulnerability{{ID: "CVE-1", Scores: []Score{{Version: "3.1", Base: 8.1, Vector: "AV:N"}},
			Status:       []ProductStatus{{Product: "P1", Status: KnownAffected}},
			Remediations: []Remediation{{Category: "workaround", Text: "Close port 80."}}}}}
	if d := Differences(&old, &old); len(d) > 0 {
		t.Errorf("%q", d)
	}
	words := old
	words.Title, words.Revision = "two", "9"
	if d := Differences(&old, &words); len(d) > 0 {
		t.Errorf("only words: %q", d)
	}
	now := old
	now.Products = []Product{{ID: "P1", Vendor: "Acme", Name: "Pump 1", Version: "<3"}}
	v := old.Vulnerabilities[0]
	v.Remediations = []Remediation{{Category: "vendor_fix", Text: "Update to 3.0."}}
	now.Vulnerabilities = []Vulnerability{v, {ID: "CVE-2"}}
	want := []string{"product added: Acme Pump 1 <3", "product removed: Acme Pump 1 <2", "vulnerability added: CVE-2",
		"CVE-1: status added: known affected: Acme Pump 1 <3", "CVE-1: status removed: known affected: Acme Pump 1 <2",
		"CVE-1: remediation added: vendor fix: Update to 3.0.", "CVE-1: remediation removed: workaround: Close port 80."}
	if d := Differences(&old, &now); !slices.Equal(d, want) {
		t.Errorf("%s", strings.Join(d, "\n"))
	}
}

// TestDifferencesAreBounded: a hostile revision with thousands of products.
func TestDifferencesAreBounded(t *testing.T) {
	var now Advisory
	for range 50_000 {
		now.Products = append(now.Products, Product{ID: "x", Name: strings.Repeat("a", 1000)})
	}
	d := Differences(&Advisory{}, &now)
	if len(d) != maxDifferences+1 || len(d[0]) > 2*maxWords {
		t.Errorf("%d, the first %d bytes", len(d), len(d[0]))
	}
}
