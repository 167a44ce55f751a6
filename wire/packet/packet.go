// Package packet decodes one captured frame into a reusable Packet: Ethernet
// and its relatives, VLAN tags, mirror tunnels, ARP, IPv4, IPv6, TCP, UDP, ICMP.
//
// Decoding allocates nothing and never fails: what cannot be read is left as
// the zero value and Kind says how far it got.
package packet

import "net/netip"

// Kind says what the innermost header that could be read is.
type Kind uint8

const (
	Unknown  Kind = iota // nothing usable, see Packet.Fault
	Ethernet             // an EtherType we do not decode further, Payload is its body
	ARP
	IP       // IPv4 or IPv6 with a protocol that has no ports, Payload is its body
	Fragment // an IP fragment that must be reassembled first
	ICMP     // ICMP or ICMPv6, Payload starts with the ICMP type
	TCP
	UDP
)

// TCP flag bits, RFC 9293 section 3.1.
const (
	FIN uint8 = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
)

// Packet is a view over one frame. It is reused: copy what must outlive the
// next Decode. Where the frame was carried in a mirror tunnel (GRE, ERSPAN,
// VXLAN), every field describes the inner frame and Tunnel names the carrier.
type Packet struct {
	Time   int64  // nanoseconds since 1970 UTC, from the capture
	Frame  uint64 // 1-based number of the frame in its input
	Input  int    // index of the input
	Length int    // bytes the frame had on the wire

	Kind   Kind
	Tunnel Tunnel
	Fault  Fault // why decoding stopped early, 0 if it did not

	SrcMAC, DstMAC  MAC // zero for link types without addresses
	HasMAC          bool
	VLAN, InnerVLAN uint16 // 802.1Q identifiers, outer first, 0 = untagged
	EtherType       uint16 // of the innermost Ethernet payload; the SNAP type for 802.3
	SNAP            uint32 // organisation code of an 802.3 SNAP frame (0x00000c: Cisco)

	Src, Dst         netip.Addr // unmapped; for ARP sender and target protocol address
	TTL              uint8      // or hop limit
	IPProto          uint8
	FragID           uint32 // for Kind Fragment: what its siblings share
	FragOffset       int    // bytes
	FragMore         bool   // not the last one
	SrcPort, DstPort uint16

	Seq, Ack uint32
	Flags    uint8
	Window   uint16

	Payload    []byte // captured part, shares the frame's memory
	PayloadLen int    // what the headers say it was on the wire, >= len(Payload)
}
