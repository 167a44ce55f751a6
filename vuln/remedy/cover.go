package remedy

import (
	"sort"
	"strings"

	"ward/vuln/risk"
)

// target is a class that an option would change, with the step for it.
type target struct {
	class *class
	step  *Step
}

// option is one possible action: the same work on the devices of one group.
type option struct {
	kind    Kind
	key     string
	targets []target
}

// options lists what can be done for a group. The same words are one option, and
// all released updates are one visit.
func (g *group) options() []*option {
	byKey := map[string]*option{}
	for _, c := range g.classes {
		for i := range c.steps {
			s := &c.steps[i]
			if s.Kind.Segments() || s.Kind == FindOut || s.Kind == Accept || s.Lowers == LowersNone {
				continue
			}
			key := mergeKey(s)
			o := byKey[key]
			if o == nil {
				o = &option{kind: s.Kind, key: key}
				byKey[key] = o
			}
			if n := len(o.targets); n == 0 || o.targets[n-1].class != c {
				o.targets = append(o.targets, target{c, s})
			}
		}
	}
	out := make([]*option, 0, len(byKey))
	for _, o := range byKey {
		out = append(out, o)
	}
	sort.Slice(out, func(i, j int) bool {
		if a, b := out[i].kind.place(), out[j].kind.place(); a != b {
			return a < b
		}
		return out[i].key < out[j].key
	})
	return out
}

// mergeKey tells which steps are one piece of work.
func mergeKey(s *Step) string {
	switch {
	case s.Kind == Patch && s.announced:
		return "patch announced"
	case s.Kind == Patch:
		return "patch"
	case s.peers != "":
		return string(s.Kind) + strings.Replace(s.Text, s.peers, "", 1)
	}
	return string(s.Kind) + s.Text
}

// isControl tells whether an option is one of the rungs that are weighed against
// each other: an update is taken anyway, replacing only at the end, unless the
// manufacturer asks to stop the use.
func (o *option) isControl() bool {
	return o.kind != Patch && (o.kind != Replace || o.demanded())
}

func (o *option) demanded() bool { return o.targets[0].step.Demands }

// goal is the band that a class has to come down to, and whether it needs a
// control at all: an update that is out comes in time for the next change
// window, but not for today.
func (p *Planner) goal(c *class) (risk.Band, bool) {
	released, promised := c.updatable()
	switch band := c.like.Band; {
	case band == risk.ActNow, band == risk.NextWindow && !released:
		return risk.Schedule, true
	case band == risk.Schedule && !promised:
		return risk.Track, true
	}
	return risk.Schedule, false
}

// met tells whether the class is down at its goal in this state.
func (p *Planner) met(c *class, state risk.Inputs) bool {
	goal, needs := p.goal(c)
	return !needs || goal.AtLeast(p.bandOf(c.like, state))
}

// cover chooses the controls of a group: a set of low cost that brings each
// class that needs it down to its goal, or as low as a control can. As the score
// hangs on the weakest precondition, one control for each class is enough; the
// choice is which one serves many (greedy set cover, then what became
// superfluous is left out).
func (p *Planner) cover(g *group, options []*option) []*option {
	var chosen []*option
	for _, o := range options {
		if o.kind == Replace && o.demanded() {
			chosen = append(chosen, o)
			o.apply()
		}
	}
	for {
		best, value := -1, 0.0
		for i, o := range options {
			if !o.isControl() {
				continue
			}
			if v := p.worth(o) / float64(max(1, o.kind.Cost())); v > value+1e-9 {
				best, value = i, v
			}
		}
		if best < 0 {
			break
		}
		chosen = append(chosen, options[best])
		options[best].apply()
	}
	return p.prune(g, chosen)
}

// halfway is what a point counts that does not bring a finding to its goal.
const halfway = 0.5

// worth is what an option takes away from the classes that still need it.
func (p *Planner) worth(o *option) float64 {
	sum := 0.0
	for _, t := range o.targets {
		if p.met(t.class, t.class.state) {
			continue
		}
		after := t.step.Apply(t.class.state)
		removed := t.class.state.Score() - after.Score()
		if removed < minRemoved {
			continue
		}
		removed *= float64(len(t.class.devices))
		if !p.met(t.class, after) {
			removed *= halfway
		}
		sum += removed
	}
	return sum
}

func (o *option) apply() {
	for _, t := range o.targets {
		t.class.state = t.step.Apply(t.class.state)
	}
}

// prune leaves out controls without which every class stays in its band.
func (p *Planner) prune(g *group, chosen []*option) []*option {
	bands := make([]risk.Band, len(g.classes))
	for i, c := range g.classes {
		bands[i] = p.bandOf(c.like, c.state)
	}
	for i := len(chosen) - 1; i >= 0; i-- {
		if chosen[i].kind == Replace {
			continue
		}
		rest := append(append([]*option{}, chosen[:i]...), chosen[i+1:]...)
		g.replay(rest)
		same := true
		for j, c := range g.classes {
			_, needs := p.goal(c)
			same = same && (!needs || p.bandOf(c.like, c.state) == bands[j])
		}
		if same {
			chosen = rest
		}
	}
	g.replay(nil)
	return chosen
}

// replay sets the state of the group to what it is after these options.
func (g *group) replay(options []*option) {
	for _, c := range g.classes {
		c.state = c.like.Input
	}
	for _, o := range options {
		o.apply()
	}
}

// rest chooses options for the classes that no action works on yet: the one that
// serves most of them first, at equal numbers the cheapest.
func (g *group) rest(options []*option) []*option {
	var chosen []*option
	for {
		var best *option
		most := 0
		for _, o := range options {
			n := 0
			for _, t := range o.targets {
				if !t.class.covered && o.kind != Replace {
					n += len(t.class.devices)
				}
			}
			if n > most {
				best, most = o, n
			}
		}
		if best == nil {
			return chosen
		}
		chosen = append(chosen, best)
		for _, t := range best.targets {
			t.class.covered = true
		}
	}
}
