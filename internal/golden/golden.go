// Package golden compares what a test produced with a file that a person has
// checked. The lines that begin with # at the top of the file say what is
// independently known to be true; -update writes the rest anew and keeps them.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew; check the difference by hand")

// Check compares got with the file. An absent file, or one without a comment
// that says how it was checked, fails.
func Check(t *testing.T, path, got string) {
	t.Helper()
	b, err := os.ReadFile(path)
	header, want := split(string(b))
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(header+got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if err != nil {
		t.Fatalf("%v\nrun the test with -update, then check the file by hand", err)
	}
	if header == "" {
		t.Errorf("%s: no comment at its top says how it was checked", path)
	}
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s differs (-file +now):\n%s", path, diff)
	}
}

// split parts the comment at the top from the body.
func split(text string) (header, body string) {
	for rest := text; strings.HasPrefix(rest, "#"); {
		end := strings.IndexByte(rest, '\n') + 1
		if end == 0 {
			return text, ""
		}
		header += rest[:end]
		rest = rest[end:]
	}
	return header, text[len(header):]
}
