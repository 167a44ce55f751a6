package remedy

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReferenceIsFresh compares the tables of docs/reference/remediation.md with
// the code. WARD_UPDATE=1 writes them.
func TestReferenceIsFresh(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "reference", "remediation.md")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := replaceTable(t, string(data), "ladder", ladderTable())
	want = replaceTable(t, want, "catalogue", catalogueTable())
	if want == string(data) {
		return
	}
	if os.Getenv("WARD_UPDATE") == "" {
		t.Fatal("docs/reference/remediation.md is not that of the code: WARD_UPDATE=1 go test ./vuln/remedy")
	}
	if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

func replaceTable(t *testing.T, text, name, table string) string {
	open, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
	before, rest, ok := strings.Cut(text, open)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("no place for the table %q", name)
	}
	return before + open + table + end + after
}

func ladderTable() string {
	var b strings.Builder
	b.WriteString("| kind | in words | cost | lowers | to | hours once | hours each | proof |\n|---|---|---|---|---|---|---|---|\n")
	for _, r := range ladder {
		lowers, to := "nothing", ""
		if r.lowers != LowersNothing {
			lowers, to = string(r.lowers), fmt.Sprintf("%.4g", r.to)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %d | %s | %s | %.4g | %.4g | %s |\n", r.kind, r.words, r.kind.Cost(), lowers, to, r.setup, r.each, r.verify)
	}
	return b.String()
}

func catalogueTable() string {
	var b strings.Builder
	b.WriteString("| entry | kind | offered when | step | rests on |\n|---|---|---|---|---|\n")
	for _, e := range catalogue {
		var when []string
		for _, c := range []struct {
			word string
			list []string
		}{{"vector", e.Vector}, {"service", e.Service}, {"words", e.Text}, {"weakness", e.CWE}} {
			if len(c.list) > 0 {
				when = append(when, c.word+" "+strings.Join(c.list, ", "))
			}
		}
		if e.Action {
			when = append(when, "a user must take part")
		}
		if len(when) == 0 {
			when = []string{"always"}
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s | %s |\n", e.ID, e.Kind, strings.Join(when, "; "), e.Step, e.Rests)
	}
	return b.String()
}
