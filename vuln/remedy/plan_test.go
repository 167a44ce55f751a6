package remedy

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"ward/asset/device"
	"ward/vuln/advisory"
	"ward/vuln/exposure"
	"ward/vuln/risk"
)

// vulnerability makes one with a CVSS vector; "" for none.
func vulnerability(id, vector, text string, cwes ...string) *advisory.Vulnerability {
	v := &advisory.Vulnerability{ID: id, Description: text, CWEs: cwes}
	if vector != "" {
		v.Scores = []advisory.Score{{Version: "3.1", Vector: "CVSS:3.1/" + vector}}
	}
	return v
}

func finding(d *device.Device, adv *advisory.Advisory, v *advisory.Vulnerability) *exposure.Finding {
	return &exposure.Finding{Device: d.ID, Vulnerability: v.ID, Advisory: adv.ID, Status: exposure.Affected,
		Match: exposure.Confirmed, Product: d.Model, Adv: adv, Vuln: v, Dev: d}
}

func monitor(n int) *device.Device {
	return &device.Device{ID: device.ID(fmt.Sprintf("ip:10.0.%d.%d", n/250, n%250)), Manufacturer: "Example", Model: fmt.Sprintf("Monitor %d", n%100),
		Kind: "patient_monitor", Tier: "T1", OnWire: true, Addresses: []netip.Addr{netip.AddrFrom4([4]byte{10, 0, byte(n / 250), byte(n % 250)})}}
}

// TestEveryVectorHasAStep: synthetic vulnerabilities of every attack vector,
// privilege and interaction, and with no score and no weakness at all, get a
// step that lowers what the attack needs.
func TestEveryVectorHasAStep(t *testing.T) {
	vectors := []string{""}
	for _, av := range []string{"N", "A", "L", "P"} {
		for _, pr := range []string{"N", "L", "H"} {
			for _, ui := range []string{"N", "R"} {
				vectors = append(vectors, fmt.Sprintf("AV:%s/AC:L/PR:%s/UI:%s/S:U/C:H/I:H/A:H", av, pr, ui))
			}
		}
	}
	adv := &advisory.Advisory{ID: "TEST-1"}
	c := risk.Context{Weights: risk.DefaultWeights()}
	for _, vector := range vectors {
		a := c.Assess(finding(monitor(1), adv, vulnerability("CVE-2030-0001", vector, "")))
		steps := Advise(&a)
		checkSteps(t, adv, &a, steps)
		if t.Failed() {
			t.Fatalf("vector %q", vector)
		}
	}
}

// population draws devices of few models with findings of all sorts.
func population(t *rapid.T) []risk.Assessment {
	kinds := []string{"patient_monitor", "infusion_pump", "ct", "printer"}
	tiers := []device.TierName{"T0", "T1", "T2", "T4"}
	texts := []string{"", "Update to Version 2.5 or later.", "Example plans a new release by the end of 2031.", "Currently no fix is planned",
		"The device must be operated on an isolated network only.", "Disable the Telnet service.", "Users should change the default password."}
	c := risk.Context{Weights: risk.DefaultWeights(), Threats: func(cve string) advisory.Threat { return advisory.Threat{KEV: cve[len(cve)-1] == '1'} }}
	var out []risk.Assessment
	var vulns []*advisory.Vulnerability
	adv := &advisory.Advisory{ID: "TEST-1"}
	for i := range rapid.IntRange(1, 6).Draw(t, "flaws") {
		vector := fmt.Sprintf("AV:%s/AC:L/PR:%s/UI:%s/S:U/C:H/I:%s/A:H", rapid.SampledFrom([]string{"N", "A", "L", "P"}).Draw(t, "av"),
			rapid.SampledFrom([]string{"N", "L"}).Draw(t, "pr"), rapid.SampledFrom([]string{"N", "R"}).Draw(t, "ui"), rapid.SampledFrom([]string{"N", "H"}).Draw(t, "i"))
		v := vulnerability(fmt.Sprintf("CVE-2030-000%d", i), vector, rapid.SampledFrom([]string{"", "telnet", "remote desktop"}).Draw(t, "text"),
			rapid.SampledFrom([]string{"CWE-287", "CWE-798", "CWE-120", "CWE-319"}).Draw(t, "cwe"))
		v.Remediations = []advisory.Remediation{{Category: "vendor_fix", Text: rapid.SampledFrom(texts).Draw(t, "remedy")}}
		vulns = append(vulns, v)
	}
	for n := range rapid.IntRange(1, 6).Draw(t, "devices") {
		d := monitor(n)
		d.Model = rapid.SampledFrom([]string{"", "One", "Two"}).Draw(t, "model")
		d.Kind, d.Tier = rapid.SampledFrom(kinds).Draw(t, "kind"), rapid.SampledFrom(tiers).Draw(t, "tier")
		if rapid.Bool().Draw(t, "internet") {
			d.Peers = []device.Peer{{Addr: netip.MustParseAddr("192.0.2.1"), Inbound: true, Internet: true}}
		}
		for _, v := range vulns {
			if rapid.Bool().Draw(t, "has") {
				out = append(out, c.Assess(finding(d, adv, v)))
			}
		}
	}
	return out
}

// TestPlanProperties: every affected finding is worked on; segmentation only
// where no cheaper rung does, once for a zone; the order is by band; a question
// stands before the changes that wait for it; nothing is counted twice.
func TestPlanProperties(t *testing.T) {
	w := risk.DefaultWeights()
	rapid.Check(t, func(t *rapid.T) {
		assessments := population(t)
		actions := NewPlanner(w, nil).Plan(append(assessments, assessments...))
		zones := map[string]bool{}
		for i := range actions {
			a := &actions[i]
			switch {
			case a.Rank != i+1:
				t.Fatalf("rank %d at %d", a.Rank, i)
			case i > 0 && !actions[i-1].Band.AtLeast(a.Band):
				t.Fatalf("%s before %s", actions[i-1].Band, a.Band)
			case a.After >= a.Rank || a.After > 0 && actions[a.After-1].Kind != FindOut:
				t.Fatalf("action %d comes after %d", a.Rank, a.After)
			case !slices.IsSorted(a.Vulnerabilities) || len(slices.Compact(slices.Clone(a.Vulnerabilities))) != len(a.Vulnerabilities) || len(a.Vulnerabilities) == 0:
				t.Fatalf("vulnerabilities %v", a.Vulnerabilities)
			case len(a.Why) == 0 || len(a.Steps) == 0 || a.Action == "":
				t.Fatalf("empty action %+v", a)
			case a.Kind.Segments() && (zones[a.Action] || len(a.Rejected) == 0):
				t.Fatalf("segmentation without reasons or twice: %s", a.Action)
			}
			zones[a.Action] = zones[a.Action] || a.Kind.Segments()
		}
		for i := range assessments {
			checkPlanned(t, w, &assessments[i], actions)
		}
	})
}

func checkPlanned(t *rapid.T, w risk.Weights, a *risk.Assessment, actions []Action) {
	works, cheap := false, a.Input
	for _, s := range Advise(a) {
		if !s.Kind.Segments() && s.Kind != Replace {
			cheap = s.Apply(cheap)
		}
	}
	for _, action := range actions {
		has := slices.Contains(action.Devices, a.Device) && slices.Contains(action.Vulnerabilities, a.Vulnerability)
		works = works || has && action.Kind != FindOut
		count := 0
		for _, e := range action.Effects {
			if e.Device == a.Device && e.Vulnerability == a.Vulnerability {
				count++
				if action.Kind.Segments() && !w.Band(cheap.Score()).AtLeast(risk.NextWindow) {
					t.Fatalf("segmentation for %s though cheaper steps leave %.1f", a.Vulnerability, cheap.Score())
				}
			}
		}
		if count > 1 {
			t.Fatalf("%s counted %d times", a.Vulnerability, count)
		}
	}
	if a.L > 0 && !works {
		t.Fatalf("nothing works on %s of %s", a.Vulnerability, a.Device)
	}
}

// TestWhatToDo is the column "What to do" of the worked examples.
func TestWhatToDo(t *testing.T) {
	one := risk.Precondition{Value: 1}
	in := func(impact, threat, reach, acuity, spare float64) risk.Inputs {
		return risk.Inputs{Impact: impact, Threat: threat, Match: 1, Service: one, Reach: risk.Precondition{Value: reach}, Credentials: one,
			UserAction: one, Configuration: one, Proximity: one, Acuity: acuity, Spare: spare}
	}
	rows := []struct {
		name string
		in   risk.Inputs
		kind Kind
		want float64
	}{
		{"A: RDP from the service host only", in(0.9, 1, 0.7, 0.9, 0), NetworkControl, 54.5},
		{"A: RDP off", in(0.9, 1, 0.7, 0.9, 0), DisableService, 34.3},
		{"A: fix at the visit", in(0.9, 1, 0.7, 0.9, 0), Patch, 0},
		{"B1: the AIMS host only", in(0.9, 0.1, 0.7, 1, 0), NetworkControl, 43.6},
		{"C: WPA2-Enterprise and a server list", in(0.5, 0.1, 0.5, 1, 0.5), Configuration, 33.9},
	}
	for _, row := range rows {
		if got := round1((&Step{Kind: row.kind}).Apply(row.in).Score()); got != row.want {
			t.Errorf("%s: %.1f, want %.1f", row.name, got, row.want)
		}
	}
}

// TestChooseIsExact compares the choice with every subset.
func TestChooseIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var actions []Action
		for i := range rapid.IntRange(1, 9).Draw(t, "n") {
			a := Action{Rank: i + 1, Kind: Patch, Removes: float64(rapid.IntRange(0, 90).Draw(t, "removes")), Hours: float64(rapid.IntRange(1, 12).Draw(t, "quarters")) / 4}
			if i%3 == 0 {
				a.Kind = FindOut
			} else if rapid.Bool().Draw(t, "waits") {
				a.After = i - i%3 + 1
			}
			actions = append(actions, a)
		}
		hours := float64(rapid.IntRange(0, 40).Draw(t, "budget")) / 4
		best := 0.0
		for set := range 1 << len(actions) {
			if worth, ok := worthOfSet(actions, func(i int) bool { return set>>i&1 == 1 }, hours); ok {
				best = max(best, worth)
			}
		}
		Choose(actions, hours)
		got, ok := worthOfSet(actions, func(i int) bool { return actions[i].Chosen }, hours)
		if !ok || got != best {
			t.Fatalf("chose %.1f (allowed %v), best %.1f", got, ok, best)
		}
	})
}

func worthOfSet(actions []Action, in func(int) bool, hours float64) (worth float64, allowed bool) {
	for i := range actions {
		if !in(i) {
			continue
		}
		worth += worthOf(&actions[i])
		hours -= actions[i].Hours
		if after := actions[i].After; after > 0 && !in(after-1) {
			return 0, false
		}
	}
	return worth, hours >= 0
}

func TestUpdatesOfOneModelAreOneVisit(t *testing.T) {
	adv := &advisory.Advisory{ID: "TEST-1"}
	c := risk.Context{Weights: risk.DefaultWeights()}
	var all []risk.Assessment
	for n, text := range []string{"Update to version 2.5 or later.", "Update to version 2.10 or later."} {
		v := vulnerability(fmt.Sprintf("CVE-2030-000%d", n), "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "")
		v.Remediations = []advisory.Remediation{{Category: "vendor_fix", Text: text}}
		all = append(all, c.Assess(finding(monitor(1), adv, v)))
	}
	patches := 0
	for _, a := range NewPlanner(c.Weights, nil).Plan(all) {
		if a.Kind == Patch {
			patches++
			if want := "Example Monitor 1: update to 2.10 or later"; a.Action != want || a.Findings != 2 {
				t.Errorf("%q with %d findings, want %q with 2", a.Action, a.Findings, want)
			}
		}
	}
	if patches != 1 {
		t.Errorf("%d updates, want 1", patches)
	}
}

// BenchmarkPlan plans 10,000 devices of 100 models with 100 findings each.
func BenchmarkPlan(b *testing.B) {
	adv := &advisory.Advisory{ID: "TEST-1"}
	c := risk.Context{Weights: risk.DefaultWeights()}
	var flaws []*advisory.Vulnerability
	for i := range 100 {
		v := vulnerability(fmt.Sprintf("CVE-2030-%04d", i), "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "")
		v.Remediations = []advisory.Remediation{{Category: "vendor_fix", Text: fmt.Sprintf("Update to version 2.%d or later.", i%7)}}
		flaws = append(flaws, v)
	}
	all := make([]risk.Assessment, 0, 1_000_000)
	for n := range 10_000 {
		d := monitor(n)
		for _, v := range flaws {
			if n < 100 {
				all = append(all, c.Assess(finding(d, adv, v)))
				continue
			}
			a := all[n%100*100+len(all)%100]
			a.Finding = finding(d, adv, v)
			a.Device = d.ID
			all = append(all, a)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if got := len(NewPlanner(c.Weights, nil).Plan(all)); got == 0 {
			b.Fatal("no actions")
		}
	}
}
