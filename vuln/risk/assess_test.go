package risk

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"ward/asset/device"
	"ward/vuln/advisory"
	"ward/vuln/exposure"
)

// flaw makes a vulnerability with a CVSS 3.1 vector; "" for none.
func flaw(id, vector, text string, cwes ...string) *advisory.Vulnerability {
	v := &advisory.Vulnerability{ID: id, Description: text, CWEs: cwes}
	if vector != "" {
		v.Scores = []advisory.Score{{Version: "3.1", Vector: "CVSS:3.1/" + vector}}
	}
	return v
}

func found(d *device.Device, v *advisory.Vulnerability) *exposure.Finding {
	return &exposure.Finding{Device: d.ID, Vulnerability: v.ID, Advisory: "TEST-1", Status: exposure.Affected, Match: exposure.Confirmed,
		Product: d.Model, Adv: &advisory.Advisory{ID: "TEST-1"}, Vuln: v, Dev: d}
}

func from(addr string, internet bool) device.Peer {
	return device.Peer{Addr: netip.MustParseAddr(addr), Inbound: true, Internet: internet, Service: "rdp"}
}

func answering(name string, port uint16) device.Service {
	return device.Service{Name: name, Transport: "tcp", Port: port, Answers: true, Frame: 7, Input: "ward.pcap"}
}

func telemetry() *device.Device {
	return &device.Device{ID: "ip:10.0.1.5", Manufacturer: "Spacelabs", Model: "XTR", Kind: "telemetry", Tier: "T1", OnWire: true,
		Addresses: []netip.Addr{netip.MustParseAddr("10.0.1.5")}, Services: []device.Service{answering("rdp", 3389)},
		Peers: []device.Peer{from("10.0.2.9", false)}}
}

const worst = "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"

var bluekeep = flaw("CVE-2019-0708", worst, "a flaw in Remote Desktop Services")

func kev(ids ...string) func(string) advisory.Threat {
	return func(cve string) advisory.Threat { return advisory.Threat{KEV: slices.Contains(ids, cve)} }
}

// TestOrderOfWorkedExamples builds the six cases as findings: CVSS would order
// them A, D, C, B, C2; the score orders them A, B1, C, C2, D, B2.
func TestOrderOfWorkedExamples(t *testing.T) {
	c := Context{Weights: DefaultWeights(), Threats: kev("CVE-2019-0708"), Coverage: Coverage{Hours: 31 * 24, Taps: 1}}
	aespire := func(peers ...device.Peer) *device.Device {
		return &device.Device{ID: "ip:10.0.3.7", Model: "Aespire", Kind: "anaesthesia", Tier: "T0", OnWire: true,
			Addresses: []netip.Addr{netip.MustParseAddr("10.0.3.7")}, Services: []device.Service{answering("telnet", 23)}, Peers: peers}
	}
	silent := aespire()
	silent.Services = nil
	module := &device.Device{ID: "ip:10.0.4.8", Model: "WBM", Kind: "infusion_pump", Tier: "T0", OnWire: true, Extra: map[string]string{"spare": "0.5"}}
	scanner := &device.Device{ID: "ip:10.0.5.9", Model: "LOGIQ", Kind: "ultrasound", Tier: "T3", OnWire: true, Extra: map[string]string{"spare": "1"}}
	alarm := flaw("CVE-2019-10966", "AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:L/A:N", "an attacker over telnet can silence alarms", "CWE-287")
	cases := []struct {
		name string
		f    *exposure.Finding
		low  float64
		high float64
	}{
		{"A", found(telemetry(), bluekeep), 82, 84},
		{"B1", found(aespire(from("10.0.9.1", false)), alarm), 60, 70},
		{"C", found(module, flaw("CVE-2022-26394", "AV:A/AC:H/PR:N/UI:N/S:U/C:N/I:L/A:N", "", "CWE-287")), 40, 50},
		{"C2", found(module, flaw("CVE-2022-26390", "AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", "", "CWE-311")), 34, 42},
		{"D", found(scanner, flaw("CVE-2020-6977", "AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "", "CWE-693")), 28, 34},
		{"B2", found(silent, alarm), 25, 29},
	}
	last := 101.0
	for _, row := range cases {
		a := c.Assess(row.f)
		if a.Score < row.low || a.Score > row.high || a.Score >= last {
			t.Errorf("%s: %.1f, want %.0f to %.0f and below %.1f: %s", row.name, a.Score, row.low, row.high, last, a.Sentence)
		}
		last = a.Score
	}
}

func TestOverridesAreSentences(t *testing.T) {
	far := telemetry()
	far.Tier, far.Kind, far.Extra = "T4", "printer", map[string]string{"spare": "1"}
	pump := &device.Device{ID: "ip:10.0.1.6", Kind: "infusion_pump", Tier: "T0", OnWire: true}
	refuted := *pump
	refuted.Model = "refuted"
	weak := "AV:N/AC:L/PR:N/UI:R/S:U/C:N/I:H/A:N"
	rows := []struct {
		name string
		f    *exposure.Finding
		full bool
		band Band
		says string
	}{
		{"(a) KEV, service seen, reach", found(far, bluekeep), false, NextWindow, "exploited in the wild"},
		{"(b) uncontrolled risk", found(far, flaw("CVE-2030-1", weak, "FDA considers this an uncontrolled risk")), false, ActNow, "uncontrolled"},
		{"refuted", found(&refuted, flaw("CVE-2030-3", weak, "over telnet a dose can be changed")), true, Track, ""},
	}
	for _, row := range rows {
		c := Context{Weights: DefaultWeights(), Threats: kev("CVE-2019-0708")}
		if row.full {
			c.Coverage = Coverage{Hours: 31 * 24}
		}
		a := c.Assess(row.f)
		said := reason(&a, "override")
		if a.Band != row.band || !strings.Contains(said, row.says) || row.says == "" && said != "" {
			t.Errorf("%s: %s (%q), score %.1f", row.name, a.Band, said, a.Score)
		}
	}
}

// TestNeverBelowSchedule is override (c) over all kinds, tiers and vectors.
func TestNeverBelowSchedule(t *testing.T) {
	c := Context{Weights: DefaultWeights()}
	c.Weights.Schedule = 45 // so that the arithmetic alone falls below
	overridden := 0
	for _, kind := range []string{"infusion_pump", "ventilator", "patient_monitor", "telemetry"} {
		for _, tier := range []device.TierName{"T0", "T1"} {
			for _, av := range []string{"N", "A", "L", "P"} {
				for _, ui := range []string{"N", "R"} {
					d := &device.Device{ID: "ip:10.0.1.6", Kind: kind, Tier: tier, OnWire: true, Extra: map[string]string{"spare": "1"}}
					a := c.Assess(found(d, flaw("CVE-2030-2", "AV:"+av+"/AC:L/PR:N/UI:"+ui+"/S:U/C:N/I:H/A:N", "")))
					if a.Band == Track {
						t.Errorf("%s %s %s %s is only tracked: %s", kind, tier, av, ui, a.Sentence)
					}
					if reason(&a, "override") != "" {
						overridden++
					}
				}
			}
		}
	}
	if overridden == 0 {
		t.Error("the override was never needed: the test proves nothing")
	}
}

// TestEveryFactorHasAReason: an assessment without its reasons is no assessment.
func TestEveryFactorHasAReason(t *testing.T) {
	for _, vector := range []string{"", worst, "AV:P/AC:L/PR:L/UI:R/S:U/C:L/I:N/A:N"} {
		a := Context{Weights: DefaultWeights()}.Assess(found(telemetry(), flaw("CVE-2030-4", vector, "")))
		for _, factor := range append([]string{"R.effect", "R.threat", "L.match", "K.acuity", "K.spare"}, preconditionFactors[:]...) {
			if reason(&a, factor) == "" {
				t.Errorf("vector %q: no reason for %s", vector, factor)
			}
		}
		if a.Sentence == "" || a.Low > a.Score || a.High < a.Score || !a.BandHigh.AtLeast(a.BandLow) {
			t.Errorf("vector %q: %.1f in %.1f..%.1f: %s", vector, a.Score, a.Low, a.High, a.Sentence)
		}
		if (a.BandLow != a.BandHigh) != (a.FindOut != "") {
			t.Errorf("vector %q: %s to %s, question %q", vector, a.BandLow, a.BandHigh, a.FindOut)
		}
	}
}

func TestPreconditions(t *testing.T) {
	rows := []struct {
		name   string
		change func(*device.Device)
		v      *advisory.Vulnerability
		full   bool
		factor string
		want   float64
		ask    bool
	}{
		{"service seen", nil, bluekeep, false, "L.service", 1, false},
		{"service not seen, short watch", func(d *device.Device) { d.Services = nil }, bluekeep, false, "L.service", 0.7, true},
		{"service never seen in 31 days", func(d *device.Device) { d.Services = nil }, bluekeep, true, "L.service", 0.05, false},
		{"from the internet", func(d *device.Device) { d.Peers = []device.Peer{from("192.0.2.4", true)} }, bluekeep, false, "L.reach", 1, false},
		{"from another network", nil, bluekeep, false, "L.reach", 0.7, false},
		{"own network only, 31 days", func(d *device.Device) { d.Peers = []device.Peer{from("10.0.1.9", false)} }, bluekeep, true, "L.reach", 0.5, false},
		{"nobody, 31 days", func(d *device.Device) { d.Peers = nil }, bluekeep, true, "L.reach", 0.2, false},
		{"hard-coded password", nil, flaw("CVE-2030-5", "AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", "", "CWE-798"), false, "L.credentials", 1, false},
		{"login needed", nil, flaw("CVE-2030-5", "AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", ""), false, "L.credentials", 0.7, true},
		{"default login seen", func(d *device.Device) { d.Logins = []device.Login{{Service: "telnet", Default: true}} },
			flaw("CVE-2030-5", "AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", ""), false, "L.credentials", 1, false},
		{"user takes part", nil, flaw("CVE-2030-6", "AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", ""), false, "L.user_action", 0.5, false},
		{"optional setting", nil, flaw("CVE-2030-7", worst, "only when configured for remote service"), false, "L.configuration", 0.7, true},
		{"public area", func(d *device.Device) { d.Location = "Lobby" }, flaw("CVE-2030-8", "AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", ""), false, "L.proximity", 0.5, false},
		{"locked room", func(d *device.Device) { d.Location = "Server room 2" }, flaw("CVE-2030-8", "AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", ""), false, "L.proximity", 0.1, false},
	}
	for _, row := range rows {
		d := telemetry()
		if row.change != nil {
			row.change(d)
		}
		c := Context{Weights: DefaultWeights()}
		if row.full {
			c.Coverage = Coverage{Hours: 31 * 24}
		}
		a := c.Assess(found(d, row.v))
		for _, r := range a.Why {
			if r.Factor == row.factor && (r.Value != row.want || r.Unknown != row.ask) {
				t.Errorf("%s: %.2f (unknown %v), want %.2f: %s", row.name, r.Value, r.Unknown, row.want, r.Text)
			}
		}
	}
}

func TestImpactIsOfTheDevice(t *testing.T) {
	w := DefaultWeights()
	rows := []struct {
		kind, vector, text string
		want               float64
	}{
		{"infusion_pump", worst, "", 1},
		{"infusion_pump", "AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", "", 0.5}, // goes on pumping without its network
		{"patient_monitor", "AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", "", 0.9},
		{"anaesthesia", "AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:L/A:N", "", 0.5},
		{"anaesthesia", "AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:L/A:N", "may silence alarms", 1},
		{"ct", worst, "", 0.6},
		{"ct", "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", "", 0.5},
		{"unknown", worst, "", 0.5},
		{"patient_monitor", "", "", 0.9}, // no vector: the worst is assumed
	}
	for _, row := range rows {
		if got, r := w.impact(row.kind, flaw("CVE-2030-9", row.vector, row.text)); got != row.want {
			t.Errorf("%s %s %q: %.2f, want %.2f (%s)", row.kind, row.vector, row.text, got, row.want, r.Text)
		}
	}
}

func TestStrongest(t *testing.T) {
	v, w := flaw("CVE-2030-1", worst, ""), flaw("CVE-2030-1", worst, "")
	w.Remediations = []advisory.Remediation{{Category: "vendor_fix", Text: "Update to 2.0"}}
	row := func(d device.ID, adv string, score float64, v *advisory.Vulnerability) Assessment {
		return Assessment{Device: d, Vulnerability: v.ID, Advisory: adv, Score: score, Finding: &exposure.Finding{Advisory: adv, Vuln: v}}
	}
	in := []Assessment{row("a", "X", 40, v), row("a", "Y", 60, v), row("b", "X", 60, v), row("a", "Z", 50, w), row("b", "Y", 60, w)}
	got := Strongest(in)
	if len(got) != 2 || got[0].Advisory != "Y" || len(got[0].Also) != 2 || got[1].Advisory != "Y" || len(got[1].Also) != 1 {
		t.Errorf("%+v", got)
	}
	slices.Reverse(in)
	if again := Strongest(in); len(again) != 2 || again[0].Device != "b" || again[0].Advisory != "Y" || again[1].Advisory != "Y" {
		t.Errorf("another order: %+v", again)
	}
	if same := Strongest(got); len(same) != 2 || &same[0] != &got[0] {
		t.Error("a list without repeats was copied")
	}
}
