package docs

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// limited are the folders whose named limits are listed: all that reads foreign
// input or bounds the work done on it.
var limited = []string{"wire", "spec", "asset", "vuln", "pipeline", "report", "people", "traffic", "store", "intake", "triage", "bus", "notify", "web", "hub"}

// limits is the generated part of limits.md: every constant that is called a
// maximum, by package, with its comment.
func limits(t *testing.T) string {
	byFolder := map[string][]string{}
	for _, top := range limited {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Name() == "node_modules" {
				return filepath.SkipDir
			}
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			folder, _ := filepath.Rel(root, filepath.Dir(path))
			byFolder[folder] = append(byFolder[folder], maxima(t, path)...)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var folders []string
	for folder, rows := range byFolder {
		if len(rows) > 0 {
			folders = append(folders, folder)
		}
	}
	slices.Sort(folders)
	var b strings.Builder
	for i, folder := range folders {
		if i > 0 {
			b.WriteString("\n")
		}
		rows := byFolder[folder]
		slices.Sort(rows)
		fmt.Fprintf(&b, "### `%s`\n\n| constant | value | what it bounds |\n|---|---|---|\n%s", folder, strings.Join(rows, ""))
	}
	return b.String()
}

// maxima lists the constants of one file whose names begin with max.
func maxima(t *testing.T, path string) []string {
	parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, d := range parsed.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, s := range g.Specs {
			v := s.(*ast.ValueSpec)
			for i, n := range v.Names {
				low := strings.ToLower(strings.TrimPrefix(n.Name, "Default"))
				if !strings.HasPrefix(low, "max") || i >= len(v.Values) {
					continue
				}
				comment := v.Comment.Text() + v.Doc.Text()
				if comment == "" && len(g.Specs) == 1 {
					comment = g.Doc.Text()
				}
				comment = strings.TrimPrefix(strings.TrimSpace(comment), n.Name+" ")
				rows = append(rows, fmt.Sprintf("| `%s` | %s | %s |\n", n.Name, value(v.Values[i]), cell(comment)))
			}
		}
	}
	return rows
}

// value works out a constant expression, or shows it as it is written.
func value(e ast.Expr) string {
	text := types.ExprString(e)
	tv, err := types.Eval(token.NewFileSet(), nil, token.NoPos, text)
	if err != nil || tv.Value == nil {
		return "`" + text + "`"
	}
	return grouped(tv.Value.ExactString())
}

// grouped sets blanks between the thousands.
func grouped(s string) string {
	if strings.Trim(s, "0123456789") != "" {
		return s
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}
