// Package remedy turns Assessments into Actions: concrete, sourced steps from
// the manufacturer's own text and from Ward's catalogue, the cheapest first,
// network segmentation last and only when every cheaper rung is refuted
// (vulnerability-priority.md section 7). It proposes; a person acts.
package remedy

import "ward/vuln/risk"

// Kind is a rung of the ladder of vulnerability-priority.md section 7. The zero
// value is no kind at all.
type Kind string

const (
	FindOut        Kind = "find_out" // before any change: one named piece of evidence
	Workflow       Kind = "workflow"
	Configuration  Kind = "configuration"
	Credentials    Kind = "credentials"
	DisableService Kind = "disable_service"
	Physical       Kind = "physical"
	Patch          Kind = "patch"
	NetworkControl Kind = "network_control"
	AllowList      Kind = "allow_list"
	VirtualPatch   Kind = "virtual_patch"
	VLANMove       Kind = "vlan_move"
	Segmentation   Kind = "segmentation"
	Replace        Kind = "replace"
	Accept         Kind = "accept"
)

// rung is what a kind costs and changes [E].
type rung struct {
	kind                   Kind
	clinical, effort, lead int     // 0-3 each
	setup, each            float64 // working hours: once, and for each device
	words                  string
	verify                 string // how the wire or a person proves that it took effect
	change                 func(*risk.Inputs)
}

// Values a change brings a precondition to, from the same table as the
// preconditions themselves.
const (
	refuted      = 0.05
	namedPeers   = 0.2
	managedLogin = 0.2
	unusualAct   = 0.2
	lockedRoom   = 0.1
)

// ladder lists the rungs, the cheapest kind of intervention first.
var ladder = []rung{
	{FindOut, 0, 0, 0, 0.25, 0.1, "find out", "the answer is in the maintenance record", func(*risk.Inputs) {}},
	{Workflow, 1, 1, 0, 0.5, 0.1, "change of habit", "the owner confirms it in writing", func(in *risk.Inputs) {
		lower(&in.UserAction, unusualAct)
	}},
	{Configuration, 1, 1, 0, 0.5, 0.5, "configuration", "the old setting is not seen on the wire any more", func(in *risk.Inputs) {
		lower(&in.Configuration, refuted)
	}},
	{Credentials, 1, 1, 0, 0.5, 0.5, "credentials", "no default or shared login is seen on the wire any more", func(in *risk.Inputs) {
		lower(&in.Credentials, managedLogin)
	}},
	{DisableService, 1, 1, 0, 0.5, 0.5, "switch off a service", "the service does not answer any more", func(in *risk.Inputs) {
		lower(&in.Service, refuted)
	}},
	{Physical, 1, 1, 0, 0.5, 0.25, "physical measure", "seen on the next round", func(in *risk.Inputs) {
		lower(&in.Proximity, lockedRoom)
	}},
	{Patch, 2, 2, 2, 1, 1, "update by the manufacturer", "the device reports the fixed version", func(in *risk.Inputs) {
		in.Match = 0
	}},
	{NetworkControl, 1, 1, 0, 1, 0.1, "rule on the network gear you have", "only the listed peers are seen reaching it", func(in *risk.Inputs) {
		lower(&in.Reach, namedPeers)
	}},
	{AllowList, 1, 2, 1, 1.5, 0.25, "allow-list at a Ward gateway", "only the listed peers are seen reaching it", func(in *risk.Inputs) {
		lower(&in.Reach, namedPeers)
	}},
	{VirtualPatch, 1, 2, 1, 2, 0.25, "inline guard rule", "the guard reports the rule as active for it", func(in *risk.Inputs) {
		lower(&in.Reach, namedPeers)
	}},
	{VLANMove, 2, 3, 2, 4, 1, "move to another VLAN", "the device is seen in the new VLAN only", func(in *risk.Inputs) {
		lower(&in.Reach, namedPeers)
	}},
	{Segmentation, 3, 3, 3, 16, 1, "network segmentation", "no session crosses the zone's border but the listed ones", func(in *risk.Inputs) {
		lower(&in.Reach, refuted)
	}},
	{Replace, 3, 3, 3, 4, 4, "replace or retire", "the device is not seen any more", func(in *risk.Inputs) {
		in.Match = 0
	}},
	{Accept, 0, 0, 0, 0.5, 0, "accept with an expiry date", "the signature and the date are recorded", func(*risk.Inputs) {}},
}

func lower(p *risk.Precondition, to float64) {
	if p.Unknown || p.Value > to {
		*p = risk.Precondition{Value: min(p.Value, to)}
	}
}

// rungOf gives a kind's rung.
func rungOf(k Kind) rung {
	for _, r := range ladder {
		if r.kind == k {
			return r
		}
	}
	return rung{kind: k, change: func(*risk.Inputs) {}}
}

// Cost is 3 x clinical disturbance + 2 x effort + lead time.
func (k Kind) Cost() int {
	r := rungOf(k)
	return 3*r.clinical + 2*r.effort + r.lead
}

// Words names the kind as a person says it.
func (k Kind) Words() string { return rungOf(k).words }

// Segments tells whether the kind moves network borders: only as a last resort.
func (k Kind) Segments() bool { return k == VLANMove || k == Segmentation }

// Apply gives the score's inputs after a step of this kind.
func (k Kind) Apply(in risk.Inputs) risk.Inputs {
	rungOf(k).change(&in)
	return in
}

// hours is the work for n devices, in hours.
func (k Kind) hours(n int) float64 {
	r := rungOf(k)
	return r.setup + float64(n)*r.each
}
