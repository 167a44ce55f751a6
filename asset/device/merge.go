package device

import (
	"cmp"
	"maps"
	"slices"
)

// Merge adds what other has folded. Merging is the fold itself: the parts of an
// inventory in any order and any split give the same devices as all sessions in
// one. other is not changed.
func (v *Inventory) Merge(other *Inventory) {
	order, place := other.sorted()
	mine := make([]int32, len(order)) // place in other's order: index here
	for at, i := range order {
		mine[at] = v.mergeSighting(&other.sightings[i])
	}
	for _, k := range slices.SortedFunc(maps.Keys(other.edges), func(a, b edgeKey) int {
		return cmp.Or(cmp.Compare(place[a.orig], place[b.orig]), cmp.Compare(place[a.resp], place[b.resp]), a.compare(b))
	}) {
		e := other.edges[k]
		k.orig, k.resp = mine[place[k.orig]], mine[place[k.resp]]
		if k.orig >= 0 && k.resp >= 0 {
			v.mergeEdge(k, e)
		}
	}
	v.assets = append(v.assets, other.assets...)
	v.lostSightings += other.lostSightings
	v.lostEdges += other.lostEdges
}

func (v *Inventory) mergeSighting(o *sighting) int32 {
	i := v.sight(o.Subject)
	if i < 0 {
		return i
	}
	g := &v.sightings[i]
	g.group, g.sent, g.bound = g.group || o.group, g.sent || o.sent, g.bound|o.bound
	g.hopNear, g.hopFar, g.farPrivate = g.hopNear || o.hopNear, g.hopFar || o.hopFar, g.farPrivate || o.farPrivate
	if o.first != 0 && (g.first == 0 || o.first < g.first) {
		g.first = o.first
	}
	g.last = max(g.last, o.last)
	for _, n := range o.vlans {
		g.vlan(n)
	}
	for _, c := range o.claims {
		g.claims.add(*c)
	}
	for _, l := range o.logins {
		g.login(l)
	}
	return i
}

func (v *Inventory) mergeEdge(k edgeKey, o *edge) {
	e := v.edges[k]
	if e == nil {
		if len(v.edges) >= MaxEdges {
			v.lostEdges++
			return
		}
		kept := *o
		v.edges[k] = &kept
		return
	}
	e.sessions += o.sessions
	e.bytes += o.bytes
	if earlier(o.first, o.input, o.frame, e.first, e.input, e.frame) {
		e.first, e.input, e.frame = o.first, o.input, o.frame
	}
	e.last = max(e.last, o.last)
}

// vlan notes a VLAN. Of too many the smallest stay, which is the same set in
// any order.
func (g *sighting) vlan(n uint16) {
	i, have := slices.BinarySearch(g.vlans, n)
	if have {
		return
	}
	g.vlans = slices.Insert(g.vlans, i, n)
	if len(g.vlans) > MaxVLANs {
		g.vlans = g.vlans[:MaxVLANs]
	}
}

// login notes a login, each kind once with its earliest evidence. Of too many
// the smallest stay.
func (g *sighting) login(l Login) {
	for k, have := range g.logins {
		if sameLogin(have, l) {
			if l.Input < have.Input || l.Input == have.Input && l.Frame < have.Frame {
				g.logins[k] = l
			}
			return
		}
	}
	g.logins = append(g.logins, l)
	if len(g.logins) > MaxLogins {
		slices.SortFunc(g.logins, compareLogins)
		g.logins = g.logins[:MaxLogins]
	}
}

// compareAssets orders rows as they stand in their files.
func compareAssets(a, b Asset) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), slices.Compare(a.MAC[:], b.MAC[:]),
		cmp.Compare(a.Values[FieldAssetID], b.Values[FieldAssetID]), cmp.Compare(a.Values[FieldSerial], b.Values[FieldSerial]))
}
