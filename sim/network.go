package sim

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"time"
)

// Host is one network interface of the simulated hospital.
type Host struct {
	MAC  mac
	IP   netip.Addr // IPv4
	IP6  netip.Addr // IPv6 link-local, zero without IPv6
	VLAN uint16
	TTL  uint8
	Device
	ipID uint16 // IPv4 identification counter
	port uint16 // last ephemeral port
	row  *plan  // catalogue row it was made from
	ward *ward  // the ward it stands in
	used tally  // services, peers and protocols, for the truth
}

// network puts packets of hosts on the mirrored wire. The tap sees each VLAN
// whose number is in tapped; between VLANs packets pass the gateway router, so
// that a far host appears with the router's MAC.
type network struct {
	timeline
	rng    *rand.Rand
	router map[uint16]*Host  // the gateway's interface in each VLAN
	tapped map[uint16]bool   // VLANs that the mirror covers
	outer  map[uint16]uint16 // outer tag of a VLAN that comes double-tagged
	counts map[string]int    // sessions by service
	loss   float64           // share of data segments sent twice, swapped or lost to the tap
}

// tap gives the VLAN in which a session is seen: the client's where it is
// mirrored, else the server's.
func (n *network) tap(client, server *Host) uint16 {
	if n.tapped[client.VLAN] {
		return client.VLAN
	}
	return server.VLAN
}

// virtualMAC is the VRRP address of the gateway (RFC 9568 section 7.3): hosts
// send to it, the router answers from its own.
func virtualMAC(vlan uint16) mac { return mac{0, 0, 0x5e, 0, 1, byte(vlan)} }

// hop gives the link addresses and the TTL as the tap sees them.
func (n *network) hop(f *frame) (dst, src mac, ttl uint8) {
	ttl = f.ttl
	if ttl == 0 {
		ttl = f.from.TTL
	}
	switch {
	case f.group != nil:
		return f.group.mac, f.from.MAC, ttl
	case f.to == nil:
		return broadcast, f.from.MAC, ttl
	case f.from.VLAN == f.to.VLAN:
		return f.to.MAC, f.from.MAC, ttl
	case f.from.VLAN == f.tap:
		return virtualMAC(f.tap), f.from.MAC, ttl
	}
	return f.to.MAC, n.router[f.tap].MAC, ttl - 1
}

// udp sends one datagram between two hosts, in fragments where it is too big.
func (n *network) udp(at time.Duration, from, to *Host, tap, sport, dport uint16, payload []byte) {
	f := frame{from: from, to: to, tap: tap, sport: sport, dport: dport, proto: protoUDP, payload: payload}
	if len(payload) <= mtu-28 {
		n.put(at, f)
		return
	}
	datagram := make([]byte, 8, 8+len(payload))
	binary.BigEndian.PutUint16(datagram[0:], sport)
	binary.BigEndian.PutUint16(datagram[2:], dport)
	binary.BigEndian.PutUint16(datagram[4:], uint16(8+len(payload)))
	datagram = append(datagram, payload...)
	seal(datagram, protoUDP, f.header4(nil, from.IP, to.IP, 0))
	f.id = from.ipID
	const part = (mtu - 20) &^ 7
	for off := 0; off < len(datagram); off += part {
		f.offset, f.payload = uint16(off), datagram[off:min(off+part, len(datagram))]
		f.more = off+part < len(datagram)
		n.put(at, f)
		at += perPacket
	}
}

// ask is one request and its answer over UDP from a fresh client port.
func (n *network) ask(at time.Duration, service string, client, server *Host, port uint16, request, answer []byte) {
	n.askFrom(at, service, client, server, client.ephemeral(), port, request, answer)
}

func (n *network) askFrom(at time.Duration, service string, client, server *Host, sport, port uint16, request, answer []byte) {
	if n.fresh(client, server, sport, port) {
		n.session(service, client, server, "udp", port)
	}
	tap := n.tap(client, server)
	n.udp(at, client, server, tap, sport, port, request)
	if answer != nil {
		n.udp(at+n.between(roundTrip, 4*roundTrip), server, client, tap, port, sport, answer)
	}
}

// Groups of the simulated protocols.
var (
	allHosts  = group{netip.MustParseAddr("255.255.255.255"), broadcast}
	mdns4     = multicast("224.0.0.251")
	mdns6     = multicast("ff02::fb")
	llmnr4    = multicast("224.0.0.252")
	llmnr6    = multicast("ff02::1:3")
	wsd4      = multicast("239.255.255.250")
	wsd6      = multicast("ff02::c")
	allNodes  = multicast("ff02::1")
	allRouter = multicast("ff02::2")
	listeners = multicast("ff02::16")
	vrrp4     = multicast("224.0.0.18")
)

// multicast is RFC 1112 section 6.4 and RFC 2464 section 7.
func multicast(text string) group {
	addr := netip.MustParseAddr(text)
	if addr.Is4() {
		a := addr.As4()
		return group{addr, mac{0x01, 0x00, 0x5e, a[1] & 0x7f, a[2], a[3]}}
	}
	a := addr.As16()
	return group{addr, mac{0x33, 0x33, a[12], a[13], a[14], a[15]}}
}

// cast sends a datagram to a group.
func (n *network) cast(at time.Duration, service string, from *Host, to *group, sport, dport uint16, payload []byte) {
	n.groupSession(service, from, dport)
	ttl := uint8(1)
	if to.addr.Is6() || dport == 5353 {
		ttl = 255
	}
	n.put(at, frame{from: from, group: to, tap: from.VLAN, sport: sport, dport: dport, proto: protoUDP, payload: payload, v6: to.addr.Is6(), ttl: ttl})
}

// subnetCast broadcasts in the host's own network.
func (n *network) subnetCast(at time.Duration, service string, from *Host, sport, dport uint16, payload []byte) {
	a := from.IP.As4()
	a[3] = 255
	n.groupSession(service, from, dport)
	n.put(at, frame{from: from, group: &group{netip.AddrFrom4(a), broadcast}, tap: from.VLAN, sport: sport, dport: dport, proto: protoUDP, payload: payload})
}

// between draws a time.
func (n *network) between(low, high time.Duration) time.Duration {
	return low + time.Duration(n.rng.Int64N(int64(high-low)+1))
}

// around draws a time near d, a fifth to each side.
func (n *network) around(d time.Duration) func() time.Duration {
	return func() time.Duration { return n.between(d*4/5, d*6/5) }
}

// firstEphemeral is where the client ports of Linux begin.
const firstEphemeral = 32768

// fresh tells whether a UDP session from a fixed port is new.
func (n *network) fresh(client, server *Host, sport, port uint16) bool {
	if sport >= firstEphemeral {
		return true
	}
	p := pair{server, sport, port}
	if client.used.pairs[p] {
		return false
	}
	if client.used.pairs == nil {
		client.used.pairs = map[pair]bool{}
	}
	client.used.pairs[p] = true
	return true
}

// ephemeral gives the host's next client port (RFC 6056).
func (h *Host) ephemeral() uint16 {
	if h.port < firstEphemeral || h.port == 65535 {
		h.port = firstEphemeral
	}
	h.port++
	return h.port
}
