package device

import (
	"net/netip"

	"ward/wire/packet"
)

const (
	// maxHostAddresses is how many addresses without local evidence one host
	// may send from; above it the MAC forwards for others.
	maxHostAddresses = 8
	// maxOwnAddresses is how many addresses one MAC may claim by ARP before it
	// is taken for a proxy (RFC 1027).
	maxOwnAddresses = 32
	// routedPair and routedSubnets: this many addresses in this many subnets.
	routedAddresses = 3
	routedSubnets   = 2
)

// azureGateway is the MAC under which a virtual machine in Azure sees all others.
var azureGateway = packet.MAC{0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc}

// forwards decides whether a MAC is a router, and why. It looks at everything
// seen of the MAC at once, so the order of the packets does not matter.
func (v *Inventory) forwards(m packet.MAC, seen []int32, announced map[netip.Addr]bool) (bool, string) {
	switch {
	case m.IsVirtualRouter():
		return true, "virtual router address (VRRP, HSRP)"
	case m == azureGateway:
		return true, "stands for every gateway of a virtual network in Azure"
	}
	t := v.tally(m, seen, announced)
	switch {
	case t.announced:
		return true, "named as a router on the wire"
	case t.hinted && t.addrs > 0 && t.addrs+t.own > 1:
		return true, "sends redirects and carries other addresses"
	case t.internet:
		return true, "carries addresses of the internet"
	case t.own > maxOwnAddresses:
		return true, "answers ARP for many addresses"
	case t.far > 0 && t.addrs+t.own > 1 && len(t.subnets) > 1 && (!t.leased || t.far >= routedAddresses):
		return true, "carries addresses of other subnets, lowered TTL"
	case t.addrs >= routedAddresses && len(t.subnets) >= routedSubnets:
		return true, "carries addresses of several subnets"
	case t.addrs > maxHostAddresses:
		return true, "carries many addresses"
	}
	return false, ""
}

// tally counts what one MAC sends for.
type tally struct {
	addrs     int // addresses without local evidence
	own       int // addresses claimed by ARP or Neighbor Discovery
	far       int // of addrs: TTL lowered on the way
	internet  bool
	leased    bool // it got an address by DHCP: routers have fixed ones
	announced bool
	hinted    bool // weak evidence: redirects
	subnets   map[netip.Prefix]bool
}

func (v *Inventory) tally(m packet.MAC, seen []int32, announced map[netip.Addr]bool) tally {
	t := tally{subnets: map[netip.Prefix]bool{}}
	several := 0
	for _, i := range seen {
		if g := &v.sightings[i]; g.Addr.IsValid() && !linkLocal(g.Addr) && !g.group {
			several++
		}
	}
	for _, i := range seen {
		g := &v.sightings[i]
		if g.group {
			continue
		}
		t.announced = t.announced || g.saysRouter(Medium) || announced[g.Addr] && (g.bound != 0 || g.hopNear && !g.hopFar)
		t.leased = t.leased || g.asksDHCP()
		t.hinted = t.hinted || g.saysRouter(Weak)
		if !g.Addr.IsValid() || linkLocal(g.Addr) || ownEUI64(g.Addr, m) {
			continue
		}
		if g.bound != 0 {
			if g.bound&BindARP != 0 {
				t.own++
			}
			t.leased = t.leased || g.bound&BindDHCP != 0
			t.subnets[subnet(g.Addr)] = true
			continue
		}
		near := g.hopNear && !g.hopFar
		if !near && v.internet(g.Addr) && (g.farPrivate || g.hopFar || several > 1) {
			t.internet = true
		}
		if !g.sent || near && g.Addr.Is6() {
			continue // a host has several IPv6 addresses (RFC 7934)
		}
		t.addrs++
		t.subnets[subnet(g.Addr)] = true
		if g.hopFar && !g.hopNear {
			t.far++
		}
	}
	return t
}

// saysRouter tells claims of some weight that name the sighting itself a router.
func (g *sighting) saysRouter(weight float64) bool {
	for _, c := range g.claims {
		if c.Field == FieldRole && c.Value == "router" && c.Confidence >= weight {
			return true
		}
	}
	return false
}

// asksDHCP tells a client of DHCP by what it told about itself.
func (g *sighting) asksDHCP() bool {
	for _, c := range g.claims {
		if rule := c.Source.Rule; rule == "dhcp_class" || rule == "dhcp_params" || rule == "dhcp.host" {
			return true
		}
	}
	return false
}

// internet tells public addresses outside the site's own networks.
func (v *Inventory) internet(a netip.Addr) bool {
	if !public(a) {
		return false
	}
	for _, p := range v.opts.Networks {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
