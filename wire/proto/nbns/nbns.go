// Package nbns turns NetBIOS name service messages (RFC 1002 section 4.2) and
// the host announcements in NetBIOS datagrams (RFC 1002 section 4.4) into host
// and domain names. It refuses names that are not encoded as RFC 1001 section
// 14.1 says, and drops names of the messenger service, which may be people's,
// and the comment of an announcement.
package nbns

import (
	"encoding/binary"
	"net/netip"
	"strings"

	"ward/wire/packet"
	"ward/wire/proto"
	"ward/wire/proto/record"
)

const (
	nameService = "nbns"
	nameDgram   = "nbdgm"
	portService = 137
	portDgram   = 138

	headerSize = 12
	encoded    = 34 // length octet, 32 letters, zero octet
	maxNames   = 32 // of one status answer
	maxSeen    = 32

	typeNB     = 0x20
	typeStatus = 0x21

	suffixMessenger = 0x03
)

// Name is a NetBIOS name and what was done with it.
type Name struct {
	Name   string     `json:"name" keep:"host or domain name"`
	Suffix uint8      `json:"suffix"` // 16th byte: what kind of name it is
	Role   string     `json:"role,omitempty" keep:"closed set: what the suffix means"`
	Group  bool       `json:"group,omitempty"` // a domain or workgroup rather than a host
	Op     string     `json:"op" keep:"closed set of operations"`
	Addr   netip.Addr `json:"addr,omitzero"`
}

// Service implements proto.Fact.
func (Name) Service() string { return nameService }

// Own tells that the side that sent it claims the name for itself.
func (n Name) Own() bool { return n.Op == "registration" || n.Op == "refresh" || n.Op == "status" }

// Station is the hardware address in a status answer.
type Station struct {
	MAC packet.MAC `json:"mac"`
}

// Service implements proto.Fact.
func (Station) Service() string { return nameService }

// Codec reads the name service.
var Codec = proto.Codec{
	Name: nameService,
	Datagram: func(b []byte, p proto.Ports) proto.Match {
		if _, ok := parse(b); ok && p.Either(portService) {
			return proto.Yes
		}
		return proto.No
	},
	New:   func() proto.Parser { return new(parser) },
	Facts: []proto.Fact{Name{}, Station{}},
}

// parser emits each different fact of a session once.
type parser struct {
	proto.Stateless
	seen record.Recent[proto.Fact]
}

func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	facts, _ := parse(b)
	for _, fact := range facts {
		if !p.seen.Again(fact, maxSeen) {
			emit(dir, fact)
		}
	}
	return true
}

// Operations by opcode, RFC 1002 section 4.2.1.1; Windows refreshes with 8.
var operations = map[uint16]string{0: "query", 5: "registration", 6: "release", 7: "wait", 8: "refresh", 9: "refresh", 15: "multihomed"}

// parse reads one message. The name stands in the question, or in a response in
// the first record; the address in the first record with 6 bytes of data.
func parse(b []byte) (facts []proto.Fact, ok bool) {
	if len(b) < headerSize+encoded {
		return nil, false
	}
	be := binary.BigEndian
	flags := be.Uint16(b[2:])
	qd, an, ns, ar := be.Uint16(b[4:]), be.Uint16(b[6:]), be.Uint16(b[8:]), be.Uint16(b[10:])
	op, known := operations[flags>>11&15]
	if !known || qd+an == 0 || qd > 1 || an > 1 || ns > 1 || ar > 1 {
		return nil, false
	}
	name, ok := decode(b[headerSize:])
	if !ok {
		return nil, false
	}
	rest := b[headerSize+encoded:]
	if len(rest) < 4 {
		return nil, false
	}
	typ := be.Uint16(rest)
	if typ != typeNB && typ != typeStatus || be.Uint16(rest[2:]) != 1 {
		return nil, false
	}
	name.Op = op
	if response := flags&0x8000 != 0; response {
		name.Op = "response"
	}
	if name.Op == "multihomed" {
		name.Op = "registration"
	}
	switch {
	case qd == 1 && ar == 1: // question, then a record that names it by a pointer
		if data, ok := recordData(rest[4:], 2); ok {
			name.readAddr(data)
		}
	case qd == 0:
		data, ok := recordData(rest, 0)
		if !ok {
			return nil, flags&15 != 0
		}
		if typ == typeStatus {
			return status(data), true
		}
		name.readAddr(data)
	}
	if name.Suffix == suffixMessenger || name.Name == "*" {
		return nil, true
	}
	return []proto.Fact{name}, true
}

// recordData skips a name of the given size, type, class and time to live.
func recordData(b []byte, name int) ([]byte, bool) {
	at := name + 10
	if len(b) < at {
		return nil, false
	}
	size := int(binary.BigEndian.Uint16(b[at-2:]))
	return b[at:min(at+size, len(b))], len(b) >= at+size
}

// readAddr reads NB_FLAGS and address, RFC 1002 section 4.2.2.
func (n *Name) readAddr(data []byte) {
	if len(data) < 6 {
		return
	}
	n.Group = data[0]&0x80 != 0
	if a := netip.AddrFrom4([4]byte(data[2:6])); !a.IsUnspecified() && !n.Group {
		n.Addr = a
	}
}

// status reads a node status answer, RFC 1002 section 4.2.18: count, then names
// of 15 bytes with suffix and flags, then the hardware address.
func status(data []byte) (facts []proto.Fact) {
	if len(data) < 1 {
		return nil
	}
	count := int(data[0])
	data = data[1:]
	for i := 0; i < count && len(data) >= 18; i++ {
		n, ok := plain(data[:16])
		if n.Op = "status"; ok && n.Suffix != suffixMessenger && len(facts) < maxNames {
			n.Group = data[16]&0x80 != 0
			facts = append(facts, n)
		}
		data = data[18:]
	}
	if len(data) >= 6 {
		if mac := packet.MAC(data[:6]); !mac.IsZero() && !mac.IsGroup() {
			facts = append(facts, Station{mac})
		}
	}
	return facts
}

// decode reads an encoded name: each byte is two letters from A to P, RFC 1001
// section 14.1. Scopes are refused.
func decode(b []byte) (n Name, ok bool) {
	if len(b) < encoded || b[0] != 32 || b[33] != 0 {
		return n, false
	}
	var raw [16]byte
	for i := range raw {
		hi, lo := b[1+2*i]-'A', b[2+2*i]-'A'
		if hi > 15 || lo > 15 {
			return n, false
		}
		raw[i] = hi<<4 | lo
	}
	return plain(raw[:])
}

// plain reads a name of 15 bytes and its suffix. ok is false if it holds what no
// host name holds.
func plain(raw []byte) (n Name, ok bool) {
	text := strings.TrimRight(string(raw[:15]), " \x00")
	if text == "\x01\x02__MSBROWSE__\x02" {
		text = "__MSBROWSE__"
	}
	for _, c := range []byte(text) {
		if c <= ' ' || c >= 0x7f {
			return n, false
		}
	}
	return Name{Name: text, Suffix: raw[15], Role: roles[raw[15]]}, text != ""
}

// roles gives the usual meaning of suffixes.
var roles = map[byte]string{0x00: "workstation", 0x1b: "domain_master_browser", 0x1c: "domain_controllers", 0x1d: "master_browser", 0x1e: "browser_election", 0x20: "server", 0x01: "browser"}
