package remedy

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"ward/asset/device"
	"ward/vuln/risk"
)

// action writes an option down with its effects, before it is applied. It works
// on the classes that it lowers, on those that nothing else works on yet, and, an
// update, on all. false: there is nothing for it to do.
func (p *Planner) action(g *group, o *option) (Action, bool) {
	a := Action{Kind: o.kind, Band: risk.Track, Cost: o.kind.Cost(), Verify: rungOf(o.kind).verify, group: g.name}
	devices := map[device.ID]bool{}
	var worst *class
	lowered := false
	for _, t := range o.targets {
		c := t.class
		before, after := c.state.Score(), t.step.Apply(c.state).Score()
		removes := before-after >= minRemoved
		if !removes && c.covered && o.kind != Patch {
			continue
		}
		if removes {
			a.Removes += (before - after) * float64(len(c.devices))
			a.Findings += len(c.devices)
			a.addEffects(c, before, after)
		}
		if band := p.bandOf(c.like, c.state); (removes || !lowered) && (band.AtLeast(a.Band) || removes && !lowered) {
			if removes && !lowered {
				a.Band = risk.Track
			}
			if band.AtLeast(a.Band) {
				a.Band = band
			}
		}
		lowered = lowered || removes
		if worst == nil || removes && c.like.Score > worst.like.Score {
			worst = c
		}
		for _, id := range c.devices {
			devices[id] = true
		}
		c.covered = true
		a.asks = a.asks || c.like.FindOut != ""
		a.Steps = append(a.Steps, *t.step)
		a.Vulnerabilities = append(a.Vulnerabilities, c.like.Vulnerability)
		a.addRejected(c)
	}
	if worst == nil {
		return a, false
	}
	a.Devices = sortedKeys(devices)
	a.finish(g, worst)
	return a, true
}

// addEffects lists the findings of a class while there is room.
func (a *Action) addEffects(c *class, before, after float64) {
	for _, id := range c.devices {
		if len(a.Effects) == MaxEffects {
			return
		}
		a.Effects = append(a.Effects, Effect{id, c.like.Vulnerability, c.like.Advisory, round1(before), round1(after)})
	}
}

// maxRejected bounds the reasons against other rungs that one action lists.
const maxRejected = 4

// addRejected notes what the manufacturer rules out, and where its text speaks
// of isolation that is not needed.
func (a *Action) addRejected(c *class) {
	notes := c.ruled
	for i := range c.steps {
		if s := &c.steps[i]; s.Kind.Segments() && a.Kind != Patch {
			notes = append(slices.Clip(notes), Rejected{s.Kind, "the manufacturer's text speaks of it, as a last resort only: " + quote(s.Source.Original)})
			break
		}
	}
	for _, r := range notes {
		if len(a.Rejected) < maxRejected && !slices.Contains(a.Rejected, r) {
			a.Rejected = append(a.Rejected, r)
		}
	}
}

func (a *Action) finish(g *group, worst *class) {
	a.Removes = round1(a.Removes)
	a.Hours = a.Kind.hours(len(a.Devices))
	slices.Sort(a.Vulnerabilities)
	a.Vulnerabilities = slices.Compact(a.Vulnerabilities)
	sort.SliceStable(a.Effects, func(i, j int) bool { return a.Effects[i].Before > a.Effects[j].Before })
	if a.Kind == Patch {
		newestFirst(a.Steps)
	}
	a.Steps = distinct(a.Steps)
	for i := range a.Steps {
		a.Steps[i].namePeers(g, a.Devices)
	}
	a.Action = fmt.Sprintf("%s: %s", nameOf(g.dev, len(a.Devices)), a.Steps[0].Text)
	a.Why = a.reasons(worst)
}

// newestFirst puts the highest stated version first: it brings the fixes of the
// older ones.
func newestFirst(steps []Step) {
	sort.SliceStable(steps, func(i, j int) bool {
		a, b := steps[i].Fixed, steps[j].Fixed
		if (a == "") != (b == "") {
			return a != ""
		}
		return olderThan(b, a)
	})
}

// namePeers names the peers of all devices of the action instead of those of the
// first.
func (s *Step) namePeers(g *group, devices []device.ID) {
	if s.peers == "" {
		return
	}
	all := make([]*device.Device, 0, len(devices))
	for _, id := range devices {
		all = append(all, g.devices[id])
	}
	names := peersOf(all, s.services)
	s.Text = strings.Replace(s.Text, s.peers, names, 1)
	s.peers = names
}

// reasons says why the action stands where it stands.
func (a *Action) reasons(worst *class) []string {
	why := []string{fmt.Sprintf("%s on %s: %s", worst.like.Vulnerability, worst.devices[0], worst.like.Sentence)}
	if len(a.Effects) == 0 {
		return append(why, "lowers no score by itself: nothing else works on "+plural(len(a.Vulnerabilities), "vulnerability"))
	}
	return append(why, fmt.Sprintf("lowers %s by %.0f points in all, the worst from %.0f to %.0f",
		plural(a.Findings, "finding"), a.Removes, a.Effects[0].Before, a.Effects[0].After))
}

// nameOf names a group of devices of one make and model.
func nameOf(d *device.Device, n int) string {
	name := strings.TrimSpace(d.Manufacturer + " " + d.Model)
	if d.Model == "" {
		name = strings.TrimSpace(d.Manufacturer + " " + d.Hostname + " " + string(d.ID))
	}
	if n > 1 {
		return fmt.Sprintf("%s (%d devices)", name, n)
	}
	return name
}

// distinct keeps each instruction once.
func distinct(steps []Step) []Step {
	seen := map[string]bool{}
	var out []Step
	for i := range steps {
		key := mergeKey(&steps[i])
		if steps[i].Kind == Patch {
			key += steps[i].Text
		}
		if !seen[key] {
			seen[key] = true
			out = append(out, steps[i])
		}
	}
	return out
}

func sortedKeys(set map[device.ID]bool) []device.ID {
	out := make([]device.ID, 0, len(set))
	for id := range set {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if stem, ok := strings.CutSuffix(noun, "y"); ok {
		return fmt.Sprintf("%d %sies", n, stem)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func round1(v float64) float64 { return float64(int64(v*10+0.5)) / 10 }
