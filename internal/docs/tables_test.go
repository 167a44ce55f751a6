package docs

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ward/asset/device"
)

// kinds is the generated part of kinds-and-tiers.md.
func kinds(t *testing.T) string {
	var b strings.Builder
	b.WriteString("| kind | in words | default tier | life | medical | words of a maintenance record that mean it |\n|---|---|---|---|---|---|\n")
	for _, k := range device.Kinds() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", k.Name, k.Label, k.Tier, mark(k.Life), mark(k.Medical),
			strings.ReplaceAll(k.Words, "|", ", "))
	}
	return b.String()
}

func mark(yes bool) string {
	if yes {
		return "yes"
	}
	return ""
}

// assetColumns is the generated part of assets-csv.md, read out of the table in
// the source: what a maintenance export may call its columns.
func assetColumns(t *testing.T) string {
	names := fieldNames(t)
	file := filepath.Join(root, "asset/device/cmms.go")
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || spec.Names[0].Name != "columns" {
			return true
		}
		for _, e := range spec.Values[0].(*ast.CompositeLit).Elts {
			kv := e.(*ast.KeyValueExpr)
			words := strings.Fields(strings.Trim(kv.Value.(*ast.BasicLit).Value, `"`))
			rows = append(rows, fmt.Sprintf("| `%s` | %s |\n", names[kv.Key.(*ast.Ident).Name], strings.Join(words, ", ")))
		}
		return false
	})
	if len(rows) == 0 {
		t.Fatalf("no table of columns in %s", file)
	}
	slices.Sort(rows)
	return "| field | header words that mean it |\n|---|---|\n" + strings.Join(rows, "")
}

// fieldNames maps the names of the Field constants to their values.
func fieldNames(t *testing.T) map[string]string {
	names := map[string]string{}
	for _, file := range []string{"claim.go", "cmms.go"} {
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, "asset/device", file), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == 1 {
				if lit, ok := spec.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
					names[spec.Names[0].Name] = strings.Trim(lit.Value, `"`)
				}
			}
			return true
		})
	}
	return names
}
