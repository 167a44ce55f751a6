package device

import (
	"net/netip"
	"slices"
	"strings"

	"ward/wire/packet"
)

// resolution says which device each sighting belongs to. It works in steps:
//  1. which MACs are routers,
//  2. which MAC owns an address,
//  3. the device of each sighting; what is behind a router is named by address.
type resolution struct {
	v       *Inventory
	routers map[packet.MAC]string // why
	owners  map[netip.Addr][]packet.MAC
	site    map[netip.Prefix]bool // public subnets in which the site owns addresses
	ids     []ID                  // by sighting; empty: nobody's device
}

func (v *Inventory) resolve() *resolution {
	r := &resolution{v: v, routers: map[packet.MAC]string{}, owners: map[netip.Addr][]packet.MAC{}, site: map[netip.Prefix]bool{}}
	byMAC, announced := map[packet.MAC][]int32{}, map[netip.Addr]bool{}
	for i := range v.sightings {
		g := &v.sightings[i]
		if !g.MAC.IsZero() {
			byMAC[g.MAC] = append(byMAC[g.MAC], int32(i))
		} else if g.Addr.IsValid() && g.saysRouter(Medium) {
			announced[g.Addr] = true
		}
	}
	for m, seen := range byMAC {
		if is, why := v.forwards(m, seen, announced); is {
			r.routers[m] = why
		}
	}
	r.own()
	r.ids = make([]ID, len(v.sightings))
	for i := range v.sightings {
		g := &v.sightings[i]
		if r.ids[i] = r.device(g); g.MAC.IsVirtualRouter() && r.ids[i] == macID(g.MAC) {
			r.ids[i] = "" // an address that routers share is no device
		}
	}
	return r
}

// own finds the owners of each address: MACs with local evidence, else the
// MACs of hosts that sent from it.
func (r *resolution) own() {
	strong := map[netip.Addr]bool{}
	for i := range r.v.sightings {
		g := &r.v.sightings[i]
		if g.bound != 0 && !g.MAC.IsZero() && g.Addr.IsValid() {
			strong[g.Addr] = true
		}
	}
	for i := range r.v.sightings {
		g := &r.v.sightings[i]
		if g.MAC.IsZero() || !g.Addr.IsValid() || linkLocal(g.Addr) || g.group {
			continue
		}
		_, router := r.routers[g.MAC]
		if strong[g.Addr] && g.bound == 0 || router && g.bound == 0 {
			continue
		}
		r.owners[g.Addr] = append(r.owners[g.Addr], g.MAC)
		if public(g.Addr) && !router {
			r.site[siteNet(g.Addr)] = true
		}
	}
	for a, ms := range r.owners {
		slices.SortFunc(ms, func(x, y packet.MAC) int { return strings.Compare(string(x[:]), string(y[:])) })
		r.owners[a] = slices.Compact(ms)
	}
}

// siteNet is the part of public address space a site may own around one of its
// addresses: a /24 of IPv4, a /48 of IPv6 (RFC 6177).
func siteNet(a netip.Addr) netip.Prefix {
	bits := 24
	if a.Is6() {
		bits = 48
	}
	p, _ := a.Prefix(bits)
	return p
}

// device names the device of one sighting, empty for none.
func (r *resolution) device(g *sighting) ID {
	switch {
	case g.group:
		return ""
	case g.MAC.IsZero():
		return r.byAddress(g, !g.sent)
	}
	_, router := r.routers[g.MAC]
	switch {
	case !g.Addr.IsValid(), linkLocal(g.Addr), g.bound != 0, ownEUI64(g.Addr, g.MAC):
		return macID(g.MAC)
	case router:
		return r.byAddress(g, !g.sent)
	}
	if own := r.owners[g.Addr]; len(own) == 1 && own[0] != g.MAC {
		return macID(own[0]) // asymmetric paths: the owner by ARP is known
	}
	return macID(g.MAC)
}

// byAddress names a device that only its address tells: behind a router, or in
// a record without MACs. Hearsay and silent addresses make no device.
func (r *resolution) byAddress(g *sighting, silent bool) ID {
	if own := r.owners[g.Addr]; len(own) == 1 {
		return macID(own[0])
	} else if len(own) > 1 && silent {
		return ""
	}
	if silent || linkLocal(g.Addr) || r.internet(g.Addr) {
		return ""
	}
	return ID("ip:" + g.Addr.String())
}

func (r *resolution) internet(a netip.Addr) bool {
	return r.v.internet(a) && len(r.owners[a]) == 0 && !r.site[siteNet(a)]
}

func macID(m packet.MAC) ID { return ID("mac:" + m.String()) }
