package packet

import (
	"testing"

	"ward/wire/capture"
)

// want is the part of a Packet a row speaks about.
type want struct {
	kind    Kind
	tunnel  Tunnel
	fault   Fault
	vlan    [2]uint16
	etype   uint16
	payload string
	length  int // PayloadLen where it is not len(payload)
}

func TestDecode(t *testing.T) {
	hello := tcp("hello")
	frame := join(eth(typeIPv4), ip4(protoTCP, hello))
	udp4 := func(dst uint16, b []byte) []byte { return ip4(protoUDP, udp(dst, b)) }
	gre := func(proto uint16, flags byte, rest ...byte) []byte {
		return join([]byte{flags, 0}, be.AppendUint16(nil, proto), rest)
	}
	vx := []byte{8, 0, 0, 0, 0, 0, 42, 0}
	arp := join([]byte{0, 1, 8, 0, 6, 4, 0, 1}, macA[:], a4.AsSlice(), make([]byte, 6), b4.AsSlice())
	ether, raw := capture.LinkEthernet, capture.LinkRaw
	ok := want{kind: TCP, etype: typeIPv4, payload: "hello"}
	in := func(w want, t Tunnel) want { w.tunnel = t; return w }
	rows := []struct {
		name string
		link capture.LinkType
		b    []byte
		want want
	}{
		{"plain", ether, frame, ok},
		{"padding is no payload", ether, join(frame, make([]byte, 9)), ok},
		{"offload, no total length", ether, set(frame, 16, 0, 0), ok},
		{"IPv4 options", ether, join(eth(typeIPv4), set(ip4(protoTCP, join(make([]byte, 4), hello)), 0, 0x46)), ok},
		{"TCP options", ether, join(eth(typeIPv4), ip4(protoTCP, join(set(tcp(""), 12, 0x60), make([]byte, 4), []byte("hello")))), ok},
		{"VLAN", ether, join(eth(typeVLAN), vlan(0x6005, typeIPv4), ip4(protoTCP, hello)), want{kind: TCP, etype: typeIPv4, payload: "hello", vlan: [2]uint16{5}}},
		{"QinQ", ether, join(eth(typeQinQ), vlan(9, typeVLAN), vlan(5, typeIPv4), ip4(protoTCP, hello)), want{kind: TCP, etype: typeIPv4, payload: "hello", vlan: [2]uint16{9, 5}}},
		{"priority tag", ether, join(eth(typeQinQOld), vlan(0, typeVLAN), vlan(5, typeIPv4), ip4(protoTCP, hello)), want{kind: TCP, etype: typeIPv4, payload: "hello", vlan: [2]uint16{5}}},
		{"five tags", ether, join(eth(typeVLAN), vlan(1, typeVLAN), vlan(2, typeVLAN), vlan(3, typeVLAN), vlan(4, typeVLAN), vlan(5, typeIPv4)), want{kind: Ethernet, etype: typeVLAN, fault: TooDeep, vlan: [2]uint16{1, 2}, payload: "\x00\x05\x08\x00"}},
		{"CDP", ether, join(eth(9), []byte{0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0, 'x', 'p', 'a', 'd'}), want{kind: Ethernet, etype: 0x2000, payload: "x"}},
		{"SNAP IPv4", ether, join(eth(8+45), []byte{0xaa, 0xaa, 3, 0, 0, 0, 8, 0}, ip4(protoTCP, hello)), ok},
		{"spanning tree", ether, join(eth(3), []byte{0x42, 0x42, 3, 0, 0}), want{kind: Ethernet, payload: "\x42\x42\x03"}},
		{"ARP", ether, join(eth(typeARP), arp, make([]byte, 18)), want{kind: ARP, etype: typeARP, payload: string(arp)}},
		{"ARP cut", ether, join(eth(typeARP), arp[:20]), want{kind: Ethernet, etype: typeARP, fault: Malformed, payload: string(arp[:20])}},
		{"MPLS", ether, join(eth(typeMPLS), []byte{0, 1, 0, 9, 0, 2, 1, 9}, ip4(protoTCP, hello)), ok},
		{"PPPoE", ether, join(eth(typePPPoE), []byte{0x11, 0, 0, 1, 0, 47, 0, 0x21}, ip4(protoTCP, hello)), ok},
		{"PPPoE too long", ether, join(eth(typePPPoE), []byte{0x11, 0, 0, 1, 0, 48, 0, 0x21}, ip4(protoTCP, nil)), want{kind: Ethernet, etype: typePPPoE, fault: Malformed, payload: "\x11\x00\x00\x01\x00\x30\x00\x21" + string(ip4(protoTCP, nil))}},

		{"raw", raw, ip4(protoTCP, hello), ok},
		{"raw IPv6", capture.LinkIPv6, ip6(protoTCP, hello), want{kind: TCP, etype: typeIPv6, payload: "hello"}},
		{"raw nothing", raw, nil, want{fault: Malformed}},
		{"raw junk", raw, []byte("\x00"), want{fault: Malformed, payload: "\x00"}},
		{"null little-endian", capture.LinkNull, join([]byte{2, 0, 0, 0}, ip4(protoTCP, hello)), ok},
		{"null big-endian", capture.LinkNull, join([]byte{0, 0, 0, 2}, ip4(protoTCP, hello)), ok},
		{"null Darwin IPv6", capture.LinkNull, join([]byte{30, 0, 0, 0}, ip6(protoTCP, hello)), want{kind: TCP, etype: typeIPv6, payload: "hello"}},
		{"OpenBSD loop", capture.LinkLoop, join([]byte{0, 0, 0, 24}, ip6(protoTCP, hello)), want{kind: TCP, etype: typeIPv6, payload: "hello"}},
		{"cooked", capture.LinkLinuxSLL, join([]byte{0, 0, 0, 1, 0, 6}, macA[:], []byte{0, 0, 8, 0}, ip4(protoTCP, hello)), ok},
		{"cooked 2", capture.LinkLinuxSLL2, join([]byte{8, 0, 0, 0, 0, 0, 0, 3, 0, 1, 0, 6}, macA[:], []byte{0, 0}, ip4(protoTCP, hello)), ok},
		{"cooked netlink", capture.LinkLinuxSLL, join([]byte{0, 4, 0x03, 0x38, 0, 0}, make([]byte, 8), []byte{8, 0}, ip4(protoTCP, hello)), want{payload: string(ip4(protoTCP, hello))}},
		{"PPP", capture.LinkPPP, join([]byte{0xff, 3, 0, 0x57}, ip6(protoTCP, hello)), want{kind: TCP, etype: typeIPv6, payload: "hello"}},
		{"unknown link", 147, []byte("abc"), want{payload: "abc"}},

		{"IPv6 extensions", raw, ip6(protoHopByHop, join([]byte{protoRouting, 0, 0, 0, 0, 0, 0, 0}, []byte{protoDestOpts, 0, 0, 0, 0, 0, 0, 0}, []byte{protoTCP, 1}, make([]byte, 14), hello)), want{kind: TCP, etype: typeIPv6, payload: "hello"}},
		{"IPv6 AH", raw, ip6(protoAH, join([]byte{protoTCP, 4}, make([]byte, 22), hello)), want{kind: TCP, etype: typeIPv6, payload: "hello"}},
		{"IPv6 atomic fragment", raw, ip6(protoFragment, join([]byte{protoTCP, 0, 0, 0, 0, 0, 0, 1}, hello)), want{kind: TCP, etype: typeIPv6, payload: "hello"}},
		{"IPv6 ESP", raw, ip6(50, []byte("sealed")), want{kind: IP, etype: typeIPv6, payload: "sealed"}},
		{"extension too long", raw, ip6(protoDestOpts, []byte{protoTCP, 200, 0, 0, 0, 0, 0, 0}), want{kind: IP, etype: typeIPv6, fault: Malformed, payload: "\x06\xc8\x00\x00\x00\x00\x00\x00"}},
		{"ICMP", raw, ip4(protoICMP, []byte("\x08\x00\x00\x00ping")), want{kind: ICMP, etype: typeIPv4, payload: "\x08\x00\x00\x00ping"}},
		{"ICMPv6", raw, ip6(protoICMPv6, []byte("\x87\x00\x00\x00")), want{kind: ICMP, etype: typeIPv6, payload: "\x87\x00\x00\x00"}},
		{"no ports", raw, ip4(89, []byte("ospf")), want{kind: IP, etype: typeIPv4, payload: "ospf"}},

		{"IP header length 4", ether, set(frame, 14, 0x44), want{kind: Ethernet, etype: typeIPv4, fault: Malformed, payload: string(set(frame, 14, 0x44)[14:])}},
		{"IP version 5", ether, set(frame, 14, 0x55), want{kind: Ethernet, etype: typeIPv4, fault: Malformed, payload: string(set(frame, 14, 0x55)[14:])}},
		{"total below header", ether, set(frame, 16, 0, 19), want{kind: Ethernet, etype: typeIPv4, fault: Malformed, payload: string(set(frame, 16, 0, 19)[14:])}},
		{"total above frame", ether, set(frame, 16, 0, 60), want{kind: TCP, etype: typeIPv4, fault: Malformed, payload: "hello", length: 20}},
		{"TCP offset 4", ether, set(frame, 46, 0x40), want{kind: IP, etype: typeIPv4, fault: Malformed, payload: string(set(frame, 46, 0x40)[34:])}},
		{"TCP offset past end", ether, set(frame, 46, 0xf0), want{kind: IP, etype: typeIPv4, fault: Malformed, payload: string(set(frame, 46, 0xf0)[34:])}},
		{"UDP length 7", raw, ip4(protoUDP, set(udp(53, nil), 4, 0, 7)), want{kind: IP, etype: typeIPv4, fault: Malformed, payload: string(set(udp(53, nil), 4, 0, 7))}},
		{"UDP length 0", raw, ip4(protoUDP, set(udp(53, []byte("x")), 4, 0, 0)), want{kind: UDP, etype: typeIPv4, payload: "x"}},
		{"UDP shorter than IP", raw, ip4(protoUDP, set(udp(53, []byte("xyz")), 4, 0, 9)), want{kind: UDP, etype: typeIPv4, payload: "x"}},
		{"UDP longer than IP", raw, ip4(protoUDP, set(udp(53, []byte("xyz")), 4, 1, 0)), want{kind: UDP, etype: typeIPv4, fault: Malformed, payload: "xyz"}},

		{"GRE IPv4", raw, ip4(protoGRE, join(gre(typeIPv4, 0), ip4(protoTCP, hello))), in(ok, GRE)},
		{"GRE key, sequence, checksum", raw, ip4(protoGRE, join(gre(typeIPv4, 0xb0, make([]byte, 12)...), ip4(protoTCP, hello))), in(ok, GRE)},
		{"GRE bridging", raw, ip4(protoGRE, join(gre(typeBridged, 0), frame)), in(ok, GRE)},
		{"GRE version 1", raw, ip4(protoGRE, []byte{0x20, 1, 0x88, 0x0b}), want{kind: IP, etype: typeIPv4, payload: "\x20\x01\x88\x0b"}},
		{"ERSPAN I", raw, ip4(protoGRE, join(gre(typeERSPAN, 0), frame)), in(ok, ERSPAN)},
		{"ERSPAN II", raw, ip4(protoGRE, join(gre(typeERSPAN, 0x10, 0, 0, 0, 1), []byte{0x10, 1, 0, 1, 0, 0, 0, 0}, frame)), in(ok, ERSPAN)},
		{"ERSPAN III", raw, ip4(protoGRE, join(gre(typeERSPAN3, 0x10, 0, 0, 0, 1), []byte{0x20}, make([]byte, 11), frame)), in(ok, ERSPAN)},
		{"ERSPAN III, 8 more", raw, ip4(protoGRE, join(gre(typeERSPAN3, 0x10, 0, 0, 0, 1), []byte{0x20}, make([]byte, 10), []byte{1}, make([]byte, 8), frame)), in(ok, ERSPAN)},
		{"VXLAN", raw, udp4(portVXLAN, join(vx, frame)), in(ok, VXLAN)},
		{"VXLAN of Linux", raw, udp4(portVXLANLinux, join(vx, frame)), in(ok, VXLAN)},
		{"4789 by chance", raw, udp4(portVXLAN, make([]byte, 40)), want{kind: UDP, etype: typeIPv4, payload: string(make([]byte, 40))}},
		{"6in4", raw, ip4(protoIPv6, ip6(protoTCP, hello)), want{kind: TCP, etype: typeIPv6, payload: "hello", tunnel: IPIP}},
		{"tunnel in tunnel", raw, udp4(portVXLAN, join(vx, eth(typeIPv4), ip4(protoGRE, join(gre(typeBridged, 0), frame)))), in(ok, GRE)},
	}
	for _, r := range rows {
		p := decode(r.link, r.b, len(r.b))
		got := want{p.Kind, p.Tunnel, p.Fault, [2]uint16{p.VLAN, p.InnerVLAN}, p.EtherType, string(p.Payload), r.want.length}
		if r.want.length == 0 {
			r.want.length = len(r.want.payload)
		}
		got.length = p.PayloadLen
		if got != r.want {
			t.Errorf("%s:\n got %+v\nwant %+v", r.name, got, r.want)
		}
		if p.Time != 5 || p.Frame != 7 || p.Length != len(r.b) {
			t.Errorf("%s: frame %d at %d of %d bytes", r.name, p.Frame, p.Time, p.Length)
		}
		if p.Kind == TCP && (p.SrcPort != 49152 || p.DstPort != 104 || p.Seq != 1000 || p.Ack != 2000 || p.Flags != PSH|ACK || p.Window != 4096) {
			t.Errorf("%s: TCP header %+v", r.name, p)
		}
	}
}

func TestAddresses(t *testing.T) {
	p := decode(capture.LinkEthernet, join(eth(typeIPv6), ip6(protoTCP, tcp(""))), 74)
	if p.Src != a6 || p.Dst != b6 || p.SrcMAC != macA || p.DstMAC != macB || !p.HasMAC || p.TTL != 63 {
		t.Errorf("%+v", p)
	}
	inner := ip4(protoTCP, tcp(""))
	p = decode(capture.LinkEthernet, join(eth(typeIPv4), ip4(protoGRE, join([]byte{0, 0, 8, 0}, inner))), 98)
	if p.HasMAC || p.SrcMAC != (MAC{}) {
		t.Errorf("the carrier's addresses were given to a packet without any: %+v", p)
	}
}

// TestSnapLength cuts a frame at every byte: what was captured is given, what
// the headers say stays, and only a cut header is a fault.
func TestSnapLength(t *testing.T) {
	frame := join(eth(typeIPv4), ip4(protoTCP, tcp("hello")))
	for n := range frame {
		p := decode(capture.LinkEthernet, frame[:n], len(frame))
		if n >= 54 {
			if p.Kind != TCP || p.Fault != NoFault || len(p.Payload) != n-54 || p.PayloadLen != 5 {
				t.Errorf("cut at %d: %+v", n, p)
			}
		} else if p.Kind == TCP || p.Fault != Truncated {
			t.Errorf("cut at %d: %+v", n, p)
		}
	}
}

// TestTooDeep nests tunnels without end.
func TestTooDeep(t *testing.T) {
	b := ip4(protoTCP, tcp("core"))
	for range 40 {
		b = ip4(protoIPIP, b)
	}
	p := decode(capture.LinkRaw, b, len(b))
	if p.Fault != TooDeep || p.Kind != IP {
		t.Errorf("kind %d fault %d", p.Kind, p.Fault)
	}
	ext := []byte{protoDestOpts, 0, 0, 0, 0, 0, 0, 0}
	b = nil
	for range 100 {
		b = append(b, ext...)
	}
	if p = decode(capture.LinkRaw, ip6(protoDestOpts, b), 840); p.Fault != TooDeep {
		t.Errorf("100 extension headers: fault %d", p.Fault)
	}
}

func TestDecodeAllocatesNothing(t *testing.T) {
	frames := [][]byte{
		join(eth(typeIPv4), ip4(protoTCP, tcp("hello"))),
		join(eth(typeIPv4), ip4(protoUDP, udp(portVXLAN, join([]byte{8, 0, 0, 0, 0, 0, 42, 0}, eth(typeIPv6), ip6(protoTCP, tcp("hello")))))),
	}
	var p Packet
	var sum uint64
	for _, b := range frames {
		f := capture.Frame{Link: capture.LinkEthernet, Data: b, Length: len(b)}
		if n := testing.AllocsPerRun(100, func() { p.Decode(&f); sum += p.FlowHash() }); n != 0 {
			t.Errorf("%v allocations", n)
		}
	}
}
