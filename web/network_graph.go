package web

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"ward/asset/device"
	"ward/store"
)

// Bounds of the map: what a person can read, and what a browser can draw.
const (
	maxZones     = 36  // then zones are folded together
	maxSpots     = 60  // then zones are shown without kinds
	maxLinks     = 260 // drawn; the table has all
	maxMapNodes  = 800 // never more in one answer
	maxServices  = 100 // to choose from
	maxLinkNames = 6   // services named on one link
)

// graph is the map: spots and the traffic between them.
type graph struct {
	zones    map[string]int // devices by zone
	spots    map[spot]int   // devices by spot
	links    []link         // most data first
	services []string
	kinds    bool   // spots are zone and kind, else zones alone
	fine     *graph // with kinds, where this one is without: for one zone
}

// link is the traffic from one spot to another. From opened the sessions.
type link struct {
	From, To            spot
	Services            []string
	Sessions, Bytes     uint64
	Cleartext, Internet bool
}

// newGraph makes the map out of the store's edges: coarser until it can be read.
func newGraph(edges []store.Edge, p *places) *graph {
	g := &graph{kinds: true}
	g.links = make([]link, 0, len(edges))
	for _, e := range edges {
		l := link{From: parseSpot(e.From), To: parseSpot(e.To), Services: e.Services, Sessions: e.Sessions, Bytes: e.Bytes, Cleartext: e.Cleartext, Internet: e.Internet}
		if !p.scoped || p.count[l.From] > 0 || p.count[l.To] > 0 { // what others talk about among themselves is not told
			g.links = append(g.links, l)
		}
	}
	g.spots = maps.Clone(p.count)
	for _, l := range g.links {
		g.spots[l.From] += 0
		g.spots[l.To] += 0
	}
	for _, step := range coarser(p.by) {
		if g.count(); len(g.zones) <= maxZones {
			break
		}
		g.fold(func(s spot) spot { return spot{step(s.zone), s.kind} })
	}
	if g.count(); len(g.zones) > maxZones {
		g.foldSmall()
	}
	if g.count(); len(g.spots) > maxSpots {
		g.fine = &graph{zones: g.zones, spots: g.spots, links: slices.Clone(g.links), kinds: true}
		g.fine.name()
		g.kinds = false
		g.fold(func(s spot) spot { return spot{zone: s.zone} })
	}
	g.name()
	return g
}

// coarser are the steps by which zones are put together.
func coarser(by string) []func(string) string {
	if by == byLocation {
		return []func(string) string{withoutNumber}
	}
	shorter := func(bits4, bits6 int) func(string) string {
		return func(zone string) string {
			p, err := netip.ParsePrefix(zone)
			if err != nil {
				return zone
			}
			bits := bits6
			if p.Addr().Is4() {
				bits = bits4
			}
			return netip.PrefixFrom(p.Addr(), min(bits, p.Bits())).Masked().String()
		}
	}
	return []func(string) string{shorter(16, 48), shorter(8, 32)}
}

// withoutNumber takes the last word off a place if it is a number: rooms of one
// corridor come together.
func withoutNumber(zone string) string {
	if i := strings.LastIndexByte(zone, ' '); i > 0 && strings.Trim(zone[i+1:], "0123456789") == "" {
		return zone[:i]
	}
	return zone
}

// count sums the devices by zone.
func (g *graph) count() {
	g.zones = map[string]int{}
	for s, n := range g.spots {
		g.zones[s.zone] += n
	}
}

// foldSmall keeps the zones with most devices and puts the others together.
func (g *graph) foldSmall() {
	names := slices.SortedFunc(maps.Keys(g.zones), func(a, b string) int { return cmp.Or(g.zones[b]-g.zones[a], strings.Compare(a, b)) })
	names = slices.DeleteFunc(names, func(z string) bool { return strings.HasPrefix(z, "~") })
	small := map[string]bool{}
	for _, z := range names[min(len(names), maxZones-1):] {
		small[z] = true
	}
	g.fold(func(s spot) spot {
		if small[s.zone] {
			s.zone = zoneOthers
		}
		return s
	})
}

// fold puts spots together, and the links between them.
func (g *graph) fold(into func(spot) spot) {
	spots := map[spot]int{}
	for s, n := range g.spots {
		spots[into(s)] += n
	}
	g.spots = spots
	type ends struct{ from, to spot }
	at := map[ends]int{}
	var links []link
	for _, l := range g.links {
		l.From, l.To = into(l.From), into(l.To)
		i, ok := at[ends{l.From, l.To}]
		if !ok {
			at[ends{l.From, l.To}] = len(links)
			links = append(links, l)
			continue
		}
		o := &links[i]
		o.Sessions, o.Bytes = o.Sessions+l.Sessions, o.Bytes+l.Bytes
		o.Cleartext, o.Internet = o.Cleartext || l.Cleartext, o.Internet || l.Internet
		o.Services = slices.Concat(o.Services, l.Services)
	}
	for i := range links {
		slices.Sort(links[i].Services)
		links[i].Services = slices.Compact(links[i].Services)
	}
	g.links = links
}

// name sorts the links and lists the services.
func (g *graph) name() {
	slices.SortFunc(g.links, func(a, b link) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), strings.Compare(a.From.String(), b.From.String()), strings.Compare(a.To.String(), b.To.String()))
	})
	seen := map[string]bool{}
	for _, l := range g.links {
		for _, s := range l.Services {
			seen[s] = true
		}
	}
	g.services = slices.Sorted(maps.Keys(seen))
	g.services = g.services[:min(len(g.services), maxServices)]
}

// linkFilter chooses links.
type linkFilter struct {
	Cleartext, Internet bool
	Service, Zone       string
}

// within gives the finer map where one zone is looked at.
func (g *graph) within(f linkFilter) *graph {
	if f.Zone != "" && g.fine != nil {
		return g.fine
	}
	return g
}

func (g *graph) filtered(f linkFilter) []link {
	if f == (linkFilter{}) {
		return g.links
	}
	var out []link
	for _, l := range g.links {
		if (f.Cleartext && !l.Cleartext) || (f.Internet && !l.Internet) || (f.Zone != "" && l.From.zone != f.Zone && l.To.zone != f.Zone) ||
			(f.Service != "" && !slices.Contains(l.Services, f.Service)) {
			continue
		}
		out = append(out, l)
	}
	return out
}

// Clear lists the services of a link that are not encrypted.
func (l link) Clear() []string {
	var out []string
	for _, s := range l.Services {
		if device.Cleartext(s) {
			out = append(out, s)
		}
	}
	return out
}
