package api

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

var update = flag.Bool("update", false, "write docs/reference/api.md anew")

const referencePage = "../../docs/reference/api.md"

// The generated part of the page stands between these two lines.
const (
	generatedFrom = "<!-- generated from the program: go test ./web/api -run Reference -update -->\n"
	generatedTo   = "<!-- end of the generated part -->\n"
)

// TestReferenceIsFresh compares the page with the document that is served.
func TestReferenceIsFresh(t *testing.T) {
	d := describedSite(t, 0)
	text, err := os.ReadFile(referencePage)
	must(t, err)
	before, rest, found := strings.Cut(string(text), generatedFrom)
	_, after, ended := strings.Cut(rest, generatedTo)
	if !found || !ended {
		t.Fatal("the page has no generated part")
	}
	now := before + generatedFrom + reference(d.doc) + generatedTo + after
	if now == string(text) {
		return
	}
	if !*update {
		t.Fatal("docs/reference/api.md is stale: go test ./web/api -run Reference -update")
	}
	must(t, os.WriteFile(referencePage, []byte(now), 0o644))
}

// line is one operation.
type line struct {
	tag, path, method string
	op                *openapi3.Operation
}

// reference lists the operations by their first noun.
func reference(doc *openapi3.T) string {
	var all []line
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			all = append(all, line{op.Tags[0], path, method, op})
		}
	}
	slices.SortFunc(all, func(a, b line) int { return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.method, b.method)) })
	var b strings.Builder
	tag := ""
	for _, l := range all {
		if l.tag != tag {
			tag = l.tag
			fmt.Fprintf(&b, "\n## %s\n", tag)
		}
		fmt.Fprintf(&b, "\n### %s\n\n`%s %s%s`: %s. Permission `%s`. Answer: %s.\n", l.op.OperationID, l.method, Prefix, l.path, l.op.Summary, l.op.Extensions["x-permission"], answers(l.op))
		if l.op.Description != "" {
			fmt.Fprintf(&b, "\n%s\n", l.op.Description)
		}
		if rows := asks(l.op); rows != "" {
			b.WriteString("\n| parameter | in | type | meaning |\n|---|---|---|---|\n" + rows)
		}
	}
	return b.String() + "\n"
}

// answers names what comes back where all went well.
func answers(op *openapi3.Operation) string {
	for status, r := range op.Responses.Map() {
		if !strings.HasPrefix(status, "2") {
			continue
		}
		for kind, media := range r.Value.Content {
			name := kind
			if ref := media.Schema.Ref; ref != "" {
				name = "`" + ref[strings.LastIndexByte(ref, '/')+1:] + "`"
			}
			return status + ", " + name
		}
		return status
	}
	return "none"
}

// asks lists parameters and the fields of the body.
func asks(op *openapi3.Operation) string {
	var b strings.Builder
	row := func(name, in string, required bool, s *openapi3.Schema) {
		if required {
			name += " (required)"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", name, in, kindOf(s), strings.ReplaceAll(s.Description, "|", "\\|"))
	}
	for _, p := range op.Parameters {
		s := *p.Value.Schema.Value
		s.Description = cmp.Or(p.Value.Description, s.Description)
		row(p.Value.Name, p.Value.In, p.Value.Required, &s)
	}
	if op.RequestBody == nil {
		return b.String()
	}
	for kind, media := range op.RequestBody.Value.Content {
		if kind != "application/json" {
			fmt.Fprintf(&b, "| the whole body | body | %s | |\n", kind)
			continue
		}
		s := media.Schema.Value
		names := make([]string, 0, len(s.Properties))
		for name := range s.Properties {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			row(name, "body", slices.Contains(s.Required, name), s.Properties[name].Value)
		}
	}
	return b.String()
}

func kindOf(s *openapi3.Schema) string {
	if s.Items != nil && s.Items.Value != nil {
		return "list of " + kindOf(s.Items.Value)
	}
	var out string
	if s.Type != nil {
		out = strings.Join(slices.DeleteFunc(slices.Clone(s.Type.Slice()), func(x string) bool { return x == "null" }), " or ")
	}
	if s.Format == "date-time" {
		out = "time"
	}
	if len(s.Enum) > 0 {
		var words []string
		for _, e := range s.Enum {
			words = append(words, fmt.Sprintf("`%v`", e))
		}
		out = strings.Join(words, ", ")
	}
	if s.Min != nil && s.Max != nil {
		out += fmt.Sprintf(" %.0f to %.0f", *s.Min, *s.Max)
	}
	if s.Default != nil {
		out += fmt.Sprintf(", default %v", s.Default)
	}
	return out
}
