package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var rfc = regexp.MustCompile(`RFC\s?(?:// )?(\d{3,5})`)

// TestStandardsAreIndexed compares the RFCs that the code cites with the index.
func TestStandardsAreIndexed(t *testing.T) {
	cited := map[string]string{}
	for _, top := range []string{"wire", "spec", "asset", "vuln", "people", "store", "intake", "triage", "bus", "notify", "web", "hub"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Name() == "node_modules" {
				return filepath.SkipDir
			}
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			for _, m := range rfc.FindAllSubmatch(text, -1) {
				if rel, _ := filepath.Rel(root, path); cited[string(m[1])] == "" {
					cited[string(m[1])] = rel
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var listed []string
	for _, m := range rfc.FindAllStringSubmatch(read(t, filepath.Join(root, "docs/reference/standards.md")), -1) {
		listed = append(listed, m[1])
	}
	for n, where := range cited {
		if !slices.Contains(listed, n) {
			t.Errorf("standards.md does not list RFC %s, cited in %s", n, where)
		}
	}
	for _, n := range listed {
		if cited[n] == "" {
			t.Errorf("standards.md lists RFC %s, which no code cites", n)
		}
	}
}

// controls finds test functions named on the page of hazards.
var controls = regexp.MustCompile("`(Test\\w+)`")

// TestHazardControlsExist: every control that the hazard log names is a test.
func TestHazardControlsExist(t *testing.T) {
	have := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllSubmatch(text, -1) {
			have[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{"docs/explanation/hazard-log.md", "docs/explanation/privacy.md", "docs/explanation/threat-model.md", "docs/explanation/safety.md", "docs/explanation/how-the-hub-works.md", "ARCHITECTURE.md", "SECURITY.md"} {
		for _, m := range controls.FindAllStringSubmatch(read(t, filepath.Join(root, page)), -1) {
			if !have[m[1]] {
				t.Errorf("%s names the test %s, which does not exist", page, m[1])
			}
		}
	}
}

// named finds Go names in backticks: Parser.Data, capture.Open, maxProbe.
var named = regexp.MustCompile("`(?:[A-Za-z]+\\.)*([A-Za-z][A-Za-z0-9]*[A-Z][A-Za-z0-9]*|[A-Za-z]+\\.[A-Za-z]+)`")

// TestNamesInTheArchitectureExist: what ARCHITECTURE.md calls by a Go name is a
// word of the source.
func TestNamesInTheArchitectureExist(t *testing.T) {
	words := map[string]bool{}
	for _, top := range []string{"wire", "spec", "asset", "vuln", "pipeline", "report", "traffic", "people", "store", "intake", "triage", "bus",
		"notify", "metrics", "config", "backup", "web", "hub", "cmd", "internal/arch"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Name() == "node_modules" {
				return filepath.SkipDir
			}
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
				return err
			}
			text, err := os.ReadFile(path)
			for _, w := range regexp.MustCompile(`[A-Za-z][A-Za-z0-9]*`).FindAllString(string(text), -1) {
				words[w] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	found := 0
	for _, m := range named.FindAllStringSubmatch(read(t, filepath.Join(root, "ARCHITECTURE.md")), -1) {
		found++
		name := m[1][strings.LastIndexByte(m[1], '.')+1:]
		if !words[name] && !slices.Contains([]string{"md", "go", "yaml", "tsv"}, name) {
			t.Errorf("ARCHITECTURE.md names %s, which no code has", m[0])
		}
	}
	if found < 20 {
		t.Errorf("only %d names found: the pattern is broken", found)
	}
}
