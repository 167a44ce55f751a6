package triage

import (
	"crypto/sha256"
	"maps"
	"slices"

	"ward/asset/device"
	"ward/pipeline"
	"ward/vuln/exposure"
	"ward/vuln/remedy"
	"ward/vuln/risk"
)

// site is what triage keeps in memory of the hospital: some hundred bytes for
// each device; whole devices are read when they are assessed.
type site struct {
	assessor  *pipeline.Assessor
	speller   *exposure.Speller
	wanted    *pipeline.Wanted
	context   risk.Context
	members   map[device.ID]*member
	likes     map[likenessKey]*likeness
	groups    map[string]*group
	decisions decisions
	touched   map[device.ID]bool // to be assessed
	replan    map[string]bool    // groups to be planned
	planned   [sha256.Size]byte  // digest of the plan that is stored
	program   string             // tells builds apart
	undrafted int                // groups when warm last looked
}

// member is one device.
type member struct {
	id     device.ID
	like   *likeness
	group  *group
	served []device.Peer // who uses its clinical services
	stored []print       // of its findings as they were stored; nil: not known
	basis  basis         // what its stored findings rest on; zero: not known
	matter []byte        // the store's digest of the device, as it was assessed
}

// likenessKey is the digest of a Likeness.
type likenessKey [sha256.Size]byte

// likeness is all devices that are matched alike.
type likeness struct {
	key     likenessKey
	sample  *device.Device
	members map[*member]bool
	digest  uint64 // of what the feeds say of them; 0: not known
}

// group is the devices that are planned together.
type group struct {
	name    string
	members map[device.ID]*member
	part    remedy.Part
	drafted bool
}

func newSite(a *pipeline.Assessor, s *exposure.Speller) *site {
	return &site{assessor: a, speller: s, wanted: pipeline.NewWanted(), context: risk.Context{Weights: risk.DefaultWeights()},
		members: map[device.ID]*member{}, likes: map[likenessKey]*likeness{}, groups: map[string]*group{},
		touched: map[device.ID]bool{}, replan: map[string]bool{}, program: program()}
}

// put brings a device in, new or changed, and tells whether it wants records
// that were passed over so far.
func (s *site) put(d *device.Device) (wider bool) {
	m := &member{id: d.ID, served: risk.Served(d)}
	if before := s.members[d.ID]; before != nil {
		m.stored, m.basis, m.matter = before.stored, before.basis, before.matter
		s.remove(d.ID)
	}
	key := likenessKey(sha256.Sum256([]byte(s.speller.Likeness(d))))
	if m.like = s.likes[key]; m.like == nil {
		m.like = &likeness{key: key, sample: exposure.Sample(d), members: map[*member]bool{}}
		s.likes[key] = m.like
	}
	m.like.members[m] = true
	name := remedy.GroupOf(d)
	if m.group = s.groups[name]; m.group == nil {
		m.group = &group{name: name, members: map[device.ID]*member{}}
		s.groups[name] = m.group
	}
	m.group.members[d.ID] = m
	s.members[d.ID] = m
	s.touch(m)
	return s.wanted.Add(m.like.sample)
}

// remove takes a device out.
func (s *site) remove(id device.ID) {
	m := s.members[id]
	if m == nil {
		return
	}
	delete(s.members, id)
	delete(s.touched, id)
	delete(m.like.members, m)
	if len(m.like.members) == 0 {
		delete(s.likes, m.like.key)
	}
	delete(m.group.members, id)
	s.replan[m.group.name] = true
}

// touch marks a device to be assessed.
func (s *site) touch(m *member) {
	s.touched[m.id] = true
	s.replan[m.group.name] = true
}

func (s *site) touchAll() {
	for _, m := range s.members {
		s.touch(m)
	}
}

// depend works out the shares of clinical services anew and touches the devices
// whose share changed.
func (s *site) depend() {
	var serving []*device.Device
	for _, id := range slices.Sorted(maps.Keys(s.members)) {
		if m := s.members[id]; len(m.served) > 0 {
			serving = append(serving, &device.Device{ID: id, Peers: m.served})
		}
	}
	before := s.context.Dependence
	s.context.Dependence = risk.Dependences(serving)
	for id, m := range s.members {
		if before[id] != s.context.Dependence[id] {
			s.touch(m)
		}
	}
}

// widen gathers anew what all devices want of the CVE records.
func (s *site) widen() *pipeline.Wanted {
	s.wanted = pipeline.NewWanted()
	for _, l := range s.likes {
		s.wanted.Add(l.sample)
	}
	return s.wanted
}

// parts gives the plans of all groups.
func (s *site) parts() []remedy.Part {
	out := make([]remedy.Part, 0, len(s.groups))
	for _, g := range s.groups {
		if !g.part.Empty() {
			out = append(out, g.part)
		}
	}
	return out
}
