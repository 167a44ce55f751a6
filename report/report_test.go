package report

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"ward/asset/device"
	"ward/pipeline"
	"ward/vuln/advisory"
	"ward/vuln/exposure"
	"ward/vuln/remedy"
	"ward/vuln/risk"
)

// hostile is what a name seen on the wire may hold: cursor movement, colour,
// a bell, a line break and a right-to-left override.
const hostile = "\x1b[2Jmonitor\x07\r\n\u202e9\u2066"

// result is one device with one finding, named as badly as the wire allows.
func result() *pipeline.Result {
	d := &device.Device{ID: "ip:10.0.0.1", Addresses: []netip.Addr{netip.MustParseAddr("10.0.0.1")}, Hostname: hostile,
		Manufacturer: "Spacelabs", Model: "XTR 96280 with a very long name that no terminal of eighty columns can hold in one line",
		Kind: "telemetry", Tier: "T1", Location: "ICU " + hostile, Warnings: []string{hostile},
		Services: []device.Service{{Name: "rdp", Transport: "tcp", Port: 3389, Answers: true, Weak: []string{"encryption of RDP itself", "no network level authentication", hostile}}},
		Claims:   []device.Claim{{Field: device.FieldHostname, Value: hostile, Source: device.Source{Rule: "dhcp.parameters", Input: "a/folder/with/a/long/name.pcap", Frame: 7}, Confidence: 0.5, Seen: time.Unix(1, 0)}}}
	v := &advisory.Vulnerability{ID: "CVE-2019-0708", Description: "remote desktop", Scores: []advisory.Score{{Version: "3.0", Vector: "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}}
	f := exposure.Finding{Device: d.ID, Vulnerability: v.ID, Advisory: "ICSMA-20-049-01", Status: exposure.Affected, Match: exposure.Confirmed, Product: hostile,
		Adv: &advisory.Advisory{ID: "ICSMA-20-049-01"}, Vuln: v, Dev: d, Evidence: []exposure.Evidence{{Rule: "r", Text: hostile, File: "f.json", Place: "/product_tree/branches/0/branches/0/branches/0/product"}}}
	r := &pipeline.Result{Devices: []*device.Device{d}, Findings: []exposure.Finding{f}, Warnings: []string{hostile}, Inputs: []pipeline.Input{}, Feeds: []pipeline.Feed{{Name: "CSAF"}},
		Sessions: pipeline.SessionCount{ByService: map[string]uint64{"rdp": 1}}}
	r.Assessments = []risk.Assessment{risk.Context{Weights: risk.DefaultWeights()}.Assess(&r.Findings[0])}
	r.Worklist = remedy.NewPlanner(risk.DefaultWeights(), remedy.Advise).Plan(r.Assessments)
	r.Explain = func(*device.Device, string) []exposure.Evidence { return f.Evidence }
	return r
}

func TestTextKeepsTheTerminal(t *testing.T) {
	for _, colour := range []bool{false, true} {
		var out bytes.Buffer
		s := Style{Width: 80, Colour: colour}
		r := result()
		if err := Text(&out, r, s); err != nil {
			t.Fatal(err)
		}
		if err := Explain(&out, r, "10.0.0.1", "", s); err != nil {
			t.Fatal(err)
		}
		if err := Explain(&out, r, "10.0.0.1", "cve-2019-0708", s); err != nil {
			t.Fatal(err)
		}
		if err := Explain(&out, r, "10.0.0.1", "CVE-1999-0001", s); err != nil {
			t.Fatal(err)
		}
		text := out.String()
		for _, bad := range []string{"\x1b[2J", "\x07", "\r", "\u202e", "\u2066"} {
			if strings.Contains(text, bad) {
				t.Errorf("colour %v: the output holds %q of a device's name", colour, bad)
			}
		}
		if strings.Contains(text, "\x1b") != colour {
			t.Errorf("colour %v: escapes do not fit", colour)
		}
		if colour {
			continue
		}
		for _, line := range strings.Split(text, "\n") {
			if n := utf8.RuneCountInString(line); n > 80 {
				t.Errorf("line of %d columns: %s", n, line)
			}
		}
	}
}

func TestJSONIsOneDocument(t *testing.T) {
	r := result()
	var streamed bytes.Buffer
	if err := JSON(&streamed, r); err != nil {
		t.Fatal(err)
	}
	var whole bytes.Buffer
	enc := json.NewEncoder(&whole)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil {
		t.Fatal(err)
	}
	if streamed.String() != whole.String() {
		t.Errorf("written entry by entry:\n%s\nwritten whole:\n%s", streamed.String(), whole.String())
	}
}

func TestFindByAnyName(t *testing.T) {
	r := result()
	r.Devices[0].MAC = [6]byte{0, 0xa0, 0xaa, 0, 0x21, 7}
	for _, name := range []string{"ip:10.0.0.1", "10.0.0.1", "00:A0:aa:00:21:07", "00-a0-aa-00-21-07", "00a0.aa00.2107", strings.ToUpper(hostile)} {
		if len(Find(r.Devices, name)) != 1 {
			t.Errorf("%q finds no device", name)
		}
	}
	if err := Explain(&bytes.Buffer{}, r, "nobody", "", Style{Width: 80}); err == nil || !strings.Contains(err.Error(), "hint") {
		t.Errorf("an unknown name gives %v, want an error with a hint", err)
	}
}

func TestWrap(t *testing.T) {
	rows := []struct {
		text          string
		width, indent int
		want          string
	}{
		{"a b c", 10, 2, "a b c"},
		{"aaaa bbbb cccc", 9, 2, "aaaa bbbb\n  cccc"},
		{"aaaaaaaaaaaaaaa b", 5, 1, "aaaaaaaaaaaaaaa\n b"},
		{"", 5, 1, ""},
	}
	for _, row := range rows {
		if got := wrap(row.text, row.width, row.indent); got != row.want {
			t.Errorf("wrap(%q, %d, %d) = %q, want %q", row.text, row.width, row.indent, got, row.want)
		}
	}
}

// TestHours: with hours given, only chosen actions are shown; an urgent one
// that is not chosen is named.
func TestHours(t *testing.T) {
	r := result()
	r.Hours = 1
	r.Worklist = []remedy.Action{
		{Rank: 1, Action: "XTR: first", Band: risk.ActNow, Hours: 2, Then: []int{3}},
		{Rank: 2, Action: "CIC: second", Band: risk.Schedule, Hours: 0.5, Chosen: true, Removes: 9, Then: []int{3}},
		{Rank: 3, Action: "CIC: third", Band: risk.Schedule, Hours: 3},
	}
	var out bytes.Buffer
	if err := Text(&out, r, Style{Width: 80}); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for want, shown := range map[string]bool{"In 1 hours: 1 action, 0.5 hours of work, 9 points": true, "not among them, although it says act now: 1. XTR: first (2 h)": true,
		"CIC: second": true, "CIC: third": false} {
		if strings.Contains(text, want) != shown {
			t.Errorf("shown %v: %q in\n%s", !shown, want, text)
		}
	}
}
