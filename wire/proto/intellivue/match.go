package intellivue

import (
	"bytes"
	"encoding/binary"

	"ward/wire/proto"
)

// Ports of the interface.
const (
	indicationPort = 24005
	exportPort     = 24105
)

// Remote operation kinds and command types.
const (
	roInvoke       = 1
	roResult       = 2
	roError        = 3
	roLinkedResult = 5

	cmdEvent           = 0
	cmdConfirmedEvent  = 1
	cmdGet             = 3
	cmdSet             = 4
	cmdConfirmedSet    = 5
	cmdConfirmedAction = 7
)

// Event types.
const (
	eventCreate  = 0x0d06 // NOM_NOTI_MDS_CREAT
	eventConnect = 0x0d17 // NOM_NOTI_CONN_INDIC
)

// Where things stand behind the four bytes of nomenclature or session header.
//
//	4 remote operation u16, length u16
//	8 invoke id u16, command type u16, length u16
//	14 managed object: class u16, context u16, handle u16
//	20 event time u32, event type u16, length u16
//	28 attribute list (connect), or managed object and attribute list (create)
const (
	atOperation  = 4
	atInvoke     = 8
	atCommand    = 10
	atEventType  = 24
	atAttributes = 28
	objectSize   = 6
)

// associations are the session kinds of ISO 8327 that the interface uses.
var associations = map[byte]string{
	0x0d: "connect", 0x0e: "accept", 0x0c: "refuse", 0x09: "finish", 0x0a: "disconnect", 0x19: "abort",
}

// oid is the start of the object identifiers of ISO/IEEE 11073, 1.2.840.10004.2.1.
var oid = []byte{0x2a, 0x86, 0x48, 0xce, 0x14, 0x02, 0x01}

func match(b []byte, p proto.Ports) proto.Match {
	switch {
	case isExport(b):
		return proto.Yes
	case isIndication(b):
		if eventType(b) == eventConnect || p.Either(indicationPort) {
			return proto.Yes
		}
	case isAssociation(b):
		if bytes.Contains(b, oid) || p.Either(exportPort) {
			return proto.Yes
		}
	}
	return proto.No
}

func u16(b []byte, at int) uint16 { return binary.BigEndian.Uint16(b[at:]) }

// isExport tells session id E100, presentation context 2 and an operation.
func isExport(b []byte) bool {
	return len(b) >= atInvoke+2 && b[0] == 0xe1 && b[1] == 0 && u16(b, 2) == 2 && operation(b)
}

// isIndication tells a connect indication: an event report that fills the datagram.
func isIndication(b []byte) bool {
	return len(b) >= atAttributes+4 && b[0] == 0 && u16(b, atOperation) == roInvoke && operation(b) && u16(b, atCommand) <= cmdConfirmedEvent
}

// operation checks kind and length of the remote operation.
func operation(b []byte) bool {
	switch u16(b, atOperation) {
	case roInvoke, roResult, roError, roLinkedResult:
		return int(u16(b, atOperation+2)) <= len(b)-atInvoke
	}
	return false
}

func eventType(b []byte) uint16 { return u16(b, atEventType) }

// isAssociation checks the session header: kind and length, the latter in one
// byte or FF and two.
func isAssociation(b []byte) bool {
	if len(b) < 2 || associations[b[0]] == "" {
		return false
	}
	if b[1] == 0xff {
		return len(b) >= 4 && int(u16(b, 2)) == len(b)-4
	}
	return int(b[1]) == len(b)-2
}
