package risk

import (
	"math"
	"sort"
)

// Weights of vulnerability-priority.md section 5, all design values [E] that a
// hospital may change: they live in one value, never in the arithmetic.
type Weights struct {
	Therapy, Monitoring, Diagnosis, Workflow, Secrets, Privacy float64 // of R.effect
	ActNow, NextWindow, Schedule                               float64 // lower edges of the bands
	Unknown                                                    float64 // an unknown precondition
	Refuted                                                    float64 // and one refuted by evidence
}

// DefaultWeights are the handbook's.
func DefaultWeights() Weights {
	return Weights{
		Therapy: 1, Monitoring: 0.9, Diagnosis: 0.6, Workflow: 0.5, Secrets: 0.5, Privacy: 0.4,
		ActNow: 70, NextWindow: 50, Schedule: 30,
		Unknown: 0.7, Refuted: 0.05,
	}
}

// R is the risk of the vulnerability on this kind of device: I x (0.4 + 0.6 T).
// The 0.4 keeps dangerous flaws alive that nobody exploits yet.
func (in Inputs) R() float64 { return in.Impact * (0.4 + 0.6*in.Threat) }

// X is the weakest precondition, because an attack needs all of them.
func (in Inputs) X() float64 {
	x := 1.0
	for _, p := range in.preconditions() {
		x = min(x, p.Value)
	}
	return x
}

// L is the likelihood on this device: M x X.
func (in Inputs) L() float64 { return in.Match * in.X() }

// K is the significance: max(acuity, dependency) x (1 - 0.3 x spare).
func (in Inputs) K() float64 {
	return max(in.Acuity, in.Dependency) * (1 - 0.3*in.Spare)
}

// Score is 100 x cube root(R x L x K): the order of the product on a scale that
// one can read.
func (in Inputs) Score() float64 {
	return 100 * math.Cbrt(in.R()*in.L()*in.K())
}

// preconditions lists the six in the order in which ties are told.
func (in *Inputs) preconditions() [6]*Precondition {
	return [6]*Precondition{&in.Service, &in.Reach, &in.Credentials, &in.UserAction, &in.Configuration, &in.Proximity}
}

// withUnknown gives a copy with every unknown precondition set to v.
func (in Inputs) withUnknown(v float64) Inputs {
	for _, p := range in.preconditions() {
		if p.Unknown {
			p.Value = v
		}
	}
	return in
}

// Band sorts a score into the week.
func (w Weights) Band(score float64) Band {
	switch {
	case score >= w.ActNow:
		return ActNow
	case score >= w.NextWindow:
		return NextWindow
	case score >= w.Schedule:
		return Schedule
	}
	return Track
}

// rank orders bands, the mildest first.
func (b Band) rank() int {
	switch b {
	case ActNow:
		return 3
	case NextWindow:
		return 2
	case Schedule:
		return 1
	}
	return 0
}

// AtLeast tells whether b is as urgent as other.
func (b Band) AtLeast(other Band) bool { return b.rank() >= other.rank() }

// Words is the band as a person says it.
func (b Band) Words() string {
	switch b {
	case ActNow:
		return "act now"
	case NextWindow:
		return "next change window"
	case Schedule:
		return "schedule"
	}
	return "track"
}

// Sort puts the worst assessment first; equal ones by device, vulnerability and
// advisory, so that the order never depends on the input's.
func Sort(assessments []Assessment) {
	sort.SliceStable(assessments, func(i, j int) bool {
		a, b := &assessments[i], &assessments[j]
		switch {
		case a.Score != b.Score:
			return a.Score > b.Score
		case a.Device != b.Device:
			return a.Device < b.Device
		case a.Vulnerability != b.Vulnerability:
			return a.Vulnerability < b.Vulnerability
		}
		return a.Advisory < b.Advisory
	})
}
