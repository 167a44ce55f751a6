// Package icmp turns ICMP (RFC 792) and ICMPv6 (RFC 4443) into counters by type
// and code, and Neighbor Discovery (RFC 4861) into Neighbors and
// RouterAdvertisements. It never looks at echo data or at quoted packets.
package icmp

import (
	"net/netip"

	"ward/wire/packet"
	"ward/wire/proto"
)

const (
	nameV4 = "icmp"
	nameV6 = "icmp6"

	protoV4 = 1
	protoV6 = 58

	maxKinds = 16 // type and code pairs counted for one session and side
	remember = 8  // neighbours of one session that are not repeated
)

// Messages counts the messages of one type and code that a side sent.
type Messages struct {
	V6    bool   `json:"v6,omitempty"`
	Type  uint8  `json:"type"`
	Code  uint8  `json:"code"`
	Count uint64 `json:"count"`
}

// Service implements proto.Fact.
func (m Messages) Service() string {
	if m.V6 {
		return nameV6
	}
	return nameV4
}

// Unreachable tells that these messages report a destination, port or route
// that could not be reached.
func (m Messages) Unreachable() bool { return m.V6 && m.Type == 1 || !m.V6 && m.Type == 3 }

// Kind names the Neighbor Discovery message that a Neighbor came from.
type Kind string

// Kinds, RFC 4861 section 4.
const (
	Solicitation  Kind = "solicitation"
	Advertisement Kind = "advertisement"
	RouterSolicit Kind = "router_solicitation"
)

// Neighbor binds an IPv6 address to a MAC address. Addr is not valid in a
// solicitation: there the address is that of the side that sent it.
type Neighbor struct {
	Addr   netip.Addr `json:"addr,omitzero"`
	MAC    packet.MAC `json:"mac"`
	Kind   Kind       `json:"kind" keep:"closed set of message kinds"`
	Router bool       `json:"router,omitempty"`
}

// Service implements proto.Fact.
func (Neighbor) Service() string { return nameV6 }

// RouterAdvertisement says that its sender acts as an IPv6 router, RFC 4861
// section 4.2. Lifetime is in seconds; 0 means: not as the default router.
type RouterAdvertisement struct {
	MAC      packet.MAC `json:"mac,omitzero"`
	Router   bool       `json:"router"`
	Lifetime uint16     `json:"lifetime"`
	Prefixes int        `json:"prefixes"`
	Managed  bool       `json:"managed,omitempty"` // addresses come by DHCPv6
}

// Service implements proto.Fact.
func (RouterAdvertisement) Service() string { return nameV6 }

// Codec reads ICMP for IPv4.
var Codec = proto.Codec{
	Name:     nameV4,
	IPProtos: []uint8{protoV4},
	New:      func() proto.Parser { return new(parser) },
	Facts:    []proto.Fact{Messages{}},
}

// V6 reads ICMPv6.
var V6 = proto.Codec{
	Name:     nameV6,
	IPProtos: []uint8{protoV6},
	New:      func() proto.Parser { return &parser{v6: true} },
	Facts:    []proto.Fact{Messages{}, Neighbor{}, RouterAdvertisement{}},
}

// parser counts; what does not fit into the table is not counted.
type parser struct {
	v6     bool
	counts [2][maxKinds]Messages
	seen   [remember]proto.Fact
	n      int
}

func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	if len(b) < 4 {
		return true
	}
	p.count(dir, b[0], b[1])
	if !p.v6 {
		return true
	}
	if fact, ok := parseND(b); ok && !p.repeated(fact) {
		emit(dir, fact)
	}
	return true
}

func (p *parser) count(dir proto.Dir, typ, code uint8) {
	for i := range p.counts[dir] {
		m := &p.counts[dir][i]
		if m.Count == 0 {
			*m = Messages{V6: p.v6, Type: typ, Code: code}
		}
		if m.Type == typ && m.Code == code {
			m.Count++
			return
		}
	}
}

func (p *parser) repeated(fact proto.Fact) bool {
	for _, old := range p.seen {
		if old == fact {
			return true
		}
	}
	p.seen[p.n%remember] = fact
	p.n++
	return false
}

func (p *parser) Gap(proto.Dir, int) {}

// Close emits the counters.
func (p *parser) Close(emit proto.Emit) {
	for dir := range p.counts {
		for _, m := range p.counts[dir] {
			if m.Count > 0 {
				emit(proto.Dir(dir), m)
			}
		}
	}
}
