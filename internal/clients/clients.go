// Package clients makes captures of programs that others wrote, for the tests:
// DCMTK's DICOM tools and two HL7 packages from npm talk to each other on the
// loopback interface while dumpcap, of Debian's package tshark, records them.
// Everything they send carries the canary patient.
//
// Ward itself never opens a socket and never captures in analyze: the programs
// here are children of the test.
package clients

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ward/internal/tshark"
)

// patience is how long one step may take.
const patience = 20 * time.Second

// recording is a running dumpcap.
type recording struct {
	t    *testing.T
	cmd  *exec.Cmd
	file string
}

// record starts dumpcap on the loopback interface for some TCP ports and
// returns when it captures.
func record(t *testing.T, ports ...int) *recording {
	t.Helper()
	tshark.Need(t, "dumpcap")
	var filter []string
	for _, p := range ports {
		filter = append(filter, fmt.Sprintf("tcp port %d", p))
	}
	r := &recording{t: t, file: filepath.Join(t.TempDir(), "live.pcap")}
	r.cmd = exec.Command("dumpcap", "-q", "-P", "-i", "lo", "-f", strings.Join(filter, " or "), "-w", r.file)
	stderr, err := r.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.cmd.Process.Kill() })
	said := waitFor(stderr, "File:")
	if !strings.Contains(said, "File:") {
		r.refuse(said)
	}
	return r
}

// refuse ends the test where the machine does not allow to capture.
func (r *recording) refuse(said string) {
	r.t.Helper()
	text := "dumpcap may not capture here: " + said
	if os.Getenv("CI") != "" {
		r.t.Fatal(text)
	}
	r.t.Skip(text)
}

// stop ends the recording and gives the file.
func (r *recording) stop() string {
	r.t.Helper()
	time.Sleep(500 * time.Millisecond) // until the kernel has handed over the last block
	_ = r.cmd.Process.Signal(syscall.SIGINT)
	if err := r.cmd.Wait(); err != nil {
		r.t.Fatalf("dumpcap: %v", err)
	}
	return r.file
}

// waitFor reads until word comes or the patience ends.
func waitFor(from io.Reader, word string) string {
	said := make(chan string, 1)
	go func() {
		var text strings.Builder
		b := make([]byte, 1024)
		for !strings.Contains(text.String(), word) {
			n, err := from.Read(b)
			text.Write(b[:n])
			if err != nil {
				break
			}
		}
		said <- text.String()
		_, _ = io.Copy(io.Discard, from)
	}()
	select {
	case text := <-said:
		return text
	case <-time.After(patience):
		return ""
	}
}

// serve starts a server program and returns when its port is open.
func serve(t *testing.T, port int, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	in, err := cmd.StdinPipe() // its end tells the server to stop
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for end := time.Now().Add(patience); !listening(port); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s does not listen on port %d", name, port)
		}
	}
}

// run runs a client program to its end.
func run(t *testing.T, input, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Stdin = strings.NewReader(input)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// tcpListen is the state LISTEN in /proc/net/tcp.
const tcpListen = "0A"

// listening tells from the kernel's list whether a TCP port is open.
func listening(port int) bool { return inUse(port, tcpListen) }

// inUse tells whether the port is some local end in a state, "" for any.
func inUse(port int, state string) bool {
	mark := fmt.Sprintf(":%04X", port)
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, _ := os.ReadFile(table)
		for line := range strings.Lines(string(text)) {
			f := strings.Fields(line)
			if len(f) > 3 && strings.HasSuffix(f[1], mark) && (state == "" || f[3] == state) {
				return true
			}
		}
	}
	return false
}

// freePorts gives n ports that nobody uses, outside the range of the kernel.
func freePorts(n int) (ports []int) {
	const lowest, span = 21000, 10000
	for i := 0; len(ports) < n && i < span; i++ {
		if p := lowest + (os.Getpid()*7+i)%span; !inUse(p, "") {
			ports = append(ports, p)
		}
	}
	return ports
}

// Layout of a pcap file and of what loopback frames hold.
const (
	pcapHeader   = 24
	recordHeader = 16
	ethernet     = 14
	ipv4         = 20
)

// spread rewrites a capture of the loopback interface as if each program stood
// on a machine of its own: the end with a port of hosts gets that host's last
// byte of the address 10.9.8.x and of the MAC, all others get .20.
func spread(t *testing.T, file string, hosts map[int]byte) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for rest := b[min(pcapHeader, len(b)):]; len(rest) >= recordHeader; {
		n := int(binary.LittleEndian.Uint32(rest[8:]))
		frame := rest[recordHeader:min(recordHeader+n, len(rest))]
		rest = rest[recordHeader+len(frame):]
		if len(frame) >= ethernet+ipv4+4 && frame[ethernet] == 0x45 {
			settle(frame, hosts)
		}
	}
	if err := os.WriteFile(file, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

func settle(frame []byte, hosts map[int]byte) {
	ip, ports := frame[ethernet:], frame[ethernet+ipv4:]
	for _, at := range []struct{ mac, addr, port int }{{6, 12, 0}, {0, 16, 2}} {
		host, known := hosts[int(binary.BigEndian.Uint16(ports[at.port:]))]
		if !known {
			host = 20
		}
		copy(frame[at.mac:], []byte{0x02, 0, 0, 0, 0, host})
		copy(ip[at.addr:], []byte{10, 9, 8, host})
	}
}
