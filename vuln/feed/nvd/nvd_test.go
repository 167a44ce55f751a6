package nvd

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/vuln/advisory"
)

// leaf writes a match whose CPE is one letter; show writes a result back.
func leaf(names string) []advisory.CPEMatch {
	var out []advisory.CPEMatch
	for _, n := range names {
		out = append(out, advisory.CPEMatch{CPE: string(n)})
	}
	return out
}

func show(list []advisory.Configuration) string {
	var clauses []string
	for _, c := range list {
		var nodes []string
		for _, n := range c.Nodes {
			text := ""
			for _, m := range n.Matches {
				text += m.CPE
			}
			if n.Negate {
				text = "!" + text
			}
			nodes = append(nodes, text)
		}
		clauses = append(clauses, strings.Join(nodes, "&"))
	}
	return strings.Join(clauses, " | ")
}

func TestConfigurations(t *testing.T) {
	or := func(names string, children ...expression) expression {
		return expression{matches: leaf(names), children: children}
	}
	and := func(names string, children ...expression) expression {
		return expression{and: true, matches: leaf(names), children: children}
	}
	not := func(e expression) expression { e.negate = !e.negate; return e }
	tests := []struct {
		in   expression
		want string
	}{
		{or("ab"), "ab"},
		{and("ab"), "a&b"},
		{and("", or("ab"), or("c")), "ab&c"},
		{or("", or("ab"), or("c")), "ab | c"},
		{and("", or("a"), or("", and("bc"), or("d"))), "a&b&c | a&d"},
		{and("", or("a"), not(or("bc"))), "a&!bc"},
		{and("", or("a"), not(and("bc"))), "a&!b | a&!c"},
		{not(not(or("", and("ab")))), "a&b"},
		{not(and("", or("a"), or("b"))), "!a | !b"},
		{or(""), ""},
	}
	for _, test := range tests {
		if got := show(configurations(test.in)); got != test.want {
			t.Errorf("%+v: %s, want %s", test.in, got, test.want)
		}
	}
	wide := and("")
	for range 30 {
		wide.children = append(wide.children, or("", or("a"), or("b")))
	}
	if got := len(configurations(wide)); got > maxClauses {
		t.Errorf("%d clauses", got)
	}
}

func TestReadRefuses(t *testing.T) {
	tests := []struct {
		name, in string
		want     error
		damaged  []string
	}{
		{"empty", "", nil, nil},
		{"list", "[]", ErrFormat, nil},
		{"no list", `{"a":1}`, ErrFormat, nil},
		{"no id", `{"vulnerabilities":[{"cve":{}},{"cve":{"id":"cve-1-2"}}]}`, nil, []string{"/vulnerabilities/0"}},
		{"one shape wrong", `{"vulnerabilities":[{"cve":{"id":[]}}]}`, nil, []string{"/vulnerabilities/0"}},
		{"giant", `{"vulnerabilities":[{"cve":{"id":"` + strings.Repeat("x", MaxRecord+1<<20) + `"}}]}`, ErrTooBig, nil},
	}
	for _, test := range tests {
		var damaged []string
		err := Read("f", strings.NewReader(test.in), func(Record) {}, func(p string, _ error) { damaged = append(damaged, p) })
		if test.want != nil && !errors.Is(err, test.want) || test.in == "" && err == nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if diff := cmp.Diff(test.damaged, damaged); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"vulnerabilities":[{"cve":{"id":"CVE-2024-1","configurations":[{"operator":"AND","negate":true,"nodes":[{"operator":"AND","cpeMatch":[{"vulnerable":true,"criteria":"cpe:2.3:a:b:c"}]}]}]}}]}`))
	f.Add([]byte(`{"CVE_Items":[{"cve":{"CVE_data_meta":{"ID":"CVE-1-1"}},"configurations":{"nodes":[{"operator":"AND","children":[{"operator":"OR","cpe_match":[{"cpe23Uri":"x"}]}]}]}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		Read("f", strings.NewReader(string(data)), func(r Record) {
			if r.Advisory.ID == "" || len(r.Advisory.Vulnerabilities) != 1 {
				t.Fatal("half a record")
			}
			for _, c := range r.Advisory.Vulnerabilities[0].Configurations {
				if len(c.Nodes) == 0 {
					t.Fatal(fmt.Sprint("a configuration that always holds: ", c))
				}
			}
		}, func(string, error) {})
	})
}
