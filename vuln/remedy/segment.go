package remedy

import (
	"fmt"
	"sort"

	"ward/asset/device"
	"ward/vuln/risk"
)

// segment proposes network segmentation by the rule of vulnerability-priority.md
// section 7: only where every cheaper rung leaves a finding at the next change
// window or worse. One item for a zone, with the rejected rungs.
func (p *Planner) segment(groups []*group) []Action {
	zones := map[string]*Action{}
	for _, g := range groups {
		for _, c := range g.classes {
			left := p.cheapest(c)
			if !p.bandOf(c.like, left).AtLeast(risk.NextWindow) {
				continue
			}
			step := demand(c.steps)
			after := step.Apply(left)
			if left.Score()-after.Score() < minRemoved {
				continue
			}
			for _, id := range c.devices {
				p.addToZone(zones, g.devices[id], c, &step, left, after)
			}
		}
	}
	return finishZones(zones)
}

// cheapest gives the lowest state that any combination of the rungs below
// segmentation reaches.
func (p *Planner) cheapest(c *class) risk.Inputs {
	in := c.like.Input
	for i := range c.steps {
		if s := &c.steps[i]; !s.Kind.Segments() && s.Kind != Replace {
			in = s.Apply(in)
		}
	}
	return in
}

func (p *Planner) addToZone(zones map[string]*Action, d *device.Device, c *class, step *Step, left, after risk.Inputs) {
	name := zoneOf(d)
	z := zones[name]
	if z == nil {
		z = &Action{Kind: Segmentation, Band: risk.Track, Cost: Segmentation.Cost(), Verify: rungOf(Segmentation).verify,
			Action: fmt.Sprintf("zone %s: %s", name, step.Text), Rejected: p.rejected(c, step.Demands),
			Why:   []string{fmt.Sprintf("%s on %s stays at %.0f after every cheaper step", c.like.Vulnerability, d.ID, left.Score())},
			group: "zone " + name}
		zones[name] = z
	}
	z.Devices = append(z.Devices, d.ID)
	z.Vulnerabilities = append(z.Vulnerabilities, c.like.Vulnerability)
	z.Removes += left.Score() - after.Score()
	z.Findings++
	if len(z.Effects) < MaxEffects {
		z.Effects = append(z.Effects, Effect{d.ID, c.like.Vulnerability, c.like.Advisory, round1(left.Score()), round1(after.Score())})
	}
	z.Steps = distinct(append(z.Steps, *step))
	if band := p.bandOf(c.like, left); band.AtLeast(z.Band) {
		z.Band = band
	}
}

// demand finds the manufacturer's own words that ask for isolation.
func demand(steps []Step) Step {
	for _, s := range steps {
		if s.Kind.Segments() && s.Demands {
			return s
		}
	}
	return Step{Kind: Segmentation, Text: "give these devices a zone of their own and let only the sessions of their profile cross its border",
		Source: Source{ID: "ward:segmentation", Original: "last rung: every cheaper one was refuted, see rejected"}}
}

func finishZones(zones map[string]*Action) []Action {
	names := make([]string, 0, len(zones))
	for name := range zones {
		names = append(names, name)
	}
	sort.Strings(names)
	var out []Action
	for _, name := range names {
		z := zones[name]
		z.Devices = sortedDistinct(z.Devices)
		z.Vulnerabilities = sortedDistinct(z.Vulnerabilities)
		z.Removes = round1(z.Removes)
		z.Hours = Segmentation.hours(len(z.Devices))
		out = append(out, *z)
	}
	return out
}

// rejected says for each cheaper rung why it does not do for this finding.
func (p *Planner) rejected(c *class, demanded bool) []Rejected {
	out := append([]Rejected{}, c.ruled...)
	a := c.like
	for _, r := range ladder {
		if r.kind == FindOut || r.kind == Accept || r.kind.Segments() || r.kind == Replace {
			continue
		}
		switch after := lowest(c.steps, r.kind, a.Input); {
		case !hasKind(c.steps, r.kind):
			out = append(out, Rejected{r.kind, "neither the manufacturer nor the catalogue has such a step for this flaw"})
		case a.Input.Score()-after < minRemoved:
			out = append(out, Rejected{r.kind, "it is not what limits the attack: the score stays"})
		default:
			out = append(out, Rejected{r.kind, fmt.Sprintf("leaves the score at %.0f", after)})
		}
	}
	if demanded {
		out = append(out, Rejected{Segmentation, "not only a last resort here: the manufacturer's text demands it"})
	}
	return out
}

// lowest is the score after the best step of a kind.
func lowest(steps []Step, k Kind, in risk.Inputs) float64 {
	score := in.Score()
	for i := range steps {
		if steps[i].Kind == k {
			score = min(score, steps[i].Apply(in).Score())
		}
	}
	return score
}

// zoneOf names the network a device lives in: its /24 or /64, else where it stands.
func zoneOf(d *device.Device) string {
	for _, a := range d.Addresses {
		bits := 24
		if a.Is6() {
			bits = 64
		}
		if p, err := a.WithZone("").Prefix(bits); err == nil && !a.IsLinkLocalUnicast() {
			return p.String()
		}
	}
	if d.Location != "" {
		return d.Location
	}
	return "of " + string(d.ID)
}
