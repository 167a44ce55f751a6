// Package packet decodes one captured frame into a reusable Packet, without
// allocating, and puts IP fragments together again.
//
// Decoded: Ethernet, 802.1Q and QinQ tags, 802.3 with LLC and SNAP, Linux
// cooked v1 and v2, BSD and OpenBSD loopback, raw IP, PPP and PPPoE (RFC 2516
// section 4), MPLS (RFC 3032 section 2.1); ARP (RFC 826); IPv4 (RFC 791
// section 3.1) and IPv6 with its extension headers (RFC 8200 section 4), AH
// (RFC 4302 section 2); TCP (RFC 9293 section 3.1), UDP (RFC 768), ICMP (RFC
// 792) and ICMPv6 (RFC 4443) as far as their type. Mirrored traffic is followed
// to its innermost frame: GRE (RFC 2784 and 2890), ERSPAN I to III, VXLAN
// (RFC 7348 section 5), IP in IP (RFC 2003, RFC 4213).
//
// Refused, left as the body of what carries it: what ESP encrypts, GRE version
// 1 (PPTP, RFC 2637) and source routing (RFC 1701), Geneve, GTP, Teredo, MPLS
// pseudowires, 802.11, SCTP ports, ARP for hardware other than Ethernet.
// Checksums are not verified: a frame captured on its sender has none yet.
//
// Decode never fails: what cannot be read stays the zero value, Kind says how
// far it got and Fault why not further. Each length is checked against the
// header around it first, because what a receiver would drop must not be
// taken for content (RFC 1858 on fragments, RFC 5722 on overlaps).
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
	Fault  Fault // what is wrong with the frame, 0 if nothing; see Kind for what is known all the same

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
