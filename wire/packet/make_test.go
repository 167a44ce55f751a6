package packet

import (
	"encoding/binary"
	"net/netip"

	"ward/wire/capture"
)

var (
	macA = MAC{0x00, 0x09, 0xfb, 0x01, 0x02, 0x03}
	macB = MAC{0x00, 0x1b, 0x21, 0x0a, 0x0b, 0x0c}
	a4   = netip.MustParseAddr("10.1.2.3")
	b4   = netip.MustParseAddr("10.1.2.4")
	a6   = netip.MustParseAddr("2001:db8::3")
	b6   = netip.MustParseAddr("2001:db8::4")
)

var be = binary.BigEndian

// join makes one frame of its headers, outermost first.
func join(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

func eth(etherType uint16) []byte {
	return be.AppendUint16(join(macB[:], macA[:]), etherType)
}

// next is a VLAN or MPLS-like 4-byte header: identifier and what follows.
func vlan(id, etherType uint16) []byte { return be.AppendUint16(be.AppendUint16(nil, id), etherType) }

// ip4 puts an IPv4 header with a right total length before body.
func ip4(proto uint8, body []byte) []byte {
	b := []byte{0x45, 0, 0, 0, 0x12, 0x34, 0, 0, 64, proto, 0, 0}
	be.PutUint16(b[2:], uint16(20+len(body)))
	return join(b, a4.AsSlice(), b4.AsSlice(), body)
}

func ip6(next uint8, body []byte) []byte {
	b := []byte{0x60, 0, 0, 0, 0, 0, next, 63}
	be.PutUint16(b[4:], uint16(len(body)))
	return join(b, a6.AsSlice(), b6.AsSlice(), body)
}

func tcp(body string) []byte {
	b := be.AppendUint16(be.AppendUint16(nil, 49152), 104)
	b = be.AppendUint32(be.AppendUint32(b, 1000), 2000)
	return join(b, []byte{0x50, PSH | ACK, 0x10, 0, 0, 0, 0, 0}, []byte(body))
}

func udp(dst uint16, body []byte) []byte {
	b := be.AppendUint16(be.AppendUint16(nil, 49152), dst)
	return join(be.AppendUint16(be.AppendUint16(b, uint16(8+len(body))), 0), body)
}

// set gives b with its bytes from at on replaced.
func set(b []byte, at int, bytes ...byte) []byte {
	b = join(b)
	copy(b[at:], bytes)
	return b
}

func decode(link capture.LinkType, b []byte, wire int) Packet {
	var p Packet
	p.Decode(&capture.Frame{Time: 5, Number: 7, Link: link, Data: b, Length: wire})
	return p
}
