package packet

import "encoding/binary"

// transport reads what p.IPProto names. AH is skipped: it does not hide what
// it carries (RFC 4302 section 2); ESP does, and ends here as Kind IP.
func (p *Packet) transport(b []byte, wire, depth int) {
	if p.IPProto == protoAH {
		const size = 12
		if len(b) < size {
			p.short(size, wire)
			return
		}
		header := (int(b[1]) + 2) * 4
		if header < size {
			p.Fault = Malformed
			return
		}
		if header > len(b) {
			p.short(header, wire)
			return
		}
		p.IPProto = b[0]
		b, wire = b[header:], wire-header
		p.body(IP, b, wire)
		if p.IPProto == protoAH { // AH twice is no real packet
			p.Fault = TooDeep
			return
		}
	}
	switch p.IPProto {
	case protoTCP:
		p.tcp(b, wire)
	case protoUDP:
		p.udp(b, wire, depth)
	case protoICMP, protoICMPv6:
		if len(b) < 4 { // type, code, checksum
			p.short(4, wire)
			return
		}
		p.body(ICMP, b, wire)
	case protoGRE:
		p.gre(b, wire, depth)
	case protoIPIP, protoIPv6:
		p.ipInIP(b, wire, depth)
	}
}

// tcp reads a TCP header, RFC 9293 section 3.1. Options cut off by the snap
// length are no fault: the fixed 20 bytes say all that is needed.
func (p *Packet) tcp(b []byte, wire int) {
	const size = 20
	if len(b) < size {
		p.short(size, wire)
		return
	}
	header := int(b[12]>>4) * 4
	// An offset below 20 would show header fields as payload, one past the
	// packet would give a negative length.
	if header < size || header > wire {
		p.Fault = Malformed
		return
	}
	p.SrcPort, p.DstPort = binary.BigEndian.Uint16(b[0:]), binary.BigEndian.Uint16(b[2:])
	p.Seq, p.Ack = binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
	p.Flags, p.Window = b[13]&(FIN|SYN|RST|PSH|ACK|URG), binary.BigEndian.Uint16(b[14:])
	p.body(TCP, b[min(header, len(b)):], wire-header)
}

// udp reads a UDP header, RFC 768, and the mirror tunnels UDP carries.
func (p *Packet) udp(b []byte, wire, depth int) {
	const size = 8
	if len(b) < size {
		p.short(size, wire)
		return
	}
	length := int(binary.BigEndian.Uint16(b[4:]))
	switch {
	case length == 0: // jumbogram (RFC 2675 section 4) or offload: the rest of the packet
		length = wire
	case length < size: // would give a negative payload
		p.Fault = Malformed
		return
	case length > wire: // a receiver drops it; content must not come from beyond the packet
		p.Fault = Malformed
		length = wire
	}
	p.SrcPort, p.DstPort = binary.BigEndian.Uint16(b[0:]), binary.BigEndian.Uint16(b[2:])
	p.body(UDP, b[size:min(len(b), length)], length-size)
	if p.DstPort == portVXLAN || p.DstPort == portVXLANLinux {
		p.vxlan(depth)
	}
}
