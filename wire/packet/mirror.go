package packet

import "encoding/binary"

// UDP ports of VXLAN: the IANA one (RFC 7348 section 8) and the one Linux took
// before there was an IANA one.
const (
	portVXLAN      = 4789
	portVXLANLinux = 8472
)

// tunnel decodes what a carrier holds: an Ethernet frame (typeBridged), an IP
// packet (plainIP) or whatever else the EtherType says. From here on p
// describes the inner frame; if nothing of it can be read, p stays as it was.
func (p *Packet) tunnel(t Tunnel, etherType uint16, b []byte, wire, depth int) {
	if depth >= maxTunnels {
		p.Fault = TooDeep
		return
	}
	outer := *p
	*p = Packet{Time: p.Time, Frame: p.Frame, Input: p.Input, Length: p.Length, Tunnel: t}
	switch etherType {
	case typeBridged:
		p.ethernet(b, wire, depth+1)
	case plainIP:
		p.rawIP(b, wire, depth+1)
	default:
		p.network(etherType, b, wire, depth+1)
	}
	if p.Kind == Unknown || p.Kind == Ethernet && !p.HasMAC {
		outer.Fault = p.Fault
		*p = outer
	}
}

// plainIP stands for "IPv4 or IPv6, the version nibble tells".
const plainIP = 0

// gre reads a GRE header of version 0, RFC 2784 and RFC 2890; version 1 is the
// PPTP of RFC 2637 and source routing (RFC 1701) is long gone: both stay Kind IP.
//
//	flags 1 | version 1 | protocol 2 | checksum 4 | key 4 | sequence 4
func (p *Packet) gre(b []byte, wire, depth int) {
	const (
		checksum, routing, key, sequence = 0x80, 0x40, 0x20, 0x10
		fixed, version                   = 4, 7
	)
	if len(b) < fixed {
		p.short(fixed, wire)
		return
	}
	flags := b[0]
	if b[1]&version != 0 || flags&routing != 0 {
		return
	}
	size := fixed
	for _, f := range [...]uint8{checksum, key, sequence} {
		if flags&f != 0 {
			size += 4
		}
	}
	if len(b) < size {
		p.short(size, wire)
		return
	}
	etherType := binary.BigEndian.Uint16(b[2:])
	b, wire = b[size:], wire-size
	switch etherType {
	case typeERSPAN, typeERSPAN3:
		p.erspan(etherType, flags&sequence != 0, b, wire, depth)
	case typeBridged, typeIPv4, typeIPv6, typeARP, typeVLAN, typeMPLS, typeMPLSMult:
		p.tunnel(GRE, etherType, b, wire, depth)
	}
}

// erspan reads a mirrored frame (draft-foschiano-erspan-03 section 4). Type I
// has no header of its own and no GRE sequence number, type II has 8 bytes,
// type III 12 and, where its O bit says so, 8 more.
func (p *Packet) erspan(etherType uint16, sequence bool, b []byte, wire, depth int) {
	size, version := 0, uint8(0)
	switch {
	case etherType == typeERSPAN3:
		size, version = 12, 2
		if len(b) >= size && b[11]&1 != 0 {
			size += 8
		}
	case sequence:
		size, version = 8, 1
	}
	if len(b) < size {
		p.short(size, wire)
		return
	}
	if size > 0 && b[0]>>4 != version {
		p.Fault = Malformed
		return
	}
	p.tunnel(ERSPAN, typeBridged, b[size:], wire-size, depth)
}

// vxlan reads the UDP payload as VXLAN, RFC 7348 section 5. Port 4789 proves
// nothing, so the I flag must stand and the reserved byte be 0; else the packet
// stays the UDP packet it is.
//
//	flags 1 | reserved 3 | network identifier 3 | reserved 1
func (p *Packet) vxlan(depth int) {
	const size, innerMin, validNetwork = 8, 14, 0x08
	b, wire := p.Payload, p.PayloadLen
	if len(b) < size+innerMin || b[0]&validNetwork == 0 || b[7] != 0 {
		return
	}
	p.tunnel(VXLAN, typeBridged, b[size:], wire-size, depth)
}

// ipInIP reads an IP packet carried directly in another, RFC 2003 and RFC 4213.
func (p *Packet) ipInIP(b []byte, wire, depth int) {
	if len(b) == 0 || b[0]>>4 != 4 && b[0]>>4 != 6 {
		return
	}
	p.tunnel(IPIP, plainIP, b, wire, depth)
}
