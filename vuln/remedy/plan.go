package remedy

import (
	"ward/vuln/risk"
)

// Planner makes the worklist. Its zero value is not useful: see NewPlanner.
type Planner struct {
	weights risk.Weights
	advise  func(*risk.Assessment) []Step
	reader  *Adviser
}

// NewPlanner plans with the steps that advise gives for each finding. They may
// depend on the vulnerability, the product and the manufacturer only: they are
// asked for once for each. Where advise is nil, an Adviser gives them.
func NewPlanner(w risk.Weights, advise func(*risk.Assessment) []Step) *Planner {
	p := &Planner{weights: w, advise: advise, reader: NewAdviser()}
	if p.advise == nil {
		p.advise = p.reader.Advise
	}
	return p
}

// Plan turns assessments into a ranked worklist. Each group of devices (one make
// and model) gets at most one question to find out, a set of controls of low
// cost, and the updates; each finding's scores are those left by the actions
// before. Every affected finding is worked on by at least one action. Network
// segmentation comes last, one item for a zone.
func (p *Planner) Plan(assessments []risk.Assessment) []Action {
	assessments = risk.Strongest(assessments)
	grouping := p.newGrouping()
	for i := range assessments {
		grouping.add(&assessments[i])
	}
	var parts []Part
	for _, g := range grouping.sorted() {
		parts = append(parts, p.part(g))
	}
	return Join(parts)
}

// planGroup plans for one make and model.
func (p *Planner) planGroup(g *group) []Action {
	options := g.options()
	chosen := p.cover(g, options)
	var actions []Action
	write := func(o *option) {
		if a, ok := p.action(g, o); ok {
			actions = append(actions, a)
		}
		o.apply()
	}
	for _, o := range chosen {
		write(o)
	}
	for _, o := range options {
		if o.kind == Patch {
			write(o)
		}
	}
	for _, o := range options {
		if o.kind == Replace && !o.demanded() && p.stuck(o) {
			write(o)
		}
	}
	for _, o := range g.uncovered(options) {
		write(o)
	}
	if q, ok := p.question(g, actions); ok {
		actions = append([]Action{q}, actions...)
	}
	return actions
}

// uncovered gives further options for what no action works on yet. Their classes
// are marked by action, so the marks of the choice are taken back.
func (g *group) uncovered(options []*option) []*option {
	open := map[*class]bool{}
	for _, c := range g.classes {
		open[c] = !c.covered
	}
	more := g.rest(options)
	for _, c := range g.classes {
		c.covered = !open[c]
	}
	return more
}

// stuck tells whether a class of the option is still above its target after all
// that was chosen.
func (p *Planner) stuck(o *option) bool {
	for _, t := range o.targets {
		if p.bandOf(t.class.like, t.class.state).AtLeast(risk.NextWindow) {
			return true
		}
	}
	return false
}

// minRemoved is the smallest change of a score that is worth a person's time.
const minRemoved = 0.5

// bandOf is the finding's band now. An override holds as long as no action has
// touched the finding.
func (p *Planner) bandOf(a *risk.Assessment, in risk.Inputs) risk.Band {
	if in == a.Input {
		return a.Band
	}
	return p.weights.Band(in.Score())
}
