// Package arp turns ARP messages (RFC 826, RFC 5227) into Bindings: which MAC
// address claims which IPv4 address. It reads Ethernet with IPv4 only and
// refuses every other hardware or protocol type.
package arp

import (
	"encoding/binary"
	"net/netip"

	"ward/wire/packet"
	"ward/wire/proto"
	"ward/wire/proto/record"
)

const (
	name      = "arp"
	etherType = 0x0806
	size      = 28 // bytes of a message for Ethernet and IPv4
	remember  = 8  // bindings of one session that are not repeated
)

// Kind says in which message a Binding stood.
type Kind string

// Kinds of messages, RFC 5227 section 1.1.
const (
	Request    Kind = "request"
	Reply      Kind = "reply"
	Gratuitous Kind = "gratuitous" // announces the sender's own address
	Probe      Kind = "probe"      // asks whether Addr is free: no claim to it yet
)

// Binding is one address and the MAC address that claims it, or for a Probe
// wants it.
type Binding struct {
	Addr netip.Addr `json:"addr"`
	MAC  packet.MAC `json:"mac"`
	Kind Kind       `json:"kind" keep:"closed set of message kinds"`
}

// Service implements proto.Fact.
func (Binding) Service() string { return name }

// Codec reads ARP frames.
var Codec = proto.Codec{
	Name:       name,
	EtherTypes: []uint16{etherType},
	New:        func() proto.Parser { return new(parser) },
	Facts:      []proto.Fact{Binding{}},
}

// parser emits each binding of a session once.
type parser struct {
	proto.Stateless
	seen record.Recent[Binding]
}

func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	if binding, ok := Parse(b); ok && !p.seen.Again(binding, remember) {
		emit(dir, binding)
	}
	return true
}

// Parse reads one message; ok is false for what is no usable claim.
//
//	hardware type u16, protocol type u16, sizes 6 and 4, operation u16,
//	sender MAC, sender address, target MAC, target address
func Parse(b []byte) (binding Binding, ok bool) {
	if len(b) < size || binary.BigEndian.Uint16(b) != 1 || binary.BigEndian.Uint16(b[2:]) != 0x0800 || b[4] != 6 || b[5] != 4 {
		return Binding{}, false
	}
	mac := packet.MAC(b[8:14])
	sender, target := netip.AddrFrom4([4]byte(b[14:18])), netip.AddrFrom4([4]byte(b[24:28]))
	if mac.IsZero() || mac.IsGroup() {
		return Binding{}, false
	}
	switch op := binary.BigEndian.Uint16(b[6:]); {
	case op != 1 && op != 2:
		return Binding{}, false
	case sender.IsUnspecified():
		if op == 2 || target.IsUnspecified() {
			return Binding{}, false
		}
		return Binding{target, mac, Probe}, true
	case sender.IsMulticast() || sender == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return Binding{}, false
	case sender == target:
		return Binding{sender, mac, Gratuitous}, true
	case op == 2:
		return Binding{sender, mac, Reply}, true
	}
	return Binding{sender, mac, Request}, true
}
