package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestInterrupt sends SIGINT while ward waits for more of a capture that comes
// through a pipe: by name or as standard input. The result so far is printed.
func TestInterrupt(t *testing.T) {
	whole, err := os.ReadFile(filepath.Join(hospital(t), "ward.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	part := whole[:len(whole)/4]
	for _, name := range []string{"-", filepath.Join(t.TempDir(), "fifo")} {
		cmd := exec.Command(program(t), "analyze", name)
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		in := feed(t, cmd, name)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		pipe := in()
		if _, err := pipe.Write(part); err != nil { // returns when ward has read almost all
			t.Fatal(err)
		}
		time.Sleep(200 * time.Millisecond)
		if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		late := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		late.Stop()
		pipe.Close()
		if code := cmd.ProcessState.ExitCode(); code != exitDamaged {
			t.Errorf("%s: status %d, want %d", name, code, exitDamaged)
		}
		if !strings.Contains(stdout.String(), "WHAT IS THERE") || !strings.Contains(stderr.String(), "this is the result so far") {
			t.Errorf("%s: no result so far:\n%s\n%s", name, stdout.String(), stderr.String())
		}
	}
}

// feed prepares the input of cmd and gives the function that opens its other end.
func feed(t *testing.T, cmd *exec.Cmd, name string) func() io.WriteCloser {
	t.Helper()
	if name == "-" {
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		return func() io.WriteCloser { return in }
	}
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	return func() io.WriteCloser {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
}
