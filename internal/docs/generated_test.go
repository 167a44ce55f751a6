package docs

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the generated parts of the documentation anew")

// root is the folder of the module seen from here.
const root = "../.."

// The generated part of a page stands between these two lines.
const (
	generatedFrom = "<!-- generated from the program: go test ./internal/docs -update -->\n"
	generatedTo   = "<!-- end of the generated part -->\n"
)

func TestGeneratedPartsAreFresh(t *testing.T) {
	for _, page := range []struct {
		file string
		make func(*testing.T) []string
	}{
		{"README.md", picture},
		{"docs/tutorial/first-analysis.md", firstAnalysis},
		{"docs/reference/cli.md", alone(commandLine)},
		{"docs/reference/protocols.md", alone(protocols)},
		{"docs/reference/kinds-and-tiers.md", alone(kinds)},
		{"docs/reference/limits.md", alone(limits)},
		{"docs/reference/assets-csv.md", alone(assetColumns)},
		{"docs/reference/roles.md", alone(roles)},
		{"docs/reference/web-pages.md", alone(webPages)},
		{"docs/reference/settings.md", alone(retention)},
		{"docs/reference/audit-trail.md", alone(verbs)},
		{"docs/explanation/how-risk-is-scored.md", alone(workedExamples)},
	} {
		t.Run(filepath.Base(page.file), func(t *testing.T) { fresh(t, filepath.Join(root, page.file), page.make(t)) })
	}
}

// alone is for pages with one generated part.
func alone(part func(*testing.T) string) func(*testing.T) []string {
	return func(t *testing.T) []string { return []string{part(t)} }
}

// fresh compares the generated parts of a page, in their order, with what the
// program says now.
func fresh(t *testing.T, file string, parts []string) {
	t.Helper()
	text := read(t, file)
	now, rest := "", text
	for i, part := range parts {
		before, after, ok := strings.Cut(rest, generatedFrom)
		_, next, ended := strings.Cut(after, generatedTo)
		if !ok || !ended {
			t.Fatalf("%s lacks generated part %d: it starts with the line\n%sand ends with\n%s", file, i+1, generatedFrom, generatedTo)
		}
		now += before + generatedFrom + strings.TrimRight(part, "\n") + "\n" + generatedTo
		rest = next
	}
	if now += rest; now == text {
		return
	}
	if !*update {
		t.Errorf("%s is stale, run go test ./internal/docs -update (-page +program):\n%s", file,
			cmp.Diff(strings.Split(text, "\n"), strings.Split(now, "\n")))
		return
	}
	if err := os.WriteFile(file, []byte(now), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// cell makes text fit into one cell of a table.
func cell(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", `\|`)
}
