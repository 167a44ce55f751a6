package remedy

import (
	"net/netip"
	"testing"

	"ward/asset/device"
	"ward/vuln/advisory"
	"ward/vuln/exposure"
	"ward/vuln/risk"
)

// A service that somebody was seen using is not switched off: the rule for who
// may use it comes instead.
func TestServiceInUseIsNotSwitchedOff(t *testing.T) {
	v := &advisory.Vulnerability{ID: "CVE-2019-0708", Description: "a flaw in Remote Desktop Services",
		Scores: []advisory.Score{{Version: "3.0", Vector: "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}}
	for _, used := range []bool{false, true} {
		d := &device.Device{ID: "ip:10.0.0.1", Kind: "telemetry", Tier: "T1", Manufacturer: "Maker", Model: "Model"}
		if used {
			d.Peers = []device.Peer{{Addr: netip.MustParseAddr("10.0.9.9"), Service: "rdp", Port: 3389, Inbound: true, Sessions: 3}}
		}
		f := &exposure.Finding{Device: d.ID, Vulnerability: v.ID, Advisory: "A-1", Status: exposure.Affected, Match: exposure.Confirmed,
			Adv: &advisory.Advisory{ID: "A-1"}, Vuln: v, Dev: d}
		a := risk.Context{Weights: risk.DefaultWeights()}.Assess(f)
		kinds := map[Kind]bool{}
		for _, s := range Advise(&a) {
			kinds[s.Kind] = true
		}
		if kinds[DisableService] == used {
			t.Errorf("used %v: switching off is offered: %v", used, kinds[DisableService])
		}
		if !kinds[NetworkControl] {
			t.Errorf("used %v: no rule for who may use it", used)
		}
	}
}
