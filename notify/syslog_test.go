package notify

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/leodido/go-syslog/v4/rfc5424"

	"ward/store"
)

// rsyslog starts a real rsyslogd on loopback and gives its port and the file it
// writes. Without the program the test is skipped, in CI it fails.
func rsyslog(t *testing.T) (port int, file string) {
	t.Helper()
	path, err := exec.LookPath("rsyslogd")
	if err != nil {
		if path = "/usr/sbin/rsyslogd"; !exists(path) {
			if os.Getenv("CI") != "" {
				t.Fatal("rsyslogd is missing: apt-get install rsyslog")
			}
			t.Skip("rsyslogd is missing: apt-get install rsyslog")
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port = l.Addr().(*net.TCPAddr).Port
	l.Close()
	dir := t.TempDir()
	file = filepath.Join(dir, "events")
	config := filepath.Join(dir, "rsyslog.conf")
	text := fmt.Sprintf(`global(workDirectory=%q maxMessageSize="64k")
module(load="imtcp")
module(load="imudp")
template(name="event" type="string" string="%%syslogseverity%%|%%syslogfacility%%|%%app-name%%|%%msgid%%|%%timereported:::date-rfc3339%%|%%msg%%\n")
input(type="imtcp" address="127.0.0.1" port="%d")
input(type="imudp" address="127.0.0.1" port="%d")
action(type="omfile" file=%q template="event")
`, dir, port, port, file)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "-n", "-f", config, "-i", filepath.Join(dir, "pid"))
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		cmd.Process.Kill()
		<-ended
	})
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		c, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			c.Close()
			return port, file
		}
		if time.Now().After(end) {
			t.Fatalf("rsyslogd does not listen: %v", err)
		}
	}
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

// lines waits until the file has n lines.
func lines(t *testing.T, file string, n int) []string {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		b, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		if all := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n"); len(b) > 0 && len(all) >= n {
			return all
		}
		if time.Now().After(end) {
			t.Fatalf("%d lines are not there:\n%s", n, b)
		}
	}
}

func TestRealSyslogServer(t *testing.T) {
	port, file := rsyslog(t)
	e := envelope()
	e.Message.Sections[0].Items[0].Text = `a=b\c|d` + "\nnew line\x00"
	for i, network := range []string{"tcp", "udp"} {
		s := &syslogSender{Syslog: Syslog{Network: network, Address: net.JoinHostPort("127.0.0.1", strconv.Itoa(port))}, version: "1|0"}
		if err := s.Send(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		got := lines(t, file, 2*(i+1))[2*i:]
		if len(got) != 2 {
			t.Fatalf("%s: %q", network, got)
		}
		for _, want := range []string{"4|13|ward|finding_act_now|2026-11-20T12:00:00.000000Z|", `|CEF:0|Ward|Ward|1\|0|finding_act_now|Act now|6|rt=1795176000000 externalId=n1 dhost=pumpe-ü cnt=1 cat=today msg=a\=b\\c|d new line reason=KEV of 2026-11-20`,
			"cs1Label=place cs1=ICU 2.01 request=https://ward.example.org/devices/mac:00 "} {
			if !strings.Contains(got[0], want) {
				t.Errorf("%s lacks %q:\n%s", network, want, got[0])
			}
		}
		if !strings.Contains(got[1], "7 more of the same cause") {
			t.Errorf("%s: %s", network, got[1])
		}
	}
}

// Over TLS: octet counting, and no server that nobody vouches for.
func TestSyslogOverTLS(t *testing.T) {
	cert, ca := certificate(t)
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	frames := make(chan []string, 2)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			frames <- readFrames(c)
		}
	}()
	s := &syslogSender{Syslog: Syslog{Network: "tls", Address: l.Addr().String()}, ca: ca}
	if err := s.Send(t.Context(), envelope()); err != nil {
		t.Fatal(err)
	}
	got := <-frames
	if len(got) != 2 {
		t.Fatalf("%q", got)
	}
	for _, f := range got {
		m, err := rfc5424.NewParser().Parse([]byte(f))
		if err != nil || !m.Valid() {
			t.Errorf("%q: %v", f, err)
		}
	}
	s.ca = ""
	if err := s.Send(t.Context(), envelope()); err == nil {
		t.Error("a server that nobody vouches for was believed")
	}
}

func readFrames(c net.Conn) (out []string) {
	defer c.Close()
	r := bufio.NewReader(c)
	for {
		n, err := r.ReadString(' ')
		if err != nil {
			return out
		}
		size, err := strconv.Atoi(strings.TrimSpace(n))
		if err != nil {
			return append(out, "no length: "+n)
		}
		b := make([]byte, size)
		if _, err := io.ReadFull(r, b); err != nil {
			return append(out, err.Error())
		}
		out = append(out, string(b))
	}
}

func TestLongDatagram(t *testing.T) {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	e := envelope()
	e.Message.Sections[0].More = 0
	e.Message.Sections[0].Items[0].Name = strings.Repeat("ü", 3000)
	e.Message.Sections[0].Items[0].Text = strings.Repeat("ü", 3000)
	e.Message.Sections[0].Items[0].Place = strings.Repeat("ü", 3000)
	e.Message.Sections[0].Items[0].Cause = strings.Repeat("ü", 3000)
	if err := (&syslogSender{Syslog: Syslog{Network: "udp", Address: c.LocalAddr().String()}}).Send(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 65536)
	c.SetReadDeadline(time.Now().Add(10 * time.Second))
	n, _, err := c.ReadFrom(b)
	if err != nil || n > maxDatagram || n < maxDatagram-200 {
		t.Errorf("%d bytes, %v", n, err)
	}
}

func FuzzCEF(f *testing.F) {
	f.Add("pump", "a=b|c\\d\n", "x")
	f.Add("\x00\xff", "CEF:0|", "\u202e=")
	f.Fuzz(func(t *testing.T, name, text, cause string) {
		e := envelope()
		i := Item{Name: name, Text: text, Cause: cause, Level: store.NoticePage}
		got := (&syslogSender{version: "1"}).frame(e, FindingActNow, cef("1", &Section{Rule: FindingActNow, Title: name}, &i, e))
		if strings.ContainsAny(got, "\n\r\x00") {
			t.Fatalf("%q", got)
		}
		m, err := rfc5424.NewParser().Parse([]byte(got))
		if err != nil || !m.Valid() {
			t.Fatalf("%q: %v", got, err)
		}
	})
}
