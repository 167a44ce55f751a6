package packet

import (
	"encoding/binary"
	"net/netip"
)

// IP protocol numbers that are decoded or skipped (the IANA registry).
const (
	protoHopByHop = 0
	protoICMP     = 1
	protoIPIP     = 4
	protoTCP      = 6
	protoUDP      = 17
	protoIPv6     = 41
	protoRouting  = 43
	protoFragment = 44
	protoGRE      = 47
	protoAH       = 51
	protoICMPv6   = 58
	protoDestOpts = 60
	protoNoNext   = 59
	protoMobility = 135

	fragmentHeader = 8 // RFC 8200 section 4.5
)

// ipv4 reads an IPv4 header, RFC 791 section 3.1. Checksums are not verified:
// frames captured on the sending host carry none yet.
func (p *Packet) ipv4(b []byte, wire, depth int) {
	const size = 20
	if len(b) < size {
		p.short(size, wire)
		return
	}
	header, total := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
	if total == 0 { // segmentation offload: the sending host's card fills it in
		total = max(min(wire, maxOffload), len(b))
	}
	// A header length below 20 would make us read addresses as ports, one
	// above the total length would give a negative payload.
	if b[0]>>4 != 4 || header < size || header > total {
		p.Fault = Malformed
		return
	}
	if header > len(b) {
		p.short(header, wire)
		return
	}
	// A receiver drops a packet that claims more than its frame holds; some
	// capture tools cut frames and forget the length. Read it, and say so.
	if total > wire {
		p.Fault = Malformed
	}
	// Ethernet pads to 60 bytes; what lies past the total length is not sent
	// by the protocol (and leaked old memory in many drivers).
	b = b[:min(len(b), total)]
	p.Src, p.Dst = netip.AddrFrom4([4]byte(b[12:16])), netip.AddrFrom4([4]byte(b[16:20]))
	p.TTL, p.IPProto = b[8], b[9]
	frag := binary.BigEndian.Uint16(b[6:])
	id := binary.BigEndian.Uint16(b[4:])
	b, wire = b[header:], total-header
	p.body(IP, b, wire)
	if frag&(moreFragments|offsetMask) != 0 {
		p.fragment(uint32(id), int(frag&offsetMask)*8, frag&moreFragments != 0)
		return
	}
	p.transport(b, wire, depth)
}

// Fields of the IPv4 fragment word.
const (
	moreFragments = 0x2000
	offsetMask    = 0x1fff
)

// fragment marks the packet as a part. Ports are never read from a fragment,
// not even the first: a tiny one may end before the TCP flags and a second one
// at offset 8 may rewrite them (RFC 1858 sections 3 and 4). See Defrag.
func (p *Packet) fragment(id uint32, offset int, more bool) {
	p.Kind = Fragment
	p.FragID, p.FragOffset, p.FragMore = id, offset, more
	switch {
	case offset+p.PayloadLen > maxDatagram: // the "ping of death": the parts add up to more than IP allows
		p.Fault = Malformed
	case more && p.PayloadLen%8 != 0, p.PayloadLen == 0: // RFC 8200 section 4.5; an empty part covers nothing
		p.Fault = Malformed
	}
}

// ipv6 reads an IPv6 header and its extension headers, RFC 8200 sections 3 and 4.
func (p *Packet) ipv6(b []byte, wire, depth int) {
	const size = 40
	if len(b) < size {
		p.short(size, wire)
		return
	}
	if b[0]>>4 != 6 {
		p.Fault = Malformed
		return
	}
	next, length := b[6], int(binary.BigEndian.Uint16(b[4:]))
	if length == 0 && next != protoNoNext { // jumbogram (RFC 2675) or segmentation offload
		length = max(min(wire, maxOffload), len(b)) - size
	}
	if length > wire-size { // as in ipv4
		p.Fault = Malformed
	}
	p.Src, p.Dst = netip.AddrFrom16([16]byte(b[8:24])).Unmap(), netip.AddrFrom16([16]byte(b[24:40])).Unmap()
	p.TTL, p.IPProto = b[7], next
	b, wire = b[size:min(len(b), size+length)], length
	p.body(IP, b, wire)
	p.extensions(b, wire, depth)
}

// extensions walks the chain of IPv6 extension headers to the transport. The
// chain is capped: one frame could otherwise hold 180 empty headers.
func (p *Packet) extensions(b []byte, wire, depth int) {
	for range maxExtHeaders {
		size := 0
		switch p.IPProto {
		case protoHopByHop, protoRouting, protoDestOpts, protoMobility:
			if len(b) < 2 {
				p.short(8, wire)
				return
			}
			size = 8 + int(b[1])*8
		case protoFragment:
			if len(b) < fragmentHeader {
				p.short(fragmentHeader, wire)
				return
			}
			word, id := binary.BigEndian.Uint16(b[2:]), binary.BigEndian.Uint32(b[4:])
			p.IPProto = b[0]
			b, wire = b[fragmentHeader:], wire-fragmentHeader
			p.body(IP, b, wire)
			if word&^uint16(6) != 0 { // an "atomic" fragment is whole, RFC 6946
				p.fragment(id, int(word&^7), word&1 != 0)
				return
			}
			continue
		default:
			p.transport(b, wire, depth)
			return
		}
		if size > len(b) {
			p.short(size, wire)
			return
		}
		p.IPProto = b[0]
		b, wire = b[size:], wire-size
		p.body(IP, b, wire)
	}
	p.Fault = TooDeep
}
