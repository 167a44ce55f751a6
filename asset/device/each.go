package device

import (
	"slices"
	"strings"

	"ward/wire/packet"
)

// Devices gives every device with all its derived fields, sorted by ID.
func (v *Inventory) Devices() []*Device {
	out := []*Device{}
	_ = v.Each(func(d *Device) error { // the only error would be ours
		out = append(out, d)
		return nil
	})
	return out
}

// Each hands on every device, sorted by ID, and ends with the first error. Only
// one device is made at a time: it belongs to f.
func (v *Inventory) Each(f func(*Device) error) error {
	r := v.resolve()
	g := v.gather(r)
	notes := v.addressNotes(r)
	j := &joined{}
	if len(v.assets) > 0 {
		parties := make([]*party, len(g.ids))
		for n := range g.ids {
			parties[n] = partyOf(v.folded(r, g, int32(n)))
		}
		j = v.join(parties)
	}
	labels := v.placeLabels(r, g, j)
	emit := func(d *Device) error {
		v.name(d)
		return f(d)
	}
	rows := j.sorted
	for n, id := range g.ids {
		for ; len(rows) > 0 && j.alone[rows[0]] < id; rows = rows[1:] {
			if err := emit(v.unseen(j.alone[rows[0]], rows[0], j.why[rows[0]], labels[j.alone[rows[0]]])); err != nil {
				return err
			}
		}
		fold := v.folded(r, g, int32(n))
		fold.exchanges(v, r, g, int32(n))
		fold.finish(v, notes[id], labels[id])
		if row, ok := j.on[id]; ok {
			v.record(fold.d, row, j.why[row], notes[id])
		}
		if err := emit(fold.d); err != nil {
			return err
		}
	}
	for _, i := range rows {
		if err := emit(v.unseen(j.alone[i], i, j.why[i], labels[j.alone[i]])); err != nil {
			return err
		}
	}
	return nil
}

// gathering says which sightings and exchanges each device has, without making
// the devices.
type gathering struct {
	ids       []ID         // sorted
	at        map[ID]int32 // place in ids
	sightings [][]int32    // by place: its own
	routed    []packet.MAC // by place: the MAC of a router, else zero
	spans     [][]int32    // by place: what a router carried
	edges     []edgeKey    // all exchanges
	ends      [][]int32    // by place: exchanges, ^i where the device answers
}

func (v *Inventory) gather(r *resolution) *gathering {
	g := &gathering{at: map[ID]int32{}}
	for _, id := range r.ids {
		g.add(id)
	}
	for m := range r.routers {
		if !m.IsVirtualRouter() {
			g.add(macID(m))
		}
	}
	slices.SortFunc(g.ids, func(a, b ID) int { return strings.Compare(string(a), string(b)) })
	for n, id := range g.ids {
		g.at[id] = int32(n)
	}
	g.sightings, g.spans, g.ends = make([][]int32, len(g.ids)), make([][]int32, len(g.ids)), make([][]int32, len(g.ids))
	g.routed = make([]packet.MAC, len(g.ids))
	for i, id := range r.ids {
		if id != "" {
			n := g.at[id]
			g.sightings[n] = append(g.sightings[n], int32(i))
		}
		m := v.sightings[i].MAC
		if _, router := r.routers[m]; router && !m.IsVirtualRouter() {
			n := g.at[macID(m)]
			g.spans[n], g.routed[n] = append(g.spans[n], int32(i)), m
		}
	}
	g.exchanges(v, r)
	return g
}

func (g *gathering) add(id ID) {
	if _, have := g.at[id]; !have && id != "" {
		g.at[id] = 0
		g.ids = append(g.ids, id)
	}
}

// exchanges notes each exchange at both of its devices.
func (g *gathering) exchanges(v *Inventory, r *resolution) {
	g.edges = make([]edgeKey, 0, len(v.edges))
	for k := range v.edges {
		orig, resp := r.ids[k.orig], r.ids[k.resp]
		if orig == resp && orig != "" {
			continue
		}
		i := int32(len(g.edges))
		g.edges = append(g.edges, k)
		if orig != "" {
			g.ends[g.at[orig]] = append(g.ends[g.at[orig]], i)
		}
		if resp != "" {
			g.ends[g.at[resp]] = append(g.ends[g.at[resp]], ^i)
		}
	}
}

// folded makes device n of what was seen of it, without its exchanges.
func (v *Inventory) folded(r *resolution, g *gathering, n int32) *folding {
	f := newFolding(g.ids[n])
	for _, i := range g.sightings[n] {
		f.sighting(&v.sightings[i])
	}
	for _, i := range g.spans[n] {
		f.span(&v.sightings[i])
	}
	if m := g.routed[n]; !m.IsZero() {
		f.router(m, r.routers[m])
	}
	f.gathered(v)
	return f
}

// exchanges turns the exchanges of device n into its services and peers.
func (f *folding) exchanges(v *Inventory, r *resolution, g *gathering, n int32) {
	for _, i := range g.ends[n] {
		inbound := i < 0
		if inbound {
			i = ^i
		}
		k := g.edges[i]
		other := k.resp
		if inbound {
			other = k.orig
		}
		f.exchange(k, v.edges[k], &v.sightings[other], r.ids[other], r, inbound)
	}
}
