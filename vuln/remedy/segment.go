package remedy

import (
	"fmt"
	"sort"

	"ward/asset/device"
	"ward/vuln/risk"
)

// segment proposes kinds 10 and 11 by the rule of vulnerability-priority.md
// section 7: only where every cheaper rung leaves a finding above target, or
// the manufacturer's own text demands isolation. One item for a zone, with the
// rejected rungs. state holds the inputs after all chosen actions.
func (p *Planner) segment(assessments []risk.Assessment, steps [][]Step, state []risk.Inputs) []Action {
	zones := map[string]*Action{}
	for i := range assessments {
		a := &assessments[i]
		left := state[i].Score()
		if a.L == 0 || !p.bandOf(a, state[i]).AtLeast(risk.NextWindow) {
			continue
		}
		step, demanded := demand(steps[i])
		after := step.Apply(state[i]).Score()
		if left-after < minRemoved {
			continue
		}
		zone := zoneOf(a.Finding.Dev)
		z := zones[zone]
		if z == nil {
			z = &Action{Kind: Segmentation, Band: risk.Track, Cost: Segmentation.Cost(), Verify: rungOf(Segmentation).verify,
				Action: fmt.Sprintf("zone %s: %s", zone, step.Text), Rejected: p.rejected(a, steps[i], demanded)}
			zones[zone] = z
		}
		z.add(a, step, left, after)
		if band := p.bandOf(a, state[i]); band.AtLeast(z.Band) {
			z.Band = band
		}
	}
	return finishZones(zones)
}

// demand finds the manufacturer's own words that ask for isolation.
func demand(steps []Step) (Step, bool) {
	for _, s := range steps {
		if s.Kind.Segments() && s.Demands {
			return s, true
		}
	}
	return Step{Kind: Segmentation, Text: "give these devices a zone of their own and let only the sessions of their profile cross its border",
		Source: Source{ID: "ward:segmentation", Original: "last rung: every cheaper one was refuted, see rejected"}}, false
}

func (z *Action) add(a *risk.Assessment, step Step, before, after float64) {
	z.Devices = append(z.Devices, a.Device)
	z.Removes += before - after
	z.Findings++
	if len(z.Effects) < MaxEffects {
		z.Effects = append(z.Effects, Effect{a.Device, a.Vulnerability, a.Advisory, round1(before), round1(after)})
	}
	z.Steps = append(z.Steps, step)
	if len(z.Why) == 0 {
		z.Why = []string{fmt.Sprintf("%s on %s stays at %.0f after every cheaper step", a.Vulnerability, a.Device, before)}
	}
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
		z.Devices = sortedIDs(z.Devices)
		z.Steps = distinct(z.Steps)
		z.Removes = round1(z.Removes)
		z.Hours = Segmentation.hours(len(z.Devices))
		out = append(out, *z)
	}
	return out
}

// rejected says for each cheaper rung why it does not do for this finding.
func (p *Planner) rejected(a *risk.Assessment, steps []Step, demanded bool) []Rejected {
	var out []Rejected
	for _, r := range ladder {
		if r.kind == FindOut || r.kind == Accept || r.kind.Segments() || r.kind == Replace {
			continue
		}
		after := (&Step{Kind: r.kind}).Apply(a.Input).Score()
		switch {
		case !offered(steps, r.kind):
			out = append(out, Rejected{r.kind, "neither the manufacturer nor the catalogue has such a step for this flaw"})
		case a.Score-after < minRemoved:
			out = append(out, Rejected{r.kind, "it is not what limits the attack: the score stays"})
		default:
			out = append(out, Rejected{r.kind, fmt.Sprintf("alone it leaves the score at %.0f", after)})
		}
	}
	if demanded {
		out = append(out, Rejected{Segmentation, "not a last resort here: the manufacturer's text demands it"})
	}
	return out
}

func offered(steps []Step, k Kind) bool {
	for _, s := range steps {
		if s.Kind == k {
			return true
		}
	}
	return false
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
