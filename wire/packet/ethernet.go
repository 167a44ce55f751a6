package packet

import (
	"encoding/binary"
	"net/netip"
)

// EtherTypes that are decoded further (the registry of IEEE 802 numbers).
const (
	typeIPv4     = 0x0800
	typeARP      = 0x0806
	typeVLAN     = 0x8100 // IEEE 802.1Q
	typeIPv6     = 0x86dd
	typeMPLS     = 0x8847
	typeMPLSMult = 0x8848
	typePPPoE    = 0x8864 // session stage, RFC 2516
	typeQinQ     = 0x88a8 // IEEE 802.1ad
	typeQinQOld  = 0x9100 // before 802.1ad
	typeBridged  = 0x6558 // transparent Ethernet bridging, RFC 1701
	typeERSPAN   = 0x88be // types I and II
	typeERSPAN3  = 0x22eb

	// minEtherType is the first value that is a type: lower ones are 802.3 lengths.
	minEtherType = 0x0600
)

// ethernet reads one MAC frame, IEEE 802.3 section 3.1.1.
func (p *Packet) ethernet(b []byte, wire, depth int) {
	const size = 14
	if len(b) < size {
		p.short(size, wire)
		return
	}
	p.DstMAC, p.SrcMAC, p.HasMAC = MAC(b[0:6]), MAC(b[6:12]), true
	p.network(binary.BigEndian.Uint16(b[12:]), b[size:], wire-size, depth)
}

// network goes by EtherType, past any VLAN tags.
func (p *Packet) network(etherType uint16, b []byte, wire, depth int) {
	for tags := 0; etherType == typeVLAN || etherType == typeQinQ || etherType == typeQinQOld; tags++ {
		p.EtherType = etherType
		p.body(Ethernet, b, wire)
		if tags == maxVLANTags {
			p.Fault = TooDeep
			return
		}
		if len(b) < 4 {
			p.short(4, wire)
			return
		}
		p.tag(binary.BigEndian.Uint16(b) & 0x0fff)
		etherType, b, wire = binary.BigEndian.Uint16(b[2:]), b[4:], wire-4
	}
	p.EtherType = etherType
	p.body(Ethernet, b, wire)
	switch etherType {
	case typeIPv4:
		p.ipv4(b, wire, depth)
	case typeIPv6:
		p.ipv6(b, wire, depth)
	case typeARP:
		p.arp(b, wire)
	case typeMPLS, typeMPLSMult:
		p.mpls(b, wire, depth)
	case typePPPoE:
		p.pppoe(b, wire, depth)
	default:
		if etherType < minEtherType {
			p.ieee8023(int(etherType), b, wire, depth)
		}
	}
}

// tag keeps the first two VLAN identifiers. Identifier 0 is a priority tag: it
// names no VLAN (IEEE 802.1Q section 9.6).
func (p *Packet) tag(id uint16) {
	switch {
	case p.VLAN == 0:
		p.VLAN = id
	case p.InnerVLAN == 0:
		p.InnerVLAN = id
	}
}

// ieee8023 reads a frame whose type field is a length. The length cuts off the
// padding, which would otherwise be taken for content.
func (p *Packet) ieee8023(length int, b []byte, wire, depth int) {
	p.EtherType = 0
	if length > 0 && length < wire { // 0: cooked or ISL oddities, keep all
		wire = length
		b = b[:min(len(b), length)]
	}
	p.llc(b, wire, depth)
}

// llc reads IEEE 802.2 and, where present, SNAP (RFC 1042). The payload of a
// SNAP frame is what follows SNAP; of any other, it starts with the LLC header.
//
//	DSAP aa | SSAP aa | control 03 | organisation 3 | type 2
func (p *Packet) llc(b []byte, wire, depth int) {
	const size = 8
	p.EtherType = 0
	p.body(Ethernet, b, wire)
	if len(b) < size || b[0] != 0xaa || b[1] != 0xaa || b[2] != 3 {
		return
	}
	p.SNAP = uint32(b[3])<<16 | uint32(b[4])<<8 | uint32(b[5])
	etherType := binary.BigEndian.Uint16(b[6:])
	const bridgeTunnel = 0x0000f8 // IEEE 802.1H
	if etherType >= minEtherType && (p.SNAP == 0 || p.SNAP == bridgeTunnel) {
		p.network(etherType, b[size:], wire-size, depth)
		return
	}
	p.EtherType = etherType
	p.body(Ethernet, b[size:], wire-size)
}

// arp reads Ethernet/IPv4 ARP, RFC 826. Payload is the whole ARP message, as
// the sender's hardware address in it may differ from the frame's.
//
//	hardware 2 | protocol 2 | hlen 1 | plen 1 | operation 2 | sha 6 | spa 4 | tha 6 | tpa 4
func (p *Packet) arp(b []byte, wire int) {
	const size = 28
	if len(b) < size {
		p.short(size, wire)
		return
	}
	if binary.BigEndian.Uint64(b)>>16 != 0x0001_0800_0604 { // other hardware keeps Kind Ethernet
		return
	}
	p.Src, p.Dst = netip.AddrFrom4([4]byte(b[14:18])), netip.AddrFrom4([4]byte(b[24:28]))
	p.body(ARP, b[:size], size)
}

// mpls skips the label stack, RFC 3032 section 2.1. What follows has no type
// field; the first nibble tells IP from a pseudowire control word (RFC 4385).
func (p *Packet) mpls(b []byte, wire, depth int) {
	for labels := 0; ; labels++ {
		if labels == maxLabels {
			p.Fault = TooDeep
			return
		}
		if len(b) < 4 {
			p.short(4, wire)
			return
		}
		bottom := b[2]&1 != 0
		b, wire = b[4:], wire-4
		if bottom {
			break
		}
	}
	if len(b) == 0 {
		p.short(1, wire)
		return
	}
	switch b[0] >> 4 {
	case 4, 6:
		p.rawIP(b, wire, depth)
	}
}

// pppoe reads a PPPoE session frame and its PPP protocol, RFC 2516 section 4.
//
//	version/type 11 | code 00 | session 2 | length 2 | PPP protocol 2
func (p *Packet) pppoe(b []byte, wire, depth int) {
	const size = 6
	if len(b) < size {
		p.short(size, wire)
		return
	}
	length := int(binary.BigEndian.Uint16(b[4:]))
	if b[0] != 0x11 || length > wire-size {
		p.Fault = Malformed
		return
	}
	b = b[size:]
	p.ppp(b[:min(len(b), length)], length, depth)
}

// pppLink reads a PPP link, with or without HDLC framing (RFC 1662 section 3.1).
func (p *Packet) pppLink(b []byte, wire int) {
	if len(b) >= 2 && b[0] == 0xff && b[1] == 0x03 {
		b, wire = b[2:], wire-2
	}
	p.body(Unknown, b, wire)
	p.ppp(b, wire, 0)
}

// ppp goes by the PPP protocol number, RFC 1661 section 2.
func (p *Packet) ppp(b []byte, wire, depth int) {
	if len(b) < 2 {
		p.short(2, wire)
		return
	}
	switch binary.BigEndian.Uint16(b) {
	case 0x0021, 0x0057: // IPv4, IPv6
		p.rawIP(b[2:], wire-2, depth)
	}
}
