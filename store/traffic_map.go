package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"ward/asset/device"
	"ward/traffic"
)

// Zone names where a party stands on the map, e.g. a location or a subnet; ""
// leaves it out.
type Zone func(p Party, owner device.ID) string

// Edges gives the traffic between zones since the start of the day of since.
// From opened the sessions. Internet: a party with a public address that is no
// known device takes part.
func (s *Store) Edges(ctx context.Context, since time.Time, zoneOf Zone) ([]Edge, error) {
	return retried(ctx, s, func(v *view) ([]Edge, error) {
		m := newZoneMap(v, zoneOf)
		from := hourOf(since)
		from -= from % traffic.HoursOfDay
		if err := v.sums(ctx, traffic.PairDays, from, 0, anyParty, m.block); err != nil {
			return nil, err
		}
		return m.edges(), nil
	})
}

// zoneMap sums pairs by zone.
type zoneMap struct {
	v      *view
	zoneOf Zone
	zones  []string
	place  map[string]int32
	of     []int32 // zone by party, -1 not asked yet
	public []bool  // by party
	names  []string
	nameOf []int32 // place in names, by service
	found  map[uint64]*zoneEdge
	c      traffic.Rows
}

type zoneEdge struct {
	sessions, bytes uint64
	services        map[int32]bool
	last            int32 // service that was added last
	internet        bool
}

func newZoneMap(v *view, zoneOf Zone) *zoneMap {
	m := &zoneMap{v: v, zoneOf: zoneOf, zones: []string{""}, place: map[string]int32{"": 0}, of: make([]int32, len(v.parties)),
		public: make([]bool, len(v.parties)), nameOf: make([]int32, len(v.services)), found: map[uint64]*zoneEdge{}}
	for i := range m.of {
		m.of[i] = -1
	}
	byName := map[string]int32{}
	for i := range v.services {
		n, ok := byName[v.services[i].name]
		if !ok {
			n = int32(len(m.names))
			byName[v.services[i].name], m.names = n, append(m.names, v.services[i].name)
		}
		m.nameOf[i] = n
	}
	return m
}

// zone gives the number of a party's zone, 0 for none.
func (m *zoneMap) zone(n uint64) int32 {
	if n >= uint64(len(m.of)) {
		return 0
	}
	if z := m.of[n]; z >= 0 {
		return z
	}
	p, owner := m.v.party(uint32(n))
	name := m.zoneOf(p, owner)
	z, ok := m.place[name]
	if !ok {
		z = int32(len(m.zones))
		m.zones, m.place[name] = append(m.zones, name), z
	}
	a := p.Addr.Unmap()
	m.of[n], m.public[n] = z, owner == "" && a.IsGlobalUnicast() && !a.IsPrivate()
	return z
}

func (m *zoneMap) block(b *block, t *traffic.Sums) error {
	skip, c := m.v.filter(b), &m.c
	t.Keys(c)
	t.PeersAndWays(c)
	t.ServicesOf(c)
	t.Amounts(c)
	for i, p := range c.Party {
		if skip[uint32(c.Import[i])] {
			continue
		}
		from, to := m.zone(p), m.zone(c.Peer[i])
		if from == 0 || to == 0 || c.Service[i] >= uint64(len(m.nameOf)) {
			continue
		}
		k := uint64(from)<<32 | uint64(to)
		e := m.found[k]
		if e == nil {
			e = &zoneEdge{services: map[int32]bool{}, last: -1}
			m.found[k] = e
		}
		e.sessions += c.Sessions[i]
		e.bytes += c.Up[i] + c.Down[i]
		e.internet = e.internet || m.public[p] || m.public[c.Peer[i]]
		if n := m.nameOf[c.Service[i]]; n != e.last {
			e.services[n], e.last = true, n
		}
	}
	return nil
}

func (m *zoneMap) edges() []Edge {
	out := make([]Edge, 0, len(m.found))
	for k, e := range m.found {
		x := Edge{From: m.zones[k>>32], To: m.zones[uint32(k)], Sessions: e.sessions, Bytes: e.bytes, Internet: e.internet, Services: []string{}}
		for n := range maps.Keys(e.services) {
			x.Cleartext = x.Cleartext || device.Cleartext(m.names[n])
			if m.names[n] != "" {
				x.Services = append(x.Services, m.names[n])
			}
		}
		slices.Sort(x.Services)
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b Edge) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	return out
}
