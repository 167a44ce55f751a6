package sim

import (
	"math/rand/v2"
	"net/netip"
	"time"
)

// Host is one network interface of the simulated hospital.
type Host struct {
	Name string
	MAC  mac
	IP   netip.Addr // its IPv4 address
	IP6  netip.Addr // its link-local or unique local IPv6 address, may be zero
	VLAN uint16
	TTL  uint8
	ip   uint16 // IPv4 identification counter
	port uint16 // next ephemeral port
}

// network puts packets of hosts on the mirrored wire. Between VLANs they go
// through the gateway router, so the tap in each VLAN sees the router's MAC.
type network struct {
	timeline
	rng    *rand.Rand
	router func(vlan uint16) *Host
	loss   float64 // share of TCP segments that are sent twice
}

// hop gives the link addresses and the TTL as the tap in one VLAN sees them.
func (n *network) hop(from, to *Host, tap uint16) (src, dst mac, ttl uint8) {
	switch {
	case from.VLAN == to.VLAN:
		return from.MAC, to.MAC, from.TTL
	case from.VLAN == tap:
		return from.MAC, n.router(tap).MAC, from.TTL
	default:
		return n.router(tap).MAC, to.MAC, from.TTL - 1
	}
}

// ipPacket sends one IP packet, seen by the tap in the given VLAN.
func (n *network) ipPacket(at time.Time, from, to *Host, tap uint16, proto uint8, body func([]byte) []byte) {
	src, dst, ttl := n.hop(from, to, tap)
	from.ip++
	p := packet{srcMAC: src, dstMAC: dst, vlan: tap, src: from.IP, dst: to.IP, ttl: ttl, id: from.ip, proto: proto, body: body}
	n.frame(at, p.build)
}

// udp sends one datagram between two hosts.
func (n *network) udp(at time.Time, from, to *Host, sport, dport uint16, payload []byte) {
	n.ipPacket(at, from, to, to.VLAN, protoUDP, udpBody(sport, dport, payload))
}

// group sends a datagram to a multicast or broadcast address.
func (n *network) group(at time.Time, from *Host, to netip.Addr, sport, dport uint16, payload []byte) {
	from.ip++
	p := packet{srcMAC: from.MAC, dstMAC: groupMAC(to), vlan: from.VLAN, src: from.IP, dst: to, ttl: 1, id: from.ip, proto: protoUDP, body: udpBody(sport, dport, payload)}
	if to.Is6() {
		p.src = from.IP6
	}
	if to == netip.IPv4Unspecified() || !p.src.IsValid() {
		return
	}
	n.frame(at, p.build)
}

// groupMAC is RFC 1112 section 6.4 and RFC 2464 section 7; broadcast otherwise.
func groupMAC(to netip.Addr) mac {
	switch {
	case to.Is4() && to.IsMulticast():
		a := to.As4()
		return mac{0x01, 0x00, 0x5e, a[1] & 0x7f, a[2], a[3]}
	case to.Is6() && to.IsMulticast():
		a := to.As16()
		return mac{0x33, 0x33, a[12], a[13], a[14], a[15]}
	}
	return broadcast
}

// ephemeral gives the host's next client port.
func (h *Host) ephemeral() uint16 {
	if h.port < 49152 || h.port == 65535 {
		h.port = 49152
	}
	h.port++
	return h.port
}
