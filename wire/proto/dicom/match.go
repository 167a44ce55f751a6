package dicom

import (
	"bytes"
	"encoding/binary"

	"ward/wire/proto"
)

// applicationContext is the one application context name of PS3.7 annex A.
const applicationContext = "1.2.840.10008.3.1.1.1"

// PDU types of PS3.8 section 9.3.1.
const (
	pduRequest  = 0x01
	pduAccept   = 0x02
	pduReject   = 0x03
	pduData     = 0x04
	pduRelease  = 0x05
	pduReleased = 0x06
	pduAbort    = 0x07
)

const (
	pduHeader   = 6       // type, reserved, length u32
	fixedFields = 68      // of A-ASSOCIATE-RQ and -AC before the items
	shortPDU    = 4       // body of RJ, RELEASE and ABORT
	maxAssocPDU = 1 << 20 // longest plausible A-ASSOCIATE body
	longRequest = 4 << 10 // bytes of one side that a match is shown at most
)

// match says Yes for a request with a fitting answer, and for P-DATA in both
// directions of a session that was joined in the middle.
func match(orig, resp []byte, _ proto.Ports) proto.Match {
	a, b := request(orig), answer(resp)
	switch {
	case a == proto.Yes && len(resp) == 0 && len(orig) < longRequest:
		return proto.Maybe
	case a == proto.Yes && len(resp) == 0: // a long request fills the probe before its answer
		return proto.Yes
	case a != proto.No && b != proto.No:
		return min(a, b)
	case resync(orig) && resync(resp):
		return proto.Yes
	case startsCommand(orig) || startsCommand(resp): // the other side is within an image
		return proto.Maybe
	case len(orig) == 0 && b == proto.Yes:
		return proto.Maybe
	}
	return proto.No
}

// request judges the first bytes of the requestor.
func request(b []byte) proto.Match {
	if m := header(b, pduRequest, fixedFields, maxAssocPDU); m != proto.Yes {
		return m
	}
	const aeStart, aeEnd, itemStart = 10, 42, 74
	switch {
	case len(b) > 7 && b[7]&1 == 0: // protocol version 1
		return proto.No
	case len(b) > aeStart && !printable(b[aeStart:min(len(b), aeEnd)]):
		return proto.No
	case len(b) > itemStart && b[itemStart] != 0x10:
		return proto.No
	case len(b) < itemStart+4+len(applicationContext):
		return proto.Maybe
	case !bytes.HasPrefix(b[itemStart+4:], []byte(applicationContext)):
		return proto.No
	}
	return proto.Yes
}

// answer judges the first bytes of the acceptor.
func answer(b []byte) proto.Match {
	if len(b) == 0 {
		return proto.Maybe
	}
	switch b[0] {
	case pduAccept:
		return header(b, pduAccept, fixedFields, maxAssocPDU)
	case pduReject, pduAbort:
		return header(b, b[0], shortPDU, shortPDU)
	}
	return proto.No
}

// header checks type, reserved byte and the limits of the length.
func header(b []byte, kind byte, least, most uint32) proto.Match {
	switch {
	case len(b) > 0 && b[0] != kind, len(b) > 1 && b[1] != 0:
		return proto.No
	case len(b) < pduHeader:
		return proto.Maybe
	}
	if n := binary.BigEndian.Uint32(b[2:]); n < least || n > most {
		return proto.No
	}
	return proto.Yes
}

// resync tells whether b starts with the header of a P-DATA-TF that holds one
// whole PDV, or with a command fragment: twelve bytes that fit each other.
func resync(b []byte) bool {
	if len(b) < pduHeader+pdvHeader || b[0] != pduData || b[1] != 0 {
		return false
	}
	pdu, pdv := binary.BigEndian.Uint32(b[2:]), binary.BigEndian.Uint32(b[6:])
	id, control := b[10], b[11]
	if id&1 == 0 || control > lastFragment|command || pdv < 2 || uint64(pdv)+4 > uint64(pdu) {
		return false
	}
	return pdv+4 == pdu || control&command != 0 && pdv < maxCommand
}

// startsCommand tells a P-DATA-TF that begins a command set: its first element is
// always the group length (PS3.7 section 6.3.1).
func startsCommand(b []byte) bool {
	const at = pduHeader + pdvHeader
	return resync(b) && b[at-1]&command != 0 && bytes.HasPrefix(b[at:], []byte{0, 0, 0, 0, 4, 0, 0, 0})
}

func printable(b []byte) bool {
	for _, c := range b {
		if c < 0x20 || c > 0x7e {
			return false
		}
	}
	return true
}
