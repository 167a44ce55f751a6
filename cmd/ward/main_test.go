package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// built is the real program, made once; its place is the same in each run, so
// that no run leaves another file behind.
var built = sync.OnceValues(func() (string, error) {
	file := filepath.Join(os.TempDir(), fmt.Sprintf("ward-under-test-%d", os.Getuid()), "ward")
	out, err := exec.Command("go", "build", "-o", file, ".").CombinedOutput()
	if err != nil {
		return "", errors.New(string(out))
	}
	return file, nil
})

// program gives the path of the real program.
func program(t *testing.T) string {
	t.Helper()
	file, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// result is how one run of the program ended.
type result struct {
	stdout, stderr []byte
	code           int
}

// ward runs the real program.
func ward(t *testing.T, args ...string) result {
	t.Helper()
	cmd := exec.Command(program(t), args...)
	return finish(t, cmd)
}

// finish runs cmd and collects what it wrote.
func finish(t *testing.T, cmd *exec.Cmd) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{stdout.Bytes(), stderr.Bytes(), cmd.ProcessState.ExitCode()}
}

// hospital writes a small simulated hospital and gives its folder.
func hospital(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "hospital")
	if r := ward(t, "simulate", "--out", dir); r.code != 0 {
		t.Fatalf("simulate: %s", r.stderr)
	}
	return dir
}
