package cve5

import (
	"errors"
	"strings"
	"testing"
)

func TestVersionText(t *testing.T) {
	tests := []struct {
		in      version
		want    string
		isRange bool
	}{
		{version{Version: "1.2"}, "1.2", false},
		{version{Version: "0", Less: "2"}, "< 2", true},
		{version{Version: "unspecified", LessEquals: "2"}, "<= 2", true},
		{version{Version: "1", Less: "2"}, ">= 1 | < 2", true},
		{version{Version: "1", Less: "*"}, ">= 1", true},
		{version{Version: "*"}, "vers:all/*", true},
		{version{Version: "0", LessEquals: "*"}, "vers:all/*", true},
		{version{}, "vers:all/*", true},
	}
	for _, test := range tests {
		if got, isRange := test.in.text(); got != test.want || isRange != test.isRange {
			t.Errorf("%+v: %q %v, want %q", test.in, got, isRange, test.want)
		}
	}
}

func TestRead(t *testing.T) {
	one := `{"cveMetadata":{"cveId":"cve-2020-1","state":"PUBLISHED"},"containers":{"cna":{"affected":[{"vendor":"n/a","product":"n/a"},{"vendor":"v","product":"p","defaultStatus":"affected"}]}}}`
	tests := []struct {
		name, in          string
		records, products int
		damaged           int
		want              error
	}{
		{"one", one, 1, 1, 0, nil},
		{"list", "[" + one + "," + one + "]", 2, 2, 0, nil},
		{"lines", one + "\n" + one, 2, 2, 0, nil},
		{"no id", "[{}," + one + "]", 1, 1, 1, nil},
		{"lists in lists", "[[" + one + "]]", 0, 0, 0, ErrFormat},
		{"giant", `{"a":"` + strings.Repeat("x", MaxRecord+1<<20) + `"}`, 0, 0, 0, ErrTooBig},
	}
	for _, test := range tests {
		records, products, damaged := 0, 0, 0
		err := Read("f", strings.NewReader(test.in), func(r Record) {
			records++
			products += len(r.Advisory.Products)
		}, func(string, error) { damaged++ })
		if !errors.Is(err, test.want) || records != test.records || products != test.products || damaged != test.damaged {
			t.Errorf("%s: %d records, %d products, %d damaged, %v", test.name, records, products, damaged, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(`{"cveMetadata":{"cveId":"CVE-2020-1"},"containers":{"cna":{"affected":[{"vendor":"v","product":"p","versions":[{"version":"1","lessThan":"2","status":"affected"}]}]},"adp":[{"metrics":[{"other":{"type":"ssvc","content":{"options":[{"Exploitation":"poc"}]}}}]}]}}`)
	f.Fuzz(func(t *testing.T, data string) {
		Read("f", strings.NewReader(data), func(r Record) {
			if r.Advisory.ID == "" || len(r.Advisory.Vulnerabilities) != 1 || len(r.Advisory.Products) != len(r.Advisory.Vulnerabilities[0].Status) {
				t.Fatal("half a record")
			}
		}, func(string, error) {})
	})
}
