package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"ward/internal/canary"
	"ward/internal/clients"
	"ward/pipeline"
	"ward/wire/capture"
	"ward/wire/packet"
	"ward/wire/session"
)

// carriers are the services in whose packets the simulated hospital plants the
// patient, or a member of staff with her password. Each must really hold one.
var carriers = []string{"dicom", "hl7", "http", "intellivue", "carescape", "poct1a", "lis2a2", "syslog", "ftp", "telnet", "smb", "pjl", "ldap", "kerberos", "snmp", "rdp", "rtsp"}

// TestCanary searches every output of every command for the patient of the
// captures, in every encoding (SR-10, SR-11).
func TestCanary(t *testing.T) {
	dir := hospital(t)
	ward := filepath.Join(dir, "ward.pcap")
	planted := plants(t, ward)
	for _, name := range carriers {
		if planted[name] == 0 {
			t.Errorf("no %s packet of the simulated hospital carries the canary: the test could not fail", name)
		}
	}
	t.Logf("packets with the canary: %v", planted)
	captures := [][]string{{ward}, {cut(t, ward)}}
	t.Run("live", func(t *testing.T) { // these are skipped where a tool is missing
		for _, file := range []string{clients.DICOM(t), clients.HL7(t)} {
			search(t, dir, file)
		}
	})
	for _, c := range captures {
		search(t, dir, c...)
	}
}

// search runs every command on captures and searches what comes out.
func search(t *testing.T, dir string, captures ...string) {
	t.Helper()
	feeds, assets, sessions := filepath.Join(dir, "feeds"), filepath.Join(dir, "assets.csv"), filepath.Join(t.TempDir(), "sessions.json")
	with := func(args ...string) []string { return append(args, captures...) }
	base := []string{"--feeds", feeds, "--assets", assets}
	clean(t, ward(t, with(append([]string{"analyze"}, base...)...)...), "analyze")
	clean(t, ward(t, with(append([]string{"analyze", "--hours", "4", "--sessions", sessions, "--format", "json"}, base...)...)...), "analyze --format json")
	lines, err := os.ReadFile(sessions)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Count(lines, []byte("\n")) == 0 {
		t.Error("--sessions wrote nothing")
	}
	clean(t, result{stdout: lines}, "--sessions")
	onTerminal(t, with(append([]string{"analyze"}, base...)...))

	r, err := pipeline.Analyze(context.Background(), pipeline.Request{Inputs: captures, Feeds: feeds, Assets: assets})
	if err != nil {
		t.Fatal(err)
	}
	whole, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	clean(t, result{stdout: whole}, "the result")
	for i, d := range r.Devices {
		if testing.Short() && i%8 > 0 {
			continue
		}
		args := append([]string{"explain"}, base...)
		clean(t, ward(t, with(append(args, string(d.ID))...)...), "explain "+string(d.ID))
		if i%4 == 0 {
			clean(t, ward(t, with(append(args, string(d.ID), "CVE-2019-0708")...)...), "explain CVE "+string(d.ID))
		}
	}
}

// onTerminal runs ward on a pseudo-terminal, so that progress is drawn too.
func onTerminal(t *testing.T, args []string) {
	t.Helper()
	line := program(t)
	for _, a := range args {
		line += " '" + a + "'"
	}
	cmd := exec.Command("script", "-qec", line, "/dev/null")
	if _, err := exec.LookPath("script"); err != nil {
		return // util-linux is on every Debian
	}
	cmd.Env = append(os.Environ(), "TERM=xterm")
	clean(t, finish(t, cmd), "analyze on a terminal")
}

// clean fails where a marker stands in what a command wrote.
func clean(t *testing.T, r result, what string) {
	t.Helper()
	if r.code > exitDamaged || len(r.stdout) == 0 {
		t.Errorf("%s: status %d, %d bytes, %s", what, r.code, len(r.stdout), r.stderr)
	}
	for _, m := range canary.Markers() {
		for _, form := range canary.Encodings(m) {
			for _, text := range [][]byte{r.stdout, r.stderr} {
				if i := bytes.Index(text, form); i >= 0 {
					t.Errorf("%s: patient data came out, %q near %q", what, m, text[max(0, i-60):min(len(text), i+60)])
				}
			}
		}
	}
}

// ends are a packet's two ends, the smaller first.
type ends [2]netip.AddrPort

func endsOf(a, b netip.AddrPort) ends {
	if b.Compare(a) < 0 {
		a, b = b, a
	}
	return ends{a, b}
}

// plants counts the packets with a marker in their payload, by service.
func plants(t *testing.T, file string) map[string]int {
	t.Helper()
	services := map[ends]string{}
	src := open(t, file)
	defer src.Close()
	_, err := session.Run(t.Context(), src, session.Options{}, func(s *session.Session) {
		services[endsOf(netip.AddrPortFrom(s.Orig.Addr, s.Orig.Port), netip.AddrPortFrom(s.Resp.Addr, s.Resp.Port))] = s.Service
	})
	if err != nil {
		t.Fatal(err)
	}
	var forms [][]byte
	for _, m := range canary.Markers() {
		forms = append(forms, canary.Encodings(m)...)
	}
	again := open(t, file)
	defer again.Close()
	count := map[string]int{}
	var f capture.Frame
	var p packet.Packet
	for {
		if err := again.Next(&f); errors.Is(err, io.EOF) {
			return count
		} else if err != nil {
			t.Fatal(err)
		}
		p.Decode(&f)
		if slices.ContainsFunc(forms, func(form []byte) bool { return bytes.Contains(p.Payload, form) }) {
			count[services[endsOf(netip.AddrPortFrom(p.Src, p.SrcPort), netip.AddrPortFrom(p.Dst, p.DstPort))]]++
		}
	}
}

func open(t *testing.T, file string) *capture.Reader {
	t.Helper()
	r, err := capture.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// cut gives a copy of the capture that ends in the middle of a frame, so that
// the warnings are searched as well.
func cut(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "cut.pcap")
	if err := os.WriteFile(out, b[:len(b)/2-7], 0o644); err != nil {
		t.Fatal(err)
	}
	return out
}
