// Package hl7 turns HL7 version 2 messages over MLLP into facts: which
// application talks to which, in what version, with what kinds of messages, and
// the identities of the medical devices that measured (IHE PCD).
//
// It walks the stream field by field and copies only the fields of its
// keep-list. All else, above all PID, PV1, OBX-5 and NTE, is passed over without
// being held. Damaged MLLP frames are read and counted.
package hl7

import "ward/wire/proto"

// Name is the service name of HL7 sessions.
const Name = "hl7"

// Party is an HL7 application or facility (HD, HL7 v2.9 section 2.A.33).
type Party struct {
	Name string `json:"name,omitempty" keep:"name of an application or facility"`
	// UniversalID and its Type are set for a name of another kind than EUI-64.
	UniversalID string `json:"universal_id,omitempty" keep:"address or number of an application"`
	Type        string `json:"type,omitempty" keep:"kind of the number"`
	// EUI64 is 16 upper-case hex digits; the first six are the maker's OUI.
	EUI64 string `json:"eui64,omitempty" keep:"number of a device"`
}

// Message is the first sight of one kind of message (HL7 v2 section 2.14.9, MSH).
type Message struct {
	Type             string `json:"type" keep:"message type, closed form"` // MSH-9, "ORU^R01^ORU_R01"
	Sender           Party  `json:"sender,omitzero"`                       // MSH-3
	SenderFacility   Party  `json:"sender_facility,omitzero"`              // MSH-4
	Receiver         Party  `json:"receiver,omitzero"`                     // MSH-5
	ReceiverFacility Party  `json:"receiver_facility,omitzero"`            // MSH-6
	Processing       string `json:"processing,omitempty" keep:"one letter, P T or D"`
	Version          string `json:"version,omitempty" keep:"HL7 version"`
	Charset          string `json:"charset,omitempty" keep:"HL7 table 0211"`
}

// Service implements proto.Fact.
func (Message) Service() string { return Name }

// Equipment is a device named inside a message: the one that made an observation
// (OBX-18) or took part (PRT-10).
type Equipment struct {
	Field     string `json:"field" keep:"OBX-18 or PRT-10"`
	ID        string `json:"id,omitempty" keep:"serial or number of a device"`
	Namespace string `json:"namespace,omitempty" keep:"who gave the number"`
	Universal Party  `json:"universal,omitzero"` // third and fourth component
}

// Service implements proto.Fact.
func (Equipment) Service() string { return Name }

// Traffic counts what one side sent, at the end of the session.
type Traffic struct {
	Messages uint64  `json:"messages"`
	Bytes    uint64  `json:"bytes"`
	Longest  uint64  `json:"longest"` // bytes of the longest message
	Types    []Count `json:"types,omitempty"`
	Segments []Count `json:"segments,omitempty"`
	Acks     []Count `json:"acks,omitempty"`   // MSA-1
	Errors   []Count `json:"errors,omitempty"` // ERR-3 codes of table 0357
	MDC      []Count `json:"mdc,omitempty"`    // OBX-3 of coding system MDC (ISO/IEEE 11073-10101)
	// Duplicates is how often a control id came again within the last 64.
	Duplicates uint64 `json:"duplicates,omitempty"`
	// Malformed counts MLLP frames without their start or end bytes.
	Malformed uint64 `json:"malformed,omitempty"`
}

// Service implements proto.Fact.
func (Traffic) Service() string { return Name }

// Count is how often a name came.
type Count struct {
	Name  string `json:"name" keep:"segment name or code, closed form"`
	Count uint64 `json:"count"`
}

// Codec recognises HL7 v2 on any TCP port.
var Codec = proto.Codec{
	Name:   Name,
	Stream: match,
	New:    func() proto.Parser { return &parser{} },
	Facts:  []proto.Fact{Message{}, Equipment{}, Traffic{}},
}

// longMessage is the number of bytes of one side that a match is shown at most.
const longMessage = 4 << 10

// match says Yes when both sides send messages; the answer may also be the bare
// commit acknowledgement of MLLP release 2.
func match(orig, resp []byte, _ proto.Ports) proto.Match {
	a, b := starts(orig), starts(resp)
	switch {
	case a == proto.No && len(orig) > 0, b == proto.No && len(resp) > 0:
		return proto.No
	case a == proto.Yes && len(orig) >= longMessage && orig[0] == startBlock: // fills the probe before its answer
		return proto.Yes
	case len(orig) == 0 || len(resp) == 0:
		return proto.Maybe
	}
	return min(a, b)
}

// starts judges the first bytes of one side.
func starts(b []byte) proto.Match {
	for len(b) > 0 && (b[0] == startBlock || b[0] == cr || b[0] == lf) {
		b = b[1:]
	}
	if len(b) > 0 && (b[0] == 0x06 || b[0] == 0x15) && (len(b) == 1 || b[1] == endBlock) {
		return proto.Yes
	}
	const shortest = len("MSH|^~\\&|")
	for i, names := 0, [3]string{"MFB", "SH", "HS"}; i < 3 && i < len(b); i++ {
		if i == 0 && b[0] != 'M' && b[0] != 'F' && b[0] != 'B' || i > 0 && !contains(names[i], b[i]) {
			return proto.No
		}
	}
	if len(b) < shortest {
		return proto.Maybe
	}
	name, sep := string(b[:3]), b[3]
	if name != "MSH" && name != "FHS" && name != "BHS" || alphanumeric(sep) || b[4] == sep {
		return proto.No
	}
	for _, c := range b[4:8] {
		if alphanumeric(c) || c < 0x20 || c > 0x7e {
			return proto.No
		}
		if c == sep { // fewer encoding characters than four
			break
		}
	}
	return proto.Yes
}

func contains(set string, c byte) bool {
	for i := range len(set) {
		if set[i] == c {
			return true
		}
	}
	return false
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}
