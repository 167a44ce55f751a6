package sim

import (
	"encoding/binary"
	"net/netip"
)

// Ethernet and IP numbers used by the simulator (IEEE 802, IANA).
const (
	etherIPv4 = 0x0800
	etherARP  = 0x0806
	etherIPv6 = 0x86dd
	etherVLAN = 0x8100
	etherQinQ = 0x88a8

	protoICMP   = 1
	protoTCP    = 6
	protoUDP    = 17
	protoICMPv6 = 58
)

// TCP flags, RFC 9293 section 3.1.
const (
	fin = 0x01
	syn = 0x02
	rst = 0x04
	psh = 0x08
	ack = 0x10
)

// mtu is the IP packet size of Ethernet.
const mtu = 1500

type mac [6]byte

var broadcast = mac{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// frame describes one frame; it becomes bytes when it is written. The payload
// is shared with other frames and never changed.
type frame struct {
	from, to     *Host  // to is nil for groups and for complete link frames
	group        *group // multicast or broadcast
	payload      []byte // above TCP, UDP or ICMP; the whole link payload where proto is 0
	seq, ack     uint32
	sport, dport uint16
	tap          uint16 // VLAN in which the frame is seen
	etherType    uint16 // of a complete link payload
	offset       uint16 // of an IP fragment, in bytes
	id           uint16 // of an IP fragment
	proto        uint8
	flags        uint8 // of TCP
	ttl          uint8 // 0: that of the sender
	v6, more     bool
}

// group is a multicast or broadcast destination.
type group struct {
	addr netip.Addr
	mac  mac
}

// linkHeader writes the Ethernet header with the tags of the tap.
func (n *network) linkHeader(b []byte, f *frame, etherType uint16) ([]byte, uint8) {
	dst, src, ttl := n.hop(f)
	b = append(b, dst[:]...)
	b = append(b, src[:]...)
	if outer := n.outer[f.tap]; outer != 0 {
		b = binary.BigEndian.AppendUint16(b, etherQinQ)
		b = binary.BigEndian.AppendUint16(b, outer)
	}
	if f.tap != 0 {
		b = binary.BigEndian.AppendUint16(b, etherVLAN)
		b = binary.BigEndian.AppendUint16(b, f.tap)
	}
	return binary.BigEndian.AppendUint16(b, etherType), ttl
}

// build turns a description into bytes, appended to b.
func (n *network) build(b []byte, f *frame) []byte {
	if f.proto == 0 {
		kind := f.etherType
		if kind == 0 { // IEEE 802.3: the length instead
			kind = uint16(len(f.payload))
		}
		b, _ = n.linkHeader(b, f, kind)
		return pad(append(b, f.payload...))
	}
	src, dst := f.addresses()
	var ttl uint8
	if f.v6 {
		b, ttl = n.linkHeader(b, f, etherIPv6)
	} else {
		b, ttl = n.linkHeader(b, f, etherIPv4)
	}
	start := len(b)
	if f.v6 {
		b = header6(b, src, dst, f.proto, ttl)
	} else {
		b = f.header4(b, src, dst, ttl)
	}
	transport := len(b)
	b = f.transport(b)
	if f.v6 {
		binary.BigEndian.PutUint16(b[start+4:], uint16(len(b)-transport))
	} else {
		binary.BigEndian.PutUint16(b[start+2:], uint16(len(b)-start))
		binary.BigEndian.PutUint16(b[start+10:], ^fold(sum(0, b[start:transport])))
	}
	if f.offset == 0 && !f.more {
		seal(b[transport:], f.proto, b[start:transport])
	}
	return pad(b)
}

func (f *frame) addresses() (src, dst netip.Addr) {
	src = f.from.IP
	if f.v6 {
		src = f.from.IP6
	}
	switch {
	case f.group != nil:
		dst = f.group.addr
	case f.v6:
		dst = f.to.IP6
	default:
		dst = f.to.IP
	}
	if !src.IsValid() {
		src = netip.IPv4Unspecified()
	}
	return src, dst
}

// header4 is RFC 791 section 3.1, length and checksum left open.
func (f *frame) header4(b []byte, src, dst netip.Addr, ttl uint8) []byte {
	id, bits := f.id, f.offset/8
	switch {
	case f.more:
		bits |= 0x2000
	case f.offset == 0:
		f.from.ipID++
		id, bits = f.from.ipID, 0x4000
	}
	b = append(b, 0x45, 0, 0, 0)
	b = binary.BigEndian.AppendUint16(b, id)
	b = binary.BigEndian.AppendUint16(b, bits)
	b = append(b, ttl, f.proto, 0, 0)
	s, d := src.As4(), dst.As4()
	return append(append(b, s[:]...), d[:]...)
}

// header6 is RFC 8200 section 3, length left open. Multicast listener reports
// go behind a router alert (RFC 3810 section 5), written by their maker.
func header6(b []byte, src, dst netip.Addr, proto, ttl uint8) []byte {
	b = append(b, 0x60, 0, 0, 0, 0, 0, proto, ttl)
	s, d := src.As16(), dst.As16()
	return append(append(b, s[:]...), d[:]...)
}

// transport writes the TCP or UDP header and the payload.
func (f *frame) transport(b []byte) []byte {
	switch {
	case f.offset > 0 || f.more: // a fragment holds its part of the datagram
	case f.proto == protoUDP:
		b = binary.BigEndian.AppendUint16(b, f.sport)
		b = binary.BigEndian.AppendUint16(b, f.dport)
		b = binary.BigEndian.AppendUint16(b, uint16(8+len(f.payload)))
		b = append(b, 0, 0)
	case f.proto == protoTCP:
		b = f.tcpHeader(b)
	}
	return append(b, f.payload...)
}

// tcpHeader is RFC 9293 section 3.1; a SYN carries the usual options.
func (f *frame) tcpHeader(b []byte) []byte {
	b = binary.BigEndian.AppendUint16(b, f.sport)
	b = binary.BigEndian.AppendUint16(b, f.dport)
	b = binary.BigEndian.AppendUint32(b, f.seq)
	b = binary.BigEndian.AppendUint32(b, f.ack)
	if f.flags&syn == 0 {
		return append(b, 5<<4, f.flags, 0xfa, 0xf0, 0, 0, 0, 0)
	}
	b = append(b, 8<<4, f.flags, 0xfa, 0xf0, 0, 0, 0, 0)
	return append(b, 2, 4, 0x05, 0xb4, 1, 3, 3, 0, 1, 1, 4, 2) // MSS 1460, window scale 0, SACK permitted
}

// seal writes the transport checksum; header is the IP header before it.
func seal(segment []byte, proto uint8, header []byte) {
	at, s := 0, uint64(0)
	switch proto {
	case protoTCP:
		at = 16
	case protoUDP:
		at = 6
	case protoICMP, protoICMPv6:
		at = 2
	}
	if at == 0 || len(segment) < at+2 {
		return
	}
	if proto != protoICMP {
		s = pseudo(header, proto, len(segment))
	}
	segment[at], segment[at+1] = 0, 0
	c := ^fold(sum(s, segment))
	if c == 0 && proto == protoUDP {
		c = 0xffff
	}
	binary.BigEndian.PutUint16(segment[at:], c)
}

// pseudo sums the pseudo header of RFC 9293 section 3.1 and RFC 8200 section 8.1.
func pseudo(header []byte, proto uint8, n int) uint64 {
	addresses := header[12:20]
	if header[0]>>4 == 6 {
		addresses = header[8:40]
	}
	return sum(uint64(proto)+uint64(n), addresses)
}

// sum adds up b for RFC 1071, four bytes at a time.
func sum(s uint64, b []byte) uint64 {
	for ; len(b) >= 4; b = b[4:] {
		s += uint64(binary.BigEndian.Uint32(b))
	}
	if len(b) >= 2 {
		s += uint64(binary.BigEndian.Uint16(b))
		b = b[2:]
	}
	if len(b) == 1 {
		s += uint64(b[0]) << 8
	}
	return s
}

func fold(s uint64) uint16 {
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return uint16(s)
}

// pad fills an Ethernet frame to 60 bytes, as network cards do.
func pad(b []byte) []byte {
	for len(b) < 60 {
		b = append(b, 0)
	}
	return b
}
