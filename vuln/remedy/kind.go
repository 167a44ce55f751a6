// Package remedy turns Assessments into Actions: concrete, sourced steps from
// the manufacturer's own text and from Ward's catalogue, the cheapest first,
// network segmentation last and only when every cheaper rung is refuted
// (vulnerability-priority.md section 7). It proposes; a person acts.
package remedy

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
	lowers                 Lowers
	to                     float64
	words                  string
	verify                 string // how the wire or a person proves that it took effect
}

// Lowers names the precondition that a step takes away.
type Lowers string

const (
	LowersNothing       Lowers = ""
	LowersMatch         Lowers = "match" // the flaw itself is gone
	LowersService       Lowers = "service"
	LowersReach         Lowers = "reach"
	LowersCredentials   Lowers = "credentials"
	LowersUserAction    Lowers = "user_action"
	LowersConfiguration Lowers = "configuration"
	LowersProximity     Lowers = "proximity"
	// LowersNone is for steps that help when it happens, not before.
	LowersNone Lowers = "none"
)

// ladder lists the rungs, the cheapest kind of intervention first. The values
// come from the same table as the preconditions themselves.
var ladder = []rung{
	{FindOut, 0, 0, 0, 0.25, 0.1, LowersNothing, 1, "find out", "the answer is in the maintenance record"},
	{Workflow, 1, 1, 0, 0.5, 0.1, LowersUserAction, 0.2, "change of habit", "the owner confirms it in writing"},
	{Configuration, 1, 1, 0, 0.5, 0.5, LowersConfiguration, 0.2, "configuration", "the old setting is not seen on the wire any more"},
	{Credentials, 1, 1, 0, 0.5, 0.5, LowersCredentials, 0.2, "credentials", "no default or shared login is seen on the wire any more"},
	{DisableService, 1, 1, 0, 0.5, 0.5, LowersService, 0.05, "switch off a service", "the service does not answer any more"},
	{Physical, 1, 1, 0, 0.5, 0.25, LowersProximity, 0.1, "physical measure", "seen on the next round"},
	{Patch, 2, 2, 2, 1, 1, LowersMatch, 0, "update by the manufacturer", "the device reports the fixed version"},
	{NetworkControl, 1, 1, 0, 1, 0.1, LowersReach, 0.2, "rule on the network gear you have", "only the listed peers are seen reaching it"},
	{AllowList, 1, 2, 1, 1.5, 0.25, LowersReach, 0.2, "allow-list at a Ward gateway", "only the listed peers are seen reaching it"},
	{VirtualPatch, 1, 2, 1, 2, 0.25, LowersReach, 0.2, "inline guard rule", "the guard reports the rule as active for it"},
	{VLANMove, 2, 3, 2, 4, 1, LowersReach, 0.2, "move to another VLAN", "the device is seen in the new VLAN only"},
	{Segmentation, 3, 3, 3, 16, 1, LowersReach, 0.05, "network segmentation", "no session crosses the zone's border but the listed ones"},
	{Replace, 3, 3, 3, 4, 4, LowersMatch, 0, "replace or retire", "the device is not seen any more"},
	{Accept, 0, 0, 0, 0.5, 0, LowersNothing, 1, "accept with an expiry date", "the signature and the date are recorded"},
}

// rungOf gives a kind's rung.
func rungOf(k Kind) rung {
	for _, r := range ladder {
		if r.kind == k {
			return r
		}
	}
	return rung{kind: k}
}

// place is the position on the ladder.
func (k Kind) place() int {
	for i := range ladder {
		if ladder[i].kind == k {
			return i
		}
	}
	return len(ladder)
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

// hours is the work for n devices, in hours.
func (k Kind) hours(n int) float64 {
	r := rungOf(k)
	return r.setup + float64(n)*r.each
}
