package packet

import (
	"encoding/binary"

	"ward/wire/capture"
)

// Limits on what one frame may nest. Real networks send at most two VLAN tags,
// one mirror tunnel and three or four extension headers; each cap leaves room
// and stops a frame that nests headers only to burn time.
const (
	maxTunnels    = 4
	maxVLANTags   = 4
	maxLabels     = 8 // MPLS label stack entries
	maxExtHeaders = 8 // IPv6 extension headers, RFC 8200 section 4.1 lists six
	// maxOffload bounds the length we believe of a packet whose IP header
	// states none (segmentation offload; Linux "BIG TCP" stops at 512 KiB).
	maxOffload = 512 << 10
)

// Decode fills p from f and forgets what p held before. p.Payload shares
// f.Data. Kind names the innermost header that was read, also when Fault is
// set: a frame with a broken TCP header is still an IP packet.
func (p *Packet) Decode(f *capture.Frame) {
	*p = Packet{Time: f.Time, Frame: f.Number, Input: f.Input, Length: f.Length}
	b, wire := f.Data, max(f.Length, len(f.Data))
	switch f.Link {
	case capture.LinkEthernet:
		p.ethernet(b, wire, 0)
	case capture.LinkRaw, capture.LinkRawBSD, capture.LinkIPv4, capture.LinkIPv6:
		p.rawIP(b, wire, 0)
	case capture.LinkNull, capture.LinkLoop:
		p.loopback(b, wire)
	case capture.LinkLinuxSLL:
		p.cookedV1(b, wire)
	case capture.LinkLinuxSLL2:
		p.cookedV2(b, wire)
	case capture.LinkPPP, capture.LinkPPPHDLC:
		p.pppLink(b, wire)
	default:
		p.Payload, p.PayloadLen = b, wire
	}
}

// body notes how far decoding got: kind is the header just read, b what follows.
func (p *Packet) body(kind Kind, b []byte, wire int) {
	p.Kind, p.Payload, p.PayloadLen = kind, b, wire
}

// short is the fault of a header that needs more than the captured bytes: the
// capture cut it if the wire had enough, else the sender made it too short.
func (p *Packet) short(need, wire int) {
	if wire >= need {
		p.Fault = Truncated
	} else {
		p.Fault = Malformed
	}
}

// rawIP reads a packet that starts with its IP header; the version nibble
// alone says which (RFC 791 section 3.1, RFC 8200 section 3).
func (p *Packet) rawIP(b []byte, wire, depth int) {
	if len(b) == 0 {
		p.short(1, wire)
		return
	}
	p.body(Unknown, b, wire)
	switch b[0] >> 4 {
	case 4:
		p.EtherType = typeIPv4
		p.ipv4(b, wire, depth)
	case 6:
		p.EtherType = typeIPv6
		p.ipv6(b, wire, depth)
	default:
		p.Fault = Malformed
	}
}

// loopback reads the 4-byte address family of BSD loopback. BSD writes it in
// the byte order of its host, OpenBSD in network order; families are small
// numbers, so the order shows by itself.
func (p *Packet) loopback(b []byte, wire int) {
	if len(b) < 4 {
		p.short(4, wire)
		return
	}
	family := binary.BigEndian.Uint32(b)
	if family > 0xffff {
		family = binary.LittleEndian.Uint32(b)
	}
	switch family {
	case 2, 10, 24, 28, 30: // AF_INET; AF_INET6 of Linux, NetBSD, FreeBSD, Darwin
		p.rawIP(b[4:], wire-4, 0)
	default:
		p.body(Unknown, b[4:], wire-4)
	}
}

// cookedV1 reads LINKTYPE_LINUX_SLL.
//
//	packet type 2 | ARPHRD 2 | address length 2 | address 8 | protocol 2
func (p *Packet) cookedV1(b []byte, wire int) {
	const size = 16
	if len(b) < size {
		p.short(size, wire)
		return
	}
	p.cookedAddress(int(binary.BigEndian.Uint16(b[4:])), b[6:12])
	p.cookedBody(binary.BigEndian.Uint16(b[2:]), binary.BigEndian.Uint16(b[14:]), b[size:], wire-size)
}

// cookedV2 reads LINKTYPE_LINUX_SLL2.
//
//	protocol 2 | zero 2 | interface 4 | ARPHRD 2 | packet type 1 | address length 1 | address 8
func (p *Packet) cookedV2(b []byte, wire int) {
	const size = 20
	if len(b) < size {
		p.short(size, wire)
		return
	}
	p.cookedAddress(int(b[11]), b[12:18])
	p.cookedBody(binary.BigEndian.Uint16(b[8:]), binary.BigEndian.Uint16(b), b[size:], wire-size)
}

// cookedAddress keeps the sender's address; cooked captures have no receiver's.
func (p *Packet) cookedAddress(n int, addr []byte) {
	if n == len(MAC{}) {
		p.SrcMAC, p.HasMAC = MAC(addr), true
	}
}

// Hardware types (ARPHRD) whose protocol field is no EtherType, and the two
// low protocol numbers Linux uses for 802.3 frames.
const (
	hardwareNetlink  = 824
	hardwareGRE      = 778
	cookedNovell     = 1
	cookedLLC        = 4
	typeGREKeepalive = 0
)

func (p *Packet) cookedBody(hardware, protocol uint16, b []byte, wire int) {
	switch {
	case hardware == hardwareNetlink:
		p.body(Unknown, b, wire)
	case hardware == hardwareGRE && protocol == typeGREKeepalive:
		p.body(Unknown, b, wire)
	case protocol == cookedLLC:
		p.llc(b, wire, 0)
	case protocol == cookedNovell:
		p.body(Ethernet, b, wire)
	default:
		p.network(protocol, b, wire, 0)
	}
}
