// Package shareddata finds the folder of real captures, feeds and logs that the
// tests read and that is never part of the repository.
package shareddata

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// Env names the environment variable that overrides the place.
const Env = "WARD_SHARED_DATA"

// Dir gives the folder, by default ../shared/data beside the module, and skips
// the test where there is none.
func Dir(t testing.TB) string {
	t.Helper()
	dir, ok := Find()
	if !ok {
		t.Skipf("no real captures and feeds at %s (set %s)", dir, Env)
	}
	return dir
}

// Find gives the folder and whether it exists.
func Find() (dir string, ok bool) {
	dir = os.Getenv(Env)
	if dir == "" {
		_, file, _, _ := runtime.Caller(0)
		dir = filepath.Join(filepath.Dir(file), "..", "..", "..", "shared", "data")
	}
	info, err := os.Stat(dir)
	return dir, err == nil && info.IsDir()
}
