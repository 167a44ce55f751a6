package csaf

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/internal/shareddata"
)

// count is what the independent walk and the reader both count.
type count struct{ Products, Branches, Vulnerabilities, Remediations, Statuses, Scores, Flags, Threats, References, Revisions, Notes, Groups int }

func TestRealDocuments(t *testing.T) {
	root := filepath.Join(shareddata.Dir(t), "vuln")
	read := 0
	for _, folder := range []string{"csaf-icsma", "csaf-ot", "csaf-oasis"} {
		filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".json" || strings.HasPrefix(d.Name(), "testcases") {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := Parse(d.Name(), data)
			if err != nil {
				t.Errorf("%v", err)
				return nil
			}
			var generic map[string]any
			if err := json.Unmarshal(data, &generic); err != nil {
				t.Errorf("%s: oracle: %v", d.Name(), err)
			}
			if diff := cmp.Diff(independent(generic), counted(doc)); diff != "" {
				t.Errorf("%s: independent walk (-), reader (+):\n%s", d.Name(), diff)
			}
			if len(doc.Problems) > 0 {
				t.Logf("%s: %v", d.Name(), doc.Problems)
			}
			read++
			return nil
		})
	}
	if read < 480 {
		t.Errorf("read only %d documents", read)
	}
}

func counted(doc Document) count {
	c := count{Revisions: len(doc.Meta.Tracking.Revisions), Notes: len(doc.Meta.Notes), References: len(doc.Meta.References),
		Groups: len(doc.Tree.Groups), Vulnerabilities: len(doc.Vulnerabilities)}
	for range doc.Tree.Places() {
		c.Products++
	}
	var walk func([]Branch)
	walk = func(bs []Branch) {
		for _, b := range bs {
			c.Branches++
			walk(b.Branches)
		}
	}
	walk(doc.Tree.Branches)
	for _, v := range doc.Vulnerabilities {
		s := v.Status
		for _, ids := range [][]string{s.FirstAffected, s.FirstFixed, s.Fixed, s.KnownAffected, s.KnownNotAffected, s.LastAffected, s.Recommended, s.UnderInvestigation, s.Unknown} {
			c.Statuses += len(ids)
		}
		c.Remediations += len(v.Remediations)
		c.Scores += len(v.Scores) + len(v.Metrics)
		c.Flags += len(v.Flags)
		c.Threats += len(v.Threats)
		c.References += len(v.References)
		c.Notes += len(v.Notes)
	}
	return c
}

func independent(doc map[string]any) count {
	list := func(o any, key string) []any {
		m, _ := o.(map[string]any)
		l, _ := m[key].([]any)
		return l
	}
	field := func(o any, key string) any { m, _ := o.(map[string]any); return m[key] }
	meta, tree := doc["document"], doc["product_tree"]
	c := count{Revisions: len(list(field(meta, "tracking"), "revision_history")), Notes: len(list(meta, "notes")),
		References: len(list(meta, "references")), Groups: len(list(tree, "product_groups")), Vulnerabilities: len(list(doc, "vulnerabilities"))}
	var walk func(any)
	walk = func(o any) {
		for _, b := range list(o, "branches") {
			c.Branches++
			if field(b, "product") != nil {
				c.Products++
			}
			walk(b)
		}
	}
	walk(tree)
	c.Products += len(list(tree, "full_product_names")) + len(list(tree, "relationships"))
	for _, v := range list(doc, "vulnerabilities") {
		status, _ := field(v, "product_status").(map[string]any)
		for key := range status {
			c.Statuses += len(list(status, key))
		}
		c.Remediations += len(list(v, "remediations"))
		c.Scores += len(list(v, "scores")) + len(list(v, "metrics"))
		c.Flags += len(list(v, "flags"))
		c.Threats += len(list(v, "threats"))
		c.References += len(list(v, "references"))
		c.Notes += len(list(v, "notes"))
	}
	return c
}
