package remedy

import (
	"sort"
	"strings"

	"ward/asset/device"
	"ward/vuln/advisory"
	"ward/vuln/risk"
)

// class is a set of findings that are alike: the same flaw with the same
// numbers on devices of one make and model. A hospital has a million findings
// and a few thousand classes.
type class struct {
	like    *risk.Assessment // stands for all
	devices []device.ID      // one for each finding
	advice
	state   risk.Inputs // after the actions chosen so far
	covered bool        // some action works on it
}

// group is all classes of one make and model: what one action treats alike.
type group struct {
	name    string
	dev     *device.Device // one of them
	classes []*class
	devices map[device.ID]*device.Device
}

// advice is what can be done about a class.
type advice struct {
	steps []Step
	ruled []Rejected
}

// alike tells which findings are one class.
type alike struct {
	group   *group
	vuln    *advisory.Vulnerability
	also    *advisory.Vulnerability
	product string
	input   risk.Inputs
	band    risk.Band
	ask     string
	used    bool
	score   float64 // a person may overrule it
}

// asked tells for which findings the advice is the same.
type asked struct {
	vuln, also     *advisory.Vulnerability
	product, maker string
	used           bool // a service that the attack needs is in use
}

// grouping sorts affected findings into groups and classes.
type grouping struct {
	planner  *Planner
	byName   map[string]*group
	byDevice map[*device.Device]*group
	classes  map[alike]*class
	known    map[asked]advice
	needs    map[*advisory.Vulnerability][]string
}

func (p *Planner) newGrouping() *grouping {
	return &grouping{p, map[string]*group{}, map[*device.Device]*group{}, map[alike]*class{}, map[asked]advice{}, map[*advisory.Vulnerability][]string{}}
}

// add enters one finding, which must not move afterwards.
func (s *grouping) add(a *risk.Assessment) {
	if a.L == 0 {
		return
	}
	d := a.Finding.Dev
	g := s.byDevice[d]
	if g == nil {
		g = groupOf(s.byName, d)
		s.byDevice[d] = g
	}
	used := inUse(d, a.Finding.Vuln, s.needs)
	key := alike{g, a.Finding.Vuln, nil, a.Finding.ProductID, a.Input, a.Band, a.FindOut, used, a.Score}
	if len(a.Also) > 0 {
		key.also = a.Also[0].Vuln
	}
	c := s.classes[key]
	if c == nil {
		c = &class{like: a, state: a.Input, advice: s.planner.adviceFor(a, used, s.known)}
		s.classes[key] = c
		g.classes = append(g.classes, c)
	}
	c.devices = append(c.devices, a.Device)
}

// sorted gives the groups in the order of their names.
func (s *grouping) sorted() []*group {
	out := make([]*group, 0, len(s.byName))
	for _, g := range s.byName {
		sort.SliceStable(g.classes, func(i, j int) bool { return worse(g.classes[i], g.classes[j]) })
		out = append(out, g)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].name < out[j].name })
	return out
}

// worse sorts classes: the highest score first, then by vulnerability and the
// first device, so that the order never depends on the input's.
func worse(a, b *class) bool {
	switch {
	case a.like.Score != b.like.Score:
		return a.like.Score > b.like.Score
	case a.like.Vulnerability != b.like.Vulnerability:
		return a.like.Vulnerability < b.like.Vulnerability
	}
	return a.devices[0] < b.devices[0]
}

func (p *Planner) adviceFor(a *risk.Assessment, used bool, known map[asked]advice) advice {
	key := asked{vuln: a.Finding.Vuln, product: a.Finding.ProductID, maker: maker(a.Finding), used: used}
	if len(a.Also) > 0 {
		key.also = a.Also[0].Vuln
	}
	got, ok := known[key]
	if !ok {
		got = advice{p.advise(a), p.reader.RuledOut(a)}
		known[key] = got
	}
	return got
}

// inUse tells whether somebody was seen using a service of the device that an
// attack on the vulnerability needs: what is needed is not switched off.
func inUse(d *device.Device, v *advisory.Vulnerability, needs map[*advisory.Vulnerability][]string) bool {
	if len(d.Peers) == 0 {
		return false
	}
	need, ok := needs[v]
	if !ok {
		need = risk.Services(v)
		needs[v] = need
	}
	return len(need) > 0 && len(usersOf(d, need)) > 0
}

func nameOfGroup(d *device.Device) string {
	if d.Model == "" {
		return string(d.ID)
	}
	return strings.ToLower(d.Manufacturer + " " + d.Model)
}

// groupOf finds the group of a device: its make and model, else the device.
func groupOf(byName map[string]*group, d *device.Device) *group {
	name := nameOfGroup(d)
	g := byName[name]
	if g == nil {
		g = &group{name: name, dev: d, devices: map[device.ID]*device.Device{}}
		byName[name] = g
	}
	g.devices[d.ID] = d
	if d.ID < g.dev.ID {
		g.dev = d
	}
	return g
}

// updatable tells whether the publisher released an update for the class, and
// whether it at least promised one.
func (c *class) updatable() (released, promised bool) {
	for i := range c.steps {
		if s := &c.steps[i]; s.Kind == Patch {
			return !s.announced, true
		}
	}
	return false, false
}
