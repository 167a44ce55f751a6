package snmp

import (
	"ward/wire/proto/ber"
	"ward/wire/proto/record"
)

// Types of PDU from tag a0 hex on, RFC 3416 section 3; a4 is RFC 1157's trap.
var pduNames = [...]string{"get", "get_next", "response", "set", "trap", "get_bulk", "inform", "trap", "report"}

const (
	firstPDU    = ber.ClassContext | ber.Constructed
	tagResponse = firstPDU + 2
	tagTrapV1   = firstPDU + 4
)

// Object identifiers 1.3.6.1.2.1.1.N.0 of the system group.
const (
	systemGroup = "\x2b\x06\x01\x02\x01\x01"
	sysDescr    = systemGroup + "\x01\x00"
	sysObjectID = systemGroup + "\x02\x00"
	sysName     = systemGroup + "\x05\x00"
)

// readPDU checks the PDU's fields and takes the system values of a response.
func (m *Message) readPDU(b []byte, s *System) bool {
	tag, b, _, err := ber.Read(b)
	if err != nil || tag < firstPDU || int(tag-firstPDU) >= len(pduNames) {
		return false
	}
	m.PDU = pduNames[tag-firstPDU]
	if tag == tagTrapV1 {
		_, _, err := ber.Expect(b, ber.OID)
		return err == nil
	}
	for range 3 { // request id, error status, error index
		if _, b, err = ber.ReadInt(b, ber.Integer); err != nil {
			return false
		}
	}
	binds, _, err := ber.Expect(b, ber.Sequence)
	if err != nil {
		return false
	}
	for n := 0; len(binds) > 0 && n < maxBinds && tag == tagResponse; n++ {
		var bind []byte
		if bind, binds, err = ber.Expect(binds, ber.Sequence); err != nil {
			return false
		}
		s.read(bind)
	}
	return true
}

func (s *System) read(bind []byte) {
	oid, rest, err := ber.Expect(bind, ber.OID)
	if err != nil {
		return
	}
	tag, value, _, err := ber.Read(rest)
	if err != nil {
		return
	}
	switch string(oid) {
	case sysDescr:
		if tag == ber.OctetString {
			s.Description = record.UpToNUL(value, maxText)
		}
	case sysObjectID:
		if tag == ber.OID {
			s.ObjectID = ber.OIDText(value)
		}
	case sysName:
		if tag == ber.OctetString {
			s.Name = record.UpToNUL(value, maxText)
		}
	}
}
