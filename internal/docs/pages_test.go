package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// pages lists the documents of the project, relative to its folder.
func pages(t *testing.T) []string {
	t.Helper()
	cmd := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	var files []string
	for _, f := range strings.Fields(string(out)) {
		if _, err := os.Stat(filepath.Join(root, f)); err == nil && !strings.Contains(f, "node_modules/") {
			files = append(files, f)
		}
	}
	return files
}

// goFiles lists the source files of the program below a pattern of git, without
// tests, relative to its folder.
func goFiles(t *testing.T, pattern string) []string {
	t.Helper()
	cmd := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard", pattern)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	return slices.DeleteFunc(strings.Fields(string(out)), func(f string) bool {
		_, err := os.Stat(filepath.Join(root, f))
		return strings.HasSuffix(f, "_test.go") || err != nil
	})
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

func TestLinksResolve(t *testing.T) {
	for _, file := range pages(t) {
		text := read(t, filepath.Join(root, file))
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			target := m[1]
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			path, anchor, _ := strings.Cut(target, "#")
			full := filepath.Join(root, filepath.Dir(file), path)
			if path == "" {
				full = filepath.Join(root, file)
			}
			info, err := os.Stat(full)
			if err != nil {
				t.Errorf("%s: the link %s leads nowhere", file, target)
				continue
			}
			if anchor != "" && !info.IsDir() && !slices.Contains(anchors(read(t, full)), anchor) {
				t.Errorf("%s: the link %s names no heading", file, target)
			}
		}
	}
}

var heading = regexp.MustCompile(`(?m)^#{1,6} +(.+)$`)

// headings gives the headings of a page, outside of code blocks.
func headings(text string) []string {
	var out []string
	for i, part := range strings.Split(text, "```") {
		if i%2 == 0 {
			for _, m := range heading.FindAllStringSubmatch(part, -1) {
				out = append(out, m[1])
			}
		}
	}
	return out
}

// anchors gives the names by which the headings of a page are linked.
func anchors(text string) []string {
	var out []string
	for _, h := range headings(text) {
		out = append(out, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, h))
	}
	return out
}

// TestEveryPageIsInTheIndex keeps docs/README.md complete.
func TestEveryPageIsInTheIndex(t *testing.T) {
	index := read(t, filepath.Join(root, "docs/README.md"))
	for _, file := range pages(t) {
		inside, ok := strings.CutPrefix(file, "docs/")
		if !ok || inside == "README.md" {
			continue
		}
		if !strings.Contains(index, "("+inside+")") {
			t.Errorf("docs/README.md does not link to %s", inside)
		}
	}
}

// refused are the words of the last column of GLOSSARY.md, one term each.
func refused(t *testing.T) []string {
	t.Helper()
	var words, ours []string
	for line := range strings.Lines(read(t, filepath.Join(root, "GLOSSARY.md"))) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 4 || strings.Contains(cells[3], "---") || strings.TrimSpace(cells[3]) == "never" {
			continue
		}
		ours = append(ours, strings.ToLower(strings.TrimSpace(cells[0])))
		for word := range strings.SplitSeq(cells[3], ",") {
			if word = strings.TrimSpace(word); word != "" && !strings.Contains(word, " for ") && !strings.Contains(word, " alone") {
				words = append(words, word)
			}
		}
	}
	// A word may be refused for one thing and be the term for another (match).
	words = slices.DeleteFunc(words, func(w string) bool { return slices.Contains(ours, w) })
	if !slices.Contains(words, "bulletin") {
		t.Fatalf("the table of GLOSSARY.md was not understood: %q", words)
	}
	return words
}

var codeSpan = regexp.MustCompile("`[^`]*`")

func TestHeadingsUseTheWordsOfTheGlossary(t *testing.T) {
	for _, file := range pages(t) {
		if !strings.HasPrefix(file, "docs/") {
			continue
		}
		for _, h := range headings(read(t, filepath.Join(root, file))) {
			plain := codeSpan.ReplaceAllString(h, "")
			for _, word := range refused(t) {
				found := slices.ContainsFunc(strings.FieldsFunc(plain, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' }),
					func(w string) bool { return w == word || word != "ward" && strings.EqualFold(w, word) })
				// A command is called by its name: "ward analyze".
				if found && !(word == "ward" && strings.HasPrefix(plain, "ward ")) {
					t.Errorf("%s: heading %q uses %q: GLOSSARY.md has another word", file, h, word)
				}
			}
		}
	}
}

// tableRow is a row of the import table: the folder and what it may import.
var tableRow = regexp.MustCompile("(?m)^\\| `([a-z]+)` \\| ((?:`[a-z/]+`(?:, )?)+|nothing of ours) \\|$")

// TestImportTable compares the table of ARCHITECTURE.md with the one that
// internal/arch enforces.
func TestImportTable(t *testing.T) {
	enforced := read(t, filepath.Join(root, "internal/arch/arch_test.go"))
	rows := tableRow.FindAllStringSubmatch(read(t, filepath.Join(root, "ARCHITECTURE.md")), -1)
	for _, row := range rows {
		list := strings.ReplaceAll(strings.ReplaceAll(row[2], "`", `"`), "nothing of ours", "")
		want := regexp.MustCompile(`"` + row[1] + `": +\{` + regexp.QuoteMeta(list) + `\}`)
		if !want.MatchString(enforced) {
			t.Errorf("ARCHITECTURE.md says that %s may import %s; internal/arch says something else", row[1], row[2])
		}
	}
	_, table, _ := strings.Cut(enforced, "mayImport = map")
	table, _, _ = strings.Cut(table, "\n}\n")
	if n := strings.Count(table, "\n\t\""); n != len(rows) {
		t.Errorf("ARCHITECTURE.md has %d rows of imports, internal/arch %d", len(rows), n)
	}
}
