package remedy

import (
	"fmt"
	"sort"

	"ward/asset/device"
	"ward/vuln/risk"
)

// isolation is a class that every cheaper rung leaves too high, by the rule of
// vulnerability-priority.md section 7, with the zone each of its devices is in.
type isolation struct {
	vulnerability, advisory string
	left, after             float64
	band                    risk.Band
	step                    Step
	rejected                []Rejected
	devices                 []device.ID
	zones                   []string
}

// isolate finds those classes of a group: only where every cheaper rung leaves a
// finding at the next change window or worse.
func (p *Planner) isolate(g *group) []isolation {
	var out []isolation
	for _, c := range g.classes {
		left := p.cheapest(c)
		band := p.bandOf(c.like, left)
		if !band.AtLeast(risk.NextWindow) {
			continue
		}
		step := demand(c.steps)
		after := step.Apply(left)
		if left.Score()-after.Score() < minRemoved {
			continue
		}
		x := isolation{c.like.Vulnerability, c.like.Advisory, left.Score(), after.Score(), band, step, p.rejected(c, step.Demands), c.devices, nil}
		for _, id := range c.devices {
			x.zones = append(x.zones, zoneOf(g.devices[id]))
		}
		out = append(out, x)
	}
	return out
}

// segment proposes network segmentation: one item for a zone, with the rejected
// rungs.
func segment(parts []Part) []Action {
	zones := map[string]*Action{}
	for i := range parts {
		for j := range parts[i].isolations {
			x := &parts[i].isolations[j]
			for n := range x.devices {
				x.addToZone(zones, n)
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

// addToZone asks for its n-th device's zone.
func (x *isolation) addToZone(zones map[string]*Action, n int) {
	name, id := x.zones[n], x.devices[n]
	z := zones[name]
	if z == nil {
		z = &Action{Kind: Segmentation, Band: risk.Track, Cost: Segmentation.Cost(), Verify: rungOf(Segmentation).verify,
			Action: fmt.Sprintf("zone %s: %s", name, x.step.Text), Rejected: x.rejected,
			Why:   []string{fmt.Sprintf("%s on %s stays at %.0f after every cheaper step", x.vulnerability, id, x.left)},
			group: "zone " + name}
		zones[name] = z
	}
	z.Devices = append(z.Devices, id)
	z.Vulnerabilities = append(z.Vulnerabilities, x.vulnerability)
	z.Removes += x.left - x.after
	z.Findings++
	if len(z.Effects) < MaxEffects {
		z.Effects = append(z.Effects, Effect{id, x.vulnerability, x.advisory, round1(x.left), round1(x.after)})
	}
	z.Steps = distinct(append(z.Steps, x.step))
	if x.band.AtLeast(z.Band) {
		z.Band = x.band
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
