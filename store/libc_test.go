package store

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// TestLibc keeps modernc.org/libc at the version that modernc.org/sqlite was
// made with: another one may break it in silence.
func TestLibc(t *testing.T) {
	module := func(path string) (m struct{ Version, Dir string }) {
		out, err := exec.Command("go", "list", "-m", "-json", path).Output()
		must(t, err)
		must(t, json.Unmarshal(out, &m))
		return m
	}
	text := get(os.ReadFile(filepath.Join(module("modernc.org/sqlite").Dir, "go.mod")))(t)
	want := regexp.MustCompile(`modernc\.org/libc (v\S+)`).FindSubmatch(text)
	if want == nil {
		t.Fatal("sqlite's go.mod names no libc")
	}
	if got := module("modernc.org/libc").Version; got != string(want[1]) {
		t.Errorf("modernc.org/libc is %s, sqlite wants %s: go get modernc.org/libc@%s", got, want[1], want[1])
	}
}
