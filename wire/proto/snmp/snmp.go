// Package snmp turns SNMP messages, versions 1, 2c and 3 (RFC 1157, RFC 3416,
// RFC 3412), into how a device is managed and what it says of its make. It
// refuses messages that are not complete BER, and never keeps community strings,
// user names or any value besides three of the system group.
package snmp

import (
	"encoding/binary"
	"encoding/hex"

	"ward/wire/packet"
	"ward/wire/proto"
	"ward/wire/proto/ber"
	"ward/wire/proto/record"
)

const (
	name      = "snmp"
	maxText   = 255
	maxBinds  = 128 // variable bindings read of one message
	maxEngine = 32  // bytes of an engine id, RFC 3411 section 5
	remember  = 8
)

// Message says how one side speaks SNMP. Equal ones of a session come once.
type Message struct {
	Version string `json:"version" keep:"1, 2c or 3"`
	PDU     string `json:"pdu" keep:"closed set of message types"`
	// Default tells a community string that devices are shipped with;
	// CommunityLength is its length in bytes. Versions 1 and 2c only.
	Default         bool `json:"default,omitempty"`
	CommunityLength int  `json:"community_length,omitempty"`
	// Security is the level of version 3: noAuth, auth, priv.
	Security   string     `json:"security,omitempty" keep:"closed set of security levels"`
	EngineID   string     `json:"engine_id,omitempty" keep:"identifier of a device"`
	EngineMAC  packet.MAC `json:"engine_mac,omitzero"`
	Enterprise uint32     `json:"enterprise,omitempty"` // IANA number in the engine id
}

// Service implements proto.Fact.
func (Message) Service() string { return name }

// System is what an agent says of itself, RFC 3418 section 2.
type System struct {
	Description string `json:"description,omitempty" keep:"product and version, sysDescr"`
	ObjectID    string `json:"object_id,omitempty" keep:"product identifier, sysObjectID"`
	Name        string `json:"name,omitempty" keep:"host name of the device, sysName"`
}

// Service implements proto.Fact.
func (System) Service() string { return name }

// Codec reads SNMP over UDP.
var Codec = proto.Codec{
	Name: name,
	Datagram: func(b []byte, _ proto.Ports) proto.Match {
		if _, _, ok := Parse(b); ok {
			return proto.Yes
		}
		return proto.No
	},
	New:   func() proto.Parser { return new(parser) },
	Facts: []proto.Fact{Message{}, System{}},
}

type parser struct {
	proto.Stateless
	seen   [2]record.Recent[Message]
	system [2]System
}

func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	m, s, ok := Parse(b)
	if !ok {
		return true
	}
	if !p.seen[dir].Again(m, remember) {
		emit(dir, m)
	}
	if s != (System{}) && s != p.system[dir] {
		p.system[dir] = s
		emit(dir, s)
	}
	return true
}

// Parse reads one message; the System is zero unless it is a response that
// holds one of its values.
func Parse(b []byte) (m Message, s System, ok bool) {
	body, rest, err := ber.Expect(b, ber.Sequence)
	if err != nil || len(rest) > 0 {
		return m, s, false
	}
	version, body, err := ber.ReadInt(body, ber.Integer)
	if err != nil {
		return m, s, false
	}
	switch version {
	case 0, 1:
		m.Version = [...]string{"1", "2c"}[version]
		var community []byte
		if community, body, err = ber.Expect(body, ber.OctetString); err != nil {
			return Message{}, s, false
		}
		m.Default, m.CommunityLength = isDefault(community), len(community)
	case 3:
		m.Version = "3"
		if body, ok = m.readV3(body); !ok {
			return Message{}, s, false
		}
		if m.Security == "priv" {
			m.PDU = "encrypted"
			return m, s, true
		}
	default:
		return m, s, false
	}
	if !m.readPDU(body, &s) {
		return Message{}, System{}, false
	}
	return m, s, true
}

// isDefault knows the community strings that many products are shipped with.
func isDefault(community []byte) bool {
	switch string(community) {
	case "public", "private", "admin", "community", "manager", "monitor", "snmp", "snmpd", "read", "write", "cisco", "ILMI", "internal", "default", "system", "secret", "password":
		return true
	}
	return false
}

// readV3 reads header and USM security parameters, RFC 3412 section 6 and RFC
// 3414 section 2.4, and gives the content of the scoped PDU, or what is
// encrypted.
func (m *Message) readV3(b []byte) (scoped []byte, ok bool) {
	header, b, err := ber.Expect(b, ber.Sequence)
	if err != nil {
		return nil, false
	}
	var flags []byte
	if _, header, err = ber.ReadInt(header, ber.Integer); err == nil {
		if _, header, err = ber.ReadInt(header, ber.Integer); err == nil {
			flags, _, err = ber.Expect(header, ber.OctetString)
		}
	}
	if err != nil || len(flags) != 1 {
		return nil, false
	}
	m.Security = [...]string{"noAuth", "auth", "noAuth", "priv"}[flags[0]&3]
	security, b, err := ber.Expect(b, ber.OctetString)
	if err != nil {
		return nil, false
	}
	if usm, _, err := ber.Expect(security, ber.Sequence); err == nil {
		if id, _, err := ber.Expect(usm, ber.OctetString); err == nil {
			m.readEngine(id)
		}
	}
	if m.Security == "priv" {
		_, _, err := ber.Expect(b, ber.OctetString)
		return nil, err == nil
	}
	scoped, _, err = ber.Expect(b, ber.Sequence)
	if err != nil {
		return nil, false
	}
	for range 2 { // context engine id, context name
		if _, scoped, err = ber.Expect(scoped, ber.OctetString); err != nil {
			return nil, false
		}
	}
	return scoped, true
}

// readEngine reads an engine id, RFC 3411 section 5: first bit set, enterprise
// number, format octet; format 3 is a MAC address. A text format (4) is not
// kept: an administrator may write anything.
func (m *Message) readEngine(id []byte) {
	if len(id) < 5 || len(id) > maxEngine {
		return
	}
	m.Enterprise = binary.BigEndian.Uint32(id) &^ (1 << 31)
	if id[0]&0x80 == 0 || id[4] != 4 {
		m.EngineID = hex.EncodeToString(id)
	}
	if id[0]&0x80 != 0 && id[4] == 3 && len(id) == 11 {
		m.EngineMAC = packet.MAC(id[5:11])
	}
}
