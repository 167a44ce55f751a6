// Package dhcp6 turns DHCPv6 messages (RFC 8415) into what they say of a client
// or server: its DUID, names and addresses. It refuses messages whose options do
// not add up and relays nested deeper than MaxRelays.
package dhcp6

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strings"

	"ward/wire/packet"
	"ward/wire/proto"
	"ward/wire/proto/record"
)

const (
	name       = "dhcp6"
	clientPort = 546
	serverPort = 547

	// MaxRelays is the most relay messages around a message that are opened.
	MaxRelays = 4
	maxOpts   = 64
	maxAddrs  = 8
	maxText   = 255
	maxDUID   = 130 // RFC 8415 section 11.1
)

// Option codes, RFC 8415 section 21; 39 is RFC 4704.
const (
	optClientID    = 1
	optServerID    = 2
	optIANA        = 3
	optIATA        = 4
	optAddr        = 5
	optRelay       = 9
	optVendorClass = 16
	optFQDN        = 39
)

// Message types, RFC 8415 section 7.3.
var kinds = [...]string{"", "solicit", "advertise", "request", "confirm", "renew", "rebind", "reply", "release", "decline",
	"reconfigure", "information_request", "relay_forward", "relay_reply"}

// DUID is a device's identifier, RFC 8415 section 11. MAC is set for the types
// that hold one, Enterprise (an IANA number) for type 2.
type DUID struct {
	Type       uint16     `json:"type"`
	Hex        string     `json:"hex" keep:"identifier of a device"`
	MAC        packet.MAC `json:"mac,omitzero"`
	Enterprise uint32     `json:"enterprise,omitempty"`
}

// Message is one DHCPv6 message, taken out of its relay messages.
type Message struct {
	Kind        string       `json:"kind" keep:"closed set of message types"`
	Client      DUID         `json:"client,omitzero"`
	Server      DUID         `json:"server,omitzero"`
	FQDN        string       `json:"fqdn,omitempty" keep:"host name of the device"`
	Enterprise  uint32       `json:"enterprise,omitempty"` // of the vendor class
	VendorClass string       `json:"vendor_class,omitempty" keep:"product class of the client"`
	Addrs       []netip.Addr `json:"addrs,omitempty"`
	Peer        netip.Addr   `json:"peer,omitzero"` // the client's address as the nearest relay saw it
}

// Service implements proto.Fact.
func (Message) Service() string { return name }

// Codec reads DHCPv6 over UDP.
var Codec = proto.Codec{
	Name:     name,
	Datagram: match,
	New:      func() proto.Parser { return parser{} },
	Facts:    []proto.Fact{Message{}},
}

// match needs a message that names its client or server, and one of the ports:
// the format alone has no signature.
func match(b []byte, p proto.Ports) proto.Match {
	if !p.Either(clientPort) && !p.Either(serverPort) {
		return proto.No
	}
	if _, ok := Parse(b); !ok {
		return proto.No
	}
	return proto.Yes
}

type parser struct{ proto.Stateless }

func (parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	if m, ok := Parse(b); ok {
		emit(dir, m)
	}
	return true
}

// Parse reads one message: type, transaction id of 3 bytes, options.
func Parse(b []byte) (m Message, ok bool) {
	for range MaxRelays + 1 {
		if len(b) < 4 || b[0] == 0 || int(b[0]) >= len(kinds) {
			return Message{}, false
		}
		if b[0] < 12 {
			m.Kind = kinds[b[0]]
			if !m.readOptions(b[4:]) || m.Client.Hex == "" && m.Server.Hex == "" && b[0] != 11 {
				return Message{}, false
			}
			return m, true
		}
		const relayHeader = 34 // type, hops, link address, peer address
		if len(b) < relayHeader {
			return Message{}, false
		}
		m.Peer = netip.AddrFrom16([16]byte(b[18:34]))
		if b, ok = find(b[relayHeader:], optRelay); !ok {
			return Message{}, false
		}
	}
	return Message{}, false
}

// next takes one option: code u16, length u16, value.
func next(b []byte) (code uint16, v, rest []byte, ok bool) {
	if len(b) < 4 || len(b)-4 < int(binary.BigEndian.Uint16(b[2:])) {
		return 0, nil, nil, false
	}
	end := 4 + int(binary.BigEndian.Uint16(b[2:]))
	return binary.BigEndian.Uint16(b), b[4:end], b[end:], true
}

func find(b []byte, want uint16) ([]byte, bool) {
	for n := 0; len(b) > 0 && n < maxOpts; n++ {
		code, v, rest, ok := next(b)
		if !ok || code == want {
			return v, ok
		}
		b = rest
	}
	return nil, false
}

func (m *Message) readOptions(b []byte) bool {
	for n := 0; len(b) > 0; n++ {
		code, v, rest, ok := next(b)
		if !ok || n == maxOpts {
			return false
		}
		switch code {
		case optClientID:
			m.Client = parseDUID(v)
		case optServerID:
			m.Server = parseDUID(v)
		case optIANA:
			m.readAddrs(v, 12)
		case optIATA:
			m.readAddrs(v, 4)
		case optVendorClass:
			if len(v) > 6 {
				m.Enterprise = binary.BigEndian.Uint32(v)
				m.VendorClass = record.UpToNUL(v[6:], min(maxText, int(binary.BigEndian.Uint16(v[4:]))))
			}
		case optFQDN:
			if len(v) > 1 {
				m.FQDN = domain(v[1:])
			}
		}
		b = rest
	}
	return true
}

// readAddrs takes the addresses among the options of an identity association.
func (m *Message) readAddrs(v []byte, head int) {
	if len(v) < head {
		return
	}
	v = v[head:]
	for len(m.Addrs) < maxAddrs {
		code, addr, rest, ok := next(v)
		if !ok {
			return
		}
		if code == optAddr && len(addr) >= 16 {
			m.Addrs = append(m.Addrs, netip.AddrFrom16([16]byte(addr[:16])))
		}
		v = rest
	}
}

// parseDUID reads types 1 (address and time), 2 (enterprise), 3 (address).
func parseDUID(v []byte) DUID {
	if len(v) < 3 || len(v) > maxDUID {
		return DUID{}
	}
	d := DUID{Type: binary.BigEndian.Uint16(v), Hex: hex.EncodeToString(v)}
	const ethernet = 1
	switch {
	case d.Type == 1 && len(v) == 14 && binary.BigEndian.Uint16(v[2:]) == ethernet:
		d.MAC = packet.MAC(v[8:14])
	case d.Type == 3 && len(v) == 10 && binary.BigEndian.Uint16(v[2:]) == ethernet:
		d.MAC = packet.MAC(v[4:10])
	case d.Type == 2 && len(v) >= 6:
		d.Enterprise = binary.BigEndian.Uint32(v[2:])
	}
	return d
}

func domain(b []byte) string {
	var out strings.Builder
	for ; len(b) > 0 && b[0] > 0 && b[0] < 64 && int(b[0]) < len(b); b = b[1+int(b[0]):] {
		if out.Len() > 0 {
			out.WriteByte('.')
		}
		out.Write(b[1 : 1+int(b[0])])
	}
	return record.UpToNUL([]byte(out.String()), maxText)
}
