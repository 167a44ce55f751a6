package exposure

import "ward/asset/device"

// Fleet is many devices, gathered by how they are spelt, so that a changed
// advisory is tried once per spelling and not once per device.
type Fleet struct {
	devices []*device.Device
	groups  []group
	single  []int // devices with conflicting claims or software, each on its own
}

// group is the devices that share one spelling.
type group struct {
	spelling *spelling
	members  []int
}

// Fleet gathers devices; they must not change while it is used.
func (s *Speller) Fleet(devices []*device.Device) *Fleet {
	f := &Fleet{devices: devices}
	index := map[*spelling]int{}
	for i, d := range devices {
		ids := s.identities(d)
		if len(ids) > 1 || len(d.Software) > 0 {
			f.single = append(f.single, i)
			continue
		}
		sp := s.spell(ids[0])
		at, ok := index[sp]
		if !ok {
			at = len(f.groups)
			index[sp] = at
			f.groups = append(f.groups, group{spelling: sp})
		}
		f.groups[at].members = append(f.groups[at].members, i)
	}
	return f
}

// Fleet gives the findings of all devices. Devices of one spelling stand
// together, in the order they were given.
func (m *Matcher) Fleet(f *Fleet) []Finding {
	var out []Finding
	for _, g := range f.groups {
		o := m.outcome(g.spelling)
		if len(o.hits) == 0 {
			continue
		}
		for _, i := range g.members {
			if o.serials {
				out = append(out, m.findings(f.devices[i], o.hits)...)
			} else {
				out = append(out, o.of(f.devices[i])...)
			}
		}
	}
	for _, i := range f.single {
		out = append(out, m.Findings(f.devices[i])...)
	}
	return out
}
