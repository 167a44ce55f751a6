package csaf

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const head = `{"document":{"csaf_version":"2.0","title":"T","tracking":{"id":"X-1"}}`

func TestParseTolerant(t *testing.T) {
	doc := `{"document":{"csaf_version":2.1,"title":"T","x":[1],"tracking":{"id":7,"version":1}},
	 "product_tree":{"branches":{"category":"vendor","name":"V","branches":[
	   {"category":"product_version","name":1.0,"product":{"product_id":"P","name":"V 1.0"}},
	   "odd"]}},
	 "vulnerabilities":[{"cve":"CVE-2020-1","cwe":"CWE-79","product_status":{"known_affected":"P","unknown":["Q",3]},
	   "metrics":[{"products":["P"],"content":{"cvss_v3":{"baseScore":"9.8"},"cvss_v4":{"baseScore":"high"}}}]}]}`
	got, err := Parse("a.json", []byte("\xef\xbb\xbf"+doc))
	if err != nil {
		t.Fatal(err)
	}
	want := Document{
		Meta: Meta{Version: "2.1", Title: "T", Tracking: Tracking{ID: "7", Version: "1"}},
		Tree: Tree{Branches: []Branch{{Category: "vendor", Name: "V", Branches: []Branch{
			{Category: "product_version", Name: "1.0", Product: Product{ID: "P", Name: "V 1.0"}}, {}}}}},
		Vulnerabilities: []Vulnerability{{CVE: "CVE-2020-1",
			Status:  Status{KnownAffected: []string{"P"}, Unknown: []string{"Q", "3"}},
			Metrics: []Metric{{Products: []string{"P"}, Content: Content{V3: CVSS{Base: 9.8}}}}}},
		Problems: []Problem{
			{"/product_tree/branches/branches/1", "object expected"},
			{"/vulnerabilities/0/cwe", "object expected"},
			{"/vulnerabilities/0/metrics/0/content/cvss_v4/baseScore", "number expected"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestParseRefuses(t *testing.T) {
	deep := head + `,"product_tree":{"branches":` + strings.Repeat(`[{"branches":`, 4000) + `[]` + strings.Repeat(`}]`, 4000) + `}}`
	bomb := head + `,"vulnerabilities":[{"references":[` + strings.Repeat("{},", MaxObjects) + `{}]}]}`
	tests := []struct {
		name, in, pointer string
		want              error
	}{
		{"empty", "", "", ErrSyntax},
		{"text", "hello", "", ErrSyntax},
		{"list", "[]", "", ErrNotCSAF},
		{"other JSON", `{"a":1}`, "/document/csaf_version", ErrNotCSAF},
		{"version 1", `{"document":{"csaf_version":"1.2"}}`, "/document/csaf_version", ErrVersion},
		{"cut", head + `,"vulnerabilities":[{"cve":"CVE-2020-1`, "/vulnerabilities/0/cve", ErrSyntax},
		{"broken inside", head + `,"product_tree":{"branches":[{"name":x}]}}`, "/product_tree/branches/0/name", ErrSyntax},
		{"too many", bomb, "/vulnerabilities/0/references", ErrTooBig},
		{"deep is a problem, not an error", deep, "", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse("f.json", []byte(test.in))
			if !errors.Is(err, test.want) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
			var at *Error
			if errors.As(err, &at) && (at.File != "f.json" || !strings.HasPrefix(at.Pointer, test.pointer)) {
				t.Errorf("place %s %s, want %s", at.File, at.Pointer, test.pointer)
			}
		})
	}
}

func TestPlaces(t *testing.T) {
	doc, err := Parse("", []byte(`{"document":{"csaf_version":"2.0"},"product_tree":{
	 "branches":[{"category":"vendor","name":"V","branches":[{"category":"product_name","name":"N","product":{"product_id":"A","name":"V N"},
	   "branches":[{"category":"product_version","name":"1","product":{"product_id":"B","name":"V N 1"}}]}]}],
	 "full_product_names":[{"product_id":"C","name":"Linux"}],
	 "relationships":[{"category":"installed_on","product_reference":"A","relates_to_product_reference":"C","full_product_name":{"product_id":"D","name":"N on Linux"}}],
	 "product_paths":[{"beginning_product_reference":"A","full_product_name":{"product_id":"E","name":"e"},"subpaths":[{"category":"installed_with","next_product_reference":"B"},{"category":"x","next_product_reference":"C"}]}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for p := range doc.Tree.Places() {
		var names []string
		for _, b := range p.Branches {
			names = append(names, b.Name)
		}
		got = append(got, p.Product.ID+" "+p.Pointer+" "+strings.Join(names, "/")+" "+p.Relation+" "+strings.Join(p.Parts, "+"))
	}
	want := []string{
		"A /product_tree/branches/0/branches/0/product V/N  ",
		"B /product_tree/branches/0/branches/0/branches/0/product V/N/1  ",
		"C /product_tree/full_product_names/0   ",
		"D /product_tree/relationships/0/full_product_name  installed_on A+C",
		"E /product_tree/product_paths/0/full_product_name  installed_with A+B+C",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(head + `}`))
	f.Add([]byte(head + `,"product_tree":{"branches":[{"branches":[{"product":{"product_id":"P"}}]}],"product_groups":[{"group_id":"G","product_ids":["P"]}]}}`))
	f.Add([]byte(head + `,"vulnerabilities":[{"scores":[{"cvss_v3":{"baseScore":1},"products":["P"]}],"remediations":[{"category":1}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := Parse("f", data)
		if err != nil && len(doc.Vulnerabilities)+len(doc.Tree.Branches)+len(doc.Meta.Version) > 0 {
			t.Fatal("an error left half a document")
		}
		for p := range doc.Tree.Places() {
			if p.Pointer == "" {
				t.Fatal("a product without a place")
			}
		}
	})
}
