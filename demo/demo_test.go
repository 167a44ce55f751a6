package demo

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"ward/internal/canary"
	"ward/store"
)

// site is a demonstration under test, with a browser that is signed in.
type site struct {
	*testing.T
	*Demo
	*http.Client
	stop  context.CancelFunc
	ended chan error
}

// started plays until the history is there.
func started(t *testing.T, o Options) *site {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	ready := make(chan string, 1)
	o.Listen, o.Ready = "127.0.0.1:0", func(link string) { ready <- link }
	o.Today = time.Date(2026, 3, 16, 12, 0, 0, 0, time.UTC)
	ctx, stop := context.WithCancel(t.Context())
	d, err := prepare(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t, d, &http.Client{Jar: jar}, stop, make(chan error, 1)}
	go func() { s.ended <- errors.Join(d.run(ctx), os.RemoveAll(d.folder)) }()
	t.Cleanup(stop)
	select {
	case link := <-ready:
		s.page(link)
	case err := <-s.ended:
		t.Fatal("ended before the history was there:", err)
	case <-time.After(2 * time.Minute):
		t.Fatal("the history took too long")
	}
	return s
}

func (s *site) page(address string) string {
	s.Helper()
	if strings.HasPrefix(address, "/") {
		address = s.hub.Base.String() + address
	}
	r, err := s.Get(address)
	if err != nil {
		s.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		s.Errorf("%s: %d %v\n%.100s", address, r.StatusCode, err, body)
	}
	return string(body)
}

// comes waits for something that the story brings.
func (s *site) comes(what string, is func() bool) {
	s.Helper()
	for deadline := time.Now().Add(90 * time.Second); !is(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.Fatal("never came:", what)
		}
		select {
		case err := <-s.ended:
			s.Fatal("ended:", err)
		default:
		}
	}
}

func (s *site) changed(vulnerability string, since time.Time) bool {
	list, err := s.hub.Store.Changes(s.Context(), store.ChangeFilter{Vulnerability: vulnerability, Since: since, Limit: 10})
	if err != nil {
		s.Fatal(err)
	}
	return len(list) > 0
}

func TestDemoLives(t *testing.T) {
	s := started(t, Options{Speed: MaxSpeed, Devices: 400, Seed: 1})
	devices, err := s.hub.Store.Devices(t.Context(), store.DeviceFilter{Limit: 1})
	if err != nil || devices.Total < 350 {
		t.Fatalf("%d devices, %v", devices.Total, err)
	}
	findings, err := s.hub.Store.Findings(t.Context(), store.FindingFilter{Limit: 1})
	if err != nil || findings.Total < 100 {
		t.Fatalf("%d findings, %v", findings.Total, err)
	}
	morning := s.begin().Add(days * day)
	s.comes("the advisory of the morning", func() bool { return s.changed("CVE-2020-6962", morning) })
	s.comes("KEV lists BlueKeep", func() bool { return s.changed("CVE-2019-0708", morning.Add(time.Hour)) })
	s.comes("the stranger", func() bool {
		list, err := s.hub.Store.Devices(t.Context(), store.DeviceFilter{Text: "raspberrypi", Internet: true, Cleartext: true, Limit: 1})
		return err == nil && list.Total == 1
	})
	proposed, err := s.hub.Store.Decisions(t.Context(), store.DecisionFilter{States: []store.DecisionState{store.Proposed}})
	if err != nil || len(proposed) == 0 {
		t.Errorf("no risk waits for the second person: %v", err)
	}
	s.lookAround()
	s.ends()
}

var link = regexp.MustCompile(`href="(/[a-z][^"#]*)"`)

// lookAround opens the places of the tour and what the first pages link to; the
// patient of the simulator is in none of them, nor in a file of the hub.
func (s *site) lookAround() {
	seen := map[string]bool{}
	todo := []string{"/", "/devices", "/feeds", "/imports", "/audit", "/people", "/settings", "/about"}
	for round := range 2 {
		var next []string
		for _, p := range todo {
			if seen[p] || strings.HasPrefix(p, "/static/") || strings.HasPrefix(p, "/install-ca") {
				continue
			}
			seen[p] = true
			body := s.page(p)
			s.clean(p, []byte(body))
			if round == 0 && !strings.Contains(body, "demo-bar") {
				s.Errorf("%s does not say that it is a simulation", p)
			}
			for _, m := range link.FindAllStringSubmatch(body, 25) {
				next = append(next, strings.ReplaceAll(m[1], "&amp;", "&"))
			}
		}
		todo = next
	}
	if len(seen) < 30 {
		s.Errorf("only %d pages were found", len(seen))
	}
	err := filepath.WalkDir(s.data(), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.Contains(path, "queue") || strings.Contains(path, "parts") {
			return err // what waits to be read is the capture itself
		}
		b, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		s.clean(filepath.Base(path), b)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.Error(err)
	}
}

func (s *site) clean(where string, b []byte) {
	for _, m := range canary.Markers() {
		if bytes.Contains(b, []byte(m)) {
			s.Errorf("%s holds %q of the simulated patient", where, m)
		}
	}
}

// ends stops the demonstration: nothing listens, nothing is left.
func (s *site) ends() {
	at := s.hub.Base.Host
	s.stop()
	select {
	case err := <-s.ended:
		if err != nil {
			s.Error("ended with", err)
		}
	case <-time.After(30 * time.Second):
		s.Fatal("does not end")
	}
	if c, err := net.DialTimeout("tcp", at, time.Second); err == nil {
		c.Close()
		s.Error("something still listens")
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		s.Errorf("left behind: %v %v", left, err)
	}
}

// It may be stopped at any moment.
func TestStopWhileFilling(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for _, after := range []time.Duration{0, 50 * time.Millisecond, 700 * time.Millisecond} {
		ctx, stop := context.WithTimeout(t.Context(), after)
		if err := Run(ctx, Options{Listen: "127.0.0.1:0", Devices: 60}); err != nil {
			t.Errorf("after %v: %v", after, err)
		}
		stop()
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestOnlyOnThisMachine(t *testing.T) {
	for _, listen := range []string{":8080", "0.0.0.0:8080", "192.0.2.1:8080", "ward.example:80", "localhost"} {
		if err := Run(t.Context(), Options{Listen: listen}); !errors.Is(err, ErrListen) {
			t.Errorf("%s: %v", listen, err)
		}
	}
}

func TestNextFreePort(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	d, err := prepare(t.Context(), Options{Listen: l.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(d.folder)
	defer d.hub.Close()
	if d.hub.Base.Port() == l.Addr().(*net.TCPAddr).AddrPort().String() {
		t.Error("the taken port")
	}
}

func TestClock(t *testing.T) {
	at := time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC)
	c := &clock{at: at}
	c.set(at.Add(-time.Hour))
	if !c.Now().Equal(at) {
		t.Error("it went back")
	}
	c.set(at.Add(time.Hour))
	c.run(3600)
	time.Sleep(20 * time.Millisecond)
	if d := c.Now().Sub(at.Add(time.Hour)); d < 72*time.Second || d > time.Hour {
		t.Errorf("after 20 ms it is %v later", d)
	}
	if d := c.until(c.Now().Add(time.Hour)); d < 900*time.Millisecond || d > time.Second {
		t.Errorf("an hour takes %v", d)
	}
}
