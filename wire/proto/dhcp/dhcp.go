// Package dhcp turns DHCP (RFC 2131, RFC 2132) and plain BOOTP (RFC 951)
// messages into what they say of a client and of its network. It refuses
// messages whose options do not add up, and keeps only the options listed in
// Message: no boot file, no vendor data, no free text.
package dhcp

import (
	"bytes"
	"encoding/binary"
	"net/netip"

	"ward/wire/packet"
	"ward/wire/proto"
)

const (
	name       = "dhcp"
	serverPort = 67
	clientPort = 68

	fixed     = 236 // bytes before the options, RFC 2131 section 2
	cookie    = 0x63825363
	ethernet  = 1
	maxText   = 255
	maxAddrs  = 4   // routers and name servers kept, each
	maxParams = 128 // entries of the parameter request list
	maxOpts   = 256
)

// Kind is the DHCP message type, RFC 2132 section 9.6; for BOOTP it says which
// way the message went.
type Kind string

var kinds = [...]Kind{"", "discover", "offer", "request", "decline", "ack", "nak", "release", "inform",
	"force_renew", "lease_query", "lease_unassigned", "lease_unknown", "lease_active"} // RFC 3203, RFC 4388

// Message is one DHCP or BOOTP message.
type Message struct {
	Kind        Kind         `json:"kind" keep:"closed set of message types"`
	BOOTP       bool         `json:"bootp,omitempty"`     // no DHCP message type: an old stack
	MAC         packet.MAC   `json:"mac,omitzero"`        // of the client, chaddr
	Addr        netip.Addr   `json:"addr,omitzero"`       // the client says it has it, ciaddr
	Assigned    netip.Addr   `json:"assigned,omitzero"`   // given by the server, yiaddr
	Requested   netip.Addr   `json:"requested,omitzero"`  // option 50
	Relay       netip.Addr   `json:"relay,omitzero"`      // giaddr
	Server      netip.Addr   `json:"server,omitzero"`     // option 54
	Routers     []netip.Addr `json:"routers,omitempty"`   // option 3
	Resolvers   []netip.Addr `json:"resolvers,omitempty"` // option 6
	Hostname    string       `json:"hostname,omitempty" keep:"host name of the device, option 12"`
	FQDN        string       `json:"fqdn,omitempty" keep:"host name of the device, option 81"`
	Domain      string       `json:"domain,omitempty" keep:"DNS domain of the site, option 15"`
	VendorClass string       `json:"vendor_class,omitempty" keep:"product class of the client, option 60"`
	UserClass   string       `json:"user_class,omitempty" keep:"boot class of the client, option 77"`
	Params      string       `json:"params,omitempty" keep:"list of option numbers, option 55"`
	ParamHash   string       `json:"param_hash,omitempty" keep:"hash of a list of option numbers"`
	ClientID    string       `json:"client_id,omitempty" keep:"hardware address or DUID of the device, option 61"`
	UUID        string       `json:"uuid,omitempty" keep:"machine identifier of the device, option 97"`
	Lease       uint32       `json:"lease,omitempty"` // seconds, option 51
}

// Service implements proto.Fact.
func (Message) Service() string { return name }

// Codec reads DHCP and BOOTP over UDP.
var Codec = proto.Codec{
	Name:     name,
	Datagram: match,
	New:      func() proto.Parser { return parser{} },
	Facts:    []proto.Fact{Message{}},
}

// match is sure by the magic cookie; without it only the ports can tell BOOTP.
func match(b []byte, p proto.Ports) proto.Match {
	if _, ok := Parse(b); !ok {
		return proto.No
	}
	if hasCookie(b) || p.Either(serverPort) && p.Either(clientPort) {
		return proto.Yes
	}
	return proto.No
}

type parser struct{ proto.Stateless }

func (parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	if m, ok := Parse(b); ok {
		emit(dir, m)
	}
	return true
}

func hasCookie(b []byte) bool {
	return len(b) >= fixed+4 && binary.BigEndian.Uint32(b[fixed:]) == cookie
}

// Parse reads one message.
//
//	op, htype, hlen, hops | xid u32 | secs u16, flags u16 | ciaddr | yiaddr |
//	siaddr | giaddr | chaddr 16 | sname 64 | file 128 | cookie | options
func Parse(b []byte) (Message, bool) {
	if len(b) < fixed || b[0] != 1 && b[0] != 2 || b[2] > 16 {
		return Message{}, false
	}
	m := Message{Kind: "request", BOOTP: true, Addr: addr(b[12:]), Assigned: addr(b[16:]), Relay: addr(b[24:])}
	if b[0] == 2 {
		m.Kind = "reply"
	}
	if b[1] == ethernet && b[2] == 6 {
		m.MAC = packet.MAC(b[28:34])
	}
	if !hasCookie(b) {
		return m, b[1] == ethernet && b[2] == 6 && !m.MAC.IsGroup() && !m.MAC.IsZero()
	}
	overload, ok := m.readOptions(b[fixed+4:])
	if !ok {
		return Message{}, false
	}
	if overload&1 != 0 { // RFC 2132 section 9.3
		m.readOptions(b[108:fixed])
	}
	if overload&2 != 0 {
		m.readOptions(b[44:108])
	}
	return m, true
}

// readOptions walks tag, length, value entries. A message that was cut after its
// type is still good: some clients leave out the end marker.
func (m *Message) readOptions(b []byte) (overload byte, ok bool) {
	for range maxOpts {
		b = bytes.TrimLeft(b, "\x00")
		if len(b) == 0 || b[0] == 255 {
			return overload, true
		}
		if len(b) < 2 || len(b)-2 < int(b[1]) {
			return overload, !m.BOOTP
		}
		v := b[2 : 2+int(b[1])]
		if b[0] == 52 && len(v) == 1 {
			overload = v[0]
		}
		if !m.readOption(b[0], v) {
			return 0, false
		}
		b = b[2+int(b[1]):]
	}
	return overload, true
}

func addr(b []byte) netip.Addr {
	if len(b) < 4 || [4]byte(b[:4]) == [4]byte{} {
		return netip.Addr{}
	}
	return netip.AddrFrom4([4]byte(b[:4]))
}

func addrs(b []byte) (out []netip.Addr) {
	for ; len(b) >= 4 && len(out) < maxAddrs; b = b[4:] {
		if a := addr(b); a.IsValid() {
			out = append(out, a)
		}
	}
	return out
}
