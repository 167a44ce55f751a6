package remedy

import (
	"cmp"
	"slices"

	"ward/asset/device"
	"ward/vuln/risk"
)

// Part is the plan for one group of devices, before all groups are ranked. It
// holds no devices, so that a large hospital is planned a group at a time.
type Part struct {
	name       string
	actions    []Action
	isolations []isolation
}

// Draft gathers the assessments of one group, a device at a time. It belongs to
// one goroutine.
type Draft struct {
	planner  *Planner
	grouping *grouping
}

// GroupOf names the group that a device is planned in: its make and model, else
// the device itself.
func GroupOf(d *device.Device) string { return nameOfGroup(d) }

// Draft begins the plan for one group.
func (p *Planner) Draft() *Draft { return &Draft{p, p.newGrouping()} }

// Add brings in what was found on one device of the group; hand devices over in
// the order of their IDs, so that the plan does not depend on chance. Of most
// devices only the numbers are kept.
func (d *Draft) Add(dev *device.Device, assessments []risk.Assessment) {
	assessments = risk.Strongest(assessments)
	for i := range assessments {
		d.grouping.add(&assessments[i])
	}
	if g := d.grouping.byDevice[dev]; g != nil {
		delete(d.grouping.byDevice, dev)
		few := brief(dev)
		g.devices[dev.ID] = few
		if g.dev == dev {
			g.dev = few
		}
	}
}

// brief keeps of a device what a plan names it by and who uses it.
func brief(d *device.Device) *device.Device {
	few := &device.Device{ID: d.ID, Manufacturer: d.Manufacturer, Model: d.Model, Hostname: d.Hostname, Location: d.Location, Addresses: d.Addresses}
	for _, p := range d.Peers {
		if p.Inbound && !p.Internet {
			few.Peers = append(few.Peers, p)
		}
	}
	return few
}

// Part makes the plan. The Draft is spent.
func (d *Draft) Part() Part {
	var out Part
	for _, g := range d.grouping.sorted() {
		part := d.planner.part(g)
		out.name = part.name
		out.actions = append(out.actions, part.actions...)
		out.isolations = append(out.isolations, part.isolations...)
	}
	return out
}

// part plans one group; what it needs of segmentation is only noted.
func (p *Planner) part(g *group) Part {
	return Part{name: g.name, actions: p.planGroup(g), isolations: p.isolate(g)}
}

// Empty tells whether there is nothing to do.
func (p *Part) Empty() bool { return len(p.actions) == 0 && len(p.isolations) == 0 }

// Join ranks the parts of all groups into one worklist, network segmentation
// last. The parts stay as they are and may be joined again with others.
func Join(parts []Part) []Action {
	parts = slices.Clone(parts)
	slices.SortStableFunc(parts, func(a, b Part) int { return cmp.Compare(a.name, b.name) })
	var actions []Action
	for i := range parts {
		actions = append(actions, parts[i].actions...)
	}
	actions = append(actions, segment(parts)...)
	order(actions)
	return actions
}
