package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// socketCall finds a line of strace that reaches for the network.
var socketCall = regexp.MustCompile(`\b(socket|socketpair|connect|bind|listen|accept4?|sendto|sendmsg|sendmmsg|recvfrom|recvmsg)\(`)

// TestPassive runs every command that reads captures under strace and wants no
// call that opens or uses a socket (SR-01, SR-02). The shell's own connection
// proves that the trace can see one.
func TestPassive(t *testing.T) {
	trace := tracer(t)
	dir := hospital(t)
	capture, feeds, assets := filepath.Join(dir, "ward.pcap"), filepath.Join(dir, "feeds"), filepath.Join(dir, "assets.csv")
	for _, args := range [][]string{
		{"analyze", "--feeds", feeds, "--assets", assets, capture},
		{"analyze", "--format", "json", "--sessions", filepath.Join(dir, "sessions.json"), capture},
		{"analyze", "--feeds", feeds, "--assets", assets},
		{"explain", "--feeds", feeds, "--assets", assets, "B-1038", "CVE-2019-0708", capture},
		{"simulate", "--duration", "1m", "--out", filepath.Join(dir, "again")},
		{"version"},
	} {
		if lines := trace(append([]string{program(t)}, args...)...); len(lines) > 0 {
			t.Errorf("ward %v reached for the network:\n%s", args, bytes.Join(lines, []byte("\n")))
		}
	}
	if lines := trace("bash", "-c", "echo > /dev/udp/127.0.0.1/9"); len(lines) == 0 {
		t.Error("strace does not see a socket that is opened: the test could not fail")
	}
}

// tracer gives a function that runs a command under strace and returns the
// lines about sockets.
func tracer(t *testing.T) func(args ...string) [][]byte {
	t.Helper()
	missing := t.Skipf
	if os.Getenv("CI") != "" {
		missing = t.Fatalf
	}
	if _, err := exec.LookPath("strace"); err != nil {
		missing("strace is missing: scripts/setup installs it")
	}
	if out, err := exec.Command("strace", "-f", "true").CombinedOutput(); err != nil {
		missing("strace may not trace here: %v %s", err, out)
	}
	return func(args ...string) (lines [][]byte) {
		t.Helper()
		file := filepath.Join(t.TempDir(), "trace")
		cmd := exec.Command("strace", append([]string{"-f", "-qq", "-e", "trace=network", "-o", file}, args...)...)
		if r := finish(t, cmd); r.code != 0 {
			t.Fatalf("%v: status %d: %s", args, r.code, r.stderr)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(text) {
			if socketCall.Match(line) {
				lines = append(lines, bytes.TrimSpace(line))
			}
		}
		return lines
	}
}
