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
	protoICMP = 1
	protoTCP  = 6
	protoUDP  = 17
	protoND   = 58
)

// TCP flags, RFC 9293 section 3.1.
const (
	fin = 0x01
	syn = 0x02
	rst = 0x04
	psh = 0x08
	ack = 0x10
)

type mac [6]byte

var broadcast = mac{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// ethernet writes the link header, tagged where vlan is not 0.
func ethernet(b []byte, dst, src mac, vlan uint16, etherType uint16) []byte {
	b = append(b, dst[:]...)
	b = append(b, src[:]...)
	if vlan != 0 {
		b = binary.BigEndian.AppendUint16(b, etherVLAN)
		b = binary.BigEndian.AppendUint16(b, vlan)
	}
	return binary.BigEndian.AppendUint16(b, etherType)
}

// packet is one IP packet to be built.
type packet struct {
	srcMAC, dstMAC mac
	vlan           uint16
	src, dst       netip.Addr
	ttl            uint8
	id             uint16
	proto          uint8
	body           func([]byte) []byte // appends the transport header and payload
}

// build writes the whole frame with right lengths and checksums.
func (p *packet) build(b []byte) []byte {
	etherType := uint16(etherIPv4)
	if p.src.Is6() {
		etherType = etherIPv6
	}
	b = ethernet(b, p.dstMAC, p.srcMAC, p.vlan, etherType)
	start := len(b)
	if p.src.Is6() {
		b = p.header6(b)
	} else {
		b = p.header4(b)
	}
	transport := len(b)
	b = p.body(b)
	if p.src.Is6() {
		binary.BigEndian.PutUint16(b[start+4:], uint16(len(b)-transport))
	} else {
		binary.BigEndian.PutUint16(b[start+2:], uint16(len(b)-start))
		binary.BigEndian.PutUint16(b[start+10:], checksum(0, b[start:transport]))
	}
	p.seal(b[transport:])
	return pad(b)
}

// header4 is RFC 791 section 3.1, length and checksum left open.
func (p *packet) header4(b []byte) []byte {
	b = append(b, 0x45, 0, 0, 0)
	b = binary.BigEndian.AppendUint16(b, p.id)
	b = append(b, 0x40, 0, p.ttl, p.proto, 0, 0)
	s, d := p.src.As4(), p.dst.As4()
	return append(append(b, s[:]...), d[:]...)
}

// header6 is RFC 8200 section 3, length left open.
func (p *packet) header6(b []byte) []byte {
	b = append(b, 0x60, 0, 0, 0, 0, 0, p.proto, p.ttl)
	s, d := p.src.As16(), p.dst.As16()
	return append(append(b, s[:]...), d[:]...)
}

// seal writes the transport checksum with its pseudo header.
func (p *packet) seal(segment []byte) {
	at := map[uint8]int{protoTCP: 16, protoUDP: 6, protoND: 2, protoICMP: 2}[p.proto]
	if at == 0 || len(segment) < at+2 {
		return
	}
	var sum uint32
	if p.proto != protoICMP {
		sum = pseudo(p.src, p.dst, p.proto, len(segment))
	}
	binary.BigEndian.PutUint16(segment[at:], 0)
	c := checksum(sum, segment)
	if c == 0 && p.proto == protoUDP {
		c = 0xffff
	}
	binary.BigEndian.PutUint16(segment[at:], c)
}

func pseudo(src, dst netip.Addr, proto uint8, n int) uint32 {
	s, d := src.AsSlice(), dst.AsSlice()
	var sum uint32
	for i := 0; i < len(s); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(s[i:])) + uint32(binary.BigEndian.Uint16(d[i:]))
	}
	return sum + uint32(proto) + uint32(n)
}

// checksum is RFC 1071.
func checksum(sum uint32, b []byte) uint16 {
	for ; len(b) >= 2; b = b[2:] {
		sum += uint32(b[0])<<8 | uint32(b[1])
	}
	if len(b) == 1 {
		sum += uint32(b[0]) << 8
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

// pad fills an Ethernet frame to 60 bytes, as network cards do.
func pad(b []byte) []byte {
	for len(b) < 60 {
		b = append(b, 0)
	}
	return b
}

func udpBody(sport, dport uint16, payload []byte) func([]byte) []byte {
	return func(b []byte) []byte {
		b = binary.BigEndian.AppendUint16(b, sport)
		b = binary.BigEndian.AppendUint16(b, dport)
		b = binary.BigEndian.AppendUint16(b, uint16(8+len(payload)))
		return append(append(b, 0, 0), payload...)
	}
}

// segment is one TCP segment.
type segment struct {
	sport, dport uint16
	seq, ack     uint32
	flags        uint8
	payload      []byte
}

func (s segment) body(b []byte) []byte {
	b = binary.BigEndian.AppendUint16(b, s.sport)
	b = binary.BigEndian.AppendUint16(b, s.dport)
	b = binary.BigEndian.AppendUint32(b, s.seq)
	b = binary.BigEndian.AppendUint32(b, s.ack)
	offset := byte(5 << 4)
	if s.flags&syn != 0 {
		offset = 6 << 4
	}
	b = append(b, offset, s.flags, 0xfa, 0xf0, 0, 0, 0, 0)
	if s.flags&syn != 0 {
		b = append(b, 2, 4, 0x05, 0xb4) // maximum segment size 1460
	}
	return append(b, s.payload...)
}
