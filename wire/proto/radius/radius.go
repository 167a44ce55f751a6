// Package radius turns RADIUS packets (RFC 2865, RFC 2866, RFC 5176) into which
// device came onto the network at which port or access point. It refuses packets
// whose attributes do not fill them exactly, and never keeps user names,
// passwords, reply texts or network names.
package radius

import (
	"encoding/binary"
	"net/netip"
	"strconv"

	"ward/wire/packet"
	"ward/wire/proto"
	"ward/wire/proto/record"
)

const (
	name       = "radius"
	headerSize = 20
	maxSize    = 4096 // RFC 2865 section 3
	maxText    = 128
	maxSeen    = 16
)

// Codes, RFC 2865 section 4, RFC 2866 section 4, RFC 5176 section 3.
var kinds = map[byte]string{1: "access_request", 2: "access_accept", 3: "access_reject", 4: "accounting_request", 5: "accounting_response", 11: "access_challenge",
	12: "status_server", 40: "disconnect_request", 41: "disconnect_ack", 42: "disconnect_nak", 43: "coa_request", 44: "coa_ack", 45: "coa_nak"}

// Packet is one packet. NAS is the switch or access point that asks.
type Packet struct {
	Kind       string     `json:"kind" keep:"closed set of packet codes"`
	NAS        string     `json:"nas,omitempty" keep:"name of network equipment"`
	NASAddr    netip.Addr `json:"nas_addr,omitzero"`
	NASPort    string     `json:"nas_port,omitempty" keep:"port of network equipment"`
	PortType   uint32     `json:"port_type,omitempty"`  // RFC 2865 section 5.41: 15 Ethernet, 19 wireless
	CalledMAC  packet.MAC `json:"called_mac,omitzero"`  // of the access point
	CallingMAC packet.MAC `json:"calling_mac,omitzero"` // of the device
	Addr       netip.Addr `json:"addr,omitzero"`        // of the device
	EAP        string     `json:"eap,omitempty" keep:"EAP method"`
	VendorID   uint32     `json:"vendor_id,omitempty"` // IANA number of the first vendor attribute
}

// Service implements proto.Fact.
func (Packet) Service() string { return name }

// Codec reads RADIUS over UDP.
var Codec = proto.Codec{
	Name:     name,
	Datagram: match,
	New:      func() proto.Parser { return new(parser) },
	Facts:    []proto.Fact{Packet{}},
}

// match takes a packet that adds up on a known port; elsewhere it must hold at
// least two attributes.
func match(b []byte, p proto.Ports) proto.Match {
	if _, n, ok := Parse(b); ok && (n >= 2 || knownPort(p)) {
		return proto.Yes
	}
	return proto.No
}

func knownPort(p proto.Ports) bool {
	for _, port := range [...]uint16{1812, 1813, 1645, 1646, 3799} {
		if p.Either(port) {
			return true
		}
	}
	return false
}

// parser emits each different packet of a session once.
type parser struct {
	proto.Stateless
	seen record.Recent[Packet]
}

func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	if packet, _, ok := Parse(b); ok && !p.seen.Again(packet, maxSeen) {
		emit(dir, packet)
	}
	return true
}

// Parse reads code, identifier, length u16, authenticator of 16 bytes, and then
// attributes of type, length (with its header), value. It gives their number.
func Parse(b []byte) (p Packet, attributes int, ok bool) {
	if len(b) < headerSize || len(b) > maxSize || kinds[b[0]] == "" || int(binary.BigEndian.Uint16(b[2:])) != len(b) {
		return p, 0, false
	}
	p.Kind = kinds[b[0]]
	for b = b[headerSize:]; len(b) > 0; attributes++ {
		if len(b) < 2 || b[1] < 2 || int(b[1]) > len(b) {
			return Packet{}, 0, false
		}
		if !p.read(b[0], b[2:b[1]]) {
			return Packet{}, 0, false
		}
		b = b[b[1]:]
	}
	return p, attributes, true
}

// read keeps the attributes of the list; ok is false where a size is wrong.
func (p *Packet) read(typ byte, v []byte) (ok bool) {
	switch typ {
	case 4, 8, 61, 5:
		if len(v) != 4 {
			return false
		}
	}
	switch typ {
	case 4:
		p.NASAddr = netip.AddrFrom4([4]byte(v))
	case 5:
		if p.NASPort == "" {
			p.NASPort = strconv.FormatUint(uint64(binary.BigEndian.Uint32(v)), 10)
		}
	case 8:
		if a := netip.AddrFrom4([4]byte(v)); v[0] != 255 {
			p.Addr = a
		}
	case 26:
		if len(v) >= 4 && p.VendorID == 0 {
			p.VendorID = binary.BigEndian.Uint32(v)
		}
	case 30:
		p.CalledMAC = leadingMAC(v)
	case 31:
		p.CallingMAC = leadingMAC(v)
	case 32:
		p.NAS = record.UpToNUL(v, maxText)
	case 61:
		p.PortType = binary.BigEndian.Uint32(v)
	case 79:
		if p.EAP == "" {
			p.EAP = eapMethod(v)
		}
	case 87:
		p.NASPort = record.UpToNUL(v, maxText)
	}
	return true
}

// leadingMAC reads a MAC address in any usual form, with or without a network
// name after it (RFC 3580 section 3.20). A telephone number gives nothing.
func leadingMAC(v []byte) packet.MAC {
	end, digits := 0, 0
	for ; end < len(v) && digits < 12; end++ {
		switch c := v[end]; {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'f', c >= 'A' && c <= 'F':
			digits++
		case c == '-' || c == ':' || c == '.':
		default:
			return packet.MAC{}
		}
	}
	if end < len(v) && v[end] != ':' {
		return packet.MAC{}
	}
	mac, err := packet.ParseMAC(string(v[:end]))
	if err != nil || mac.IsGroup() {
		return packet.MAC{}
	}
	return mac
}

// eapMethod reads the method of a request or response, RFC 3748 section 4.
func eapMethod(v []byte) string {
	const request, response = 1, 2
	if len(v) < 5 || v[0] != request && v[0] != response {
		return ""
	}
	switch v[4] {
	case 1:
		return "identity"
	case 3:
		return "nak"
	case 4:
		return "md5"
	case 13:
		return "tls"
	case 17:
		return "leap"
	case 21:
		return "ttls"
	case 25:
		return "peap"
	case 26:
		return "mschapv2"
	case 43:
		return "fast"
	case 55:
		return "teap"
	}
	return "other"
}
