// Package lis2a2 turns laboratory analyser traffic into facts: which analyser
// sends, in what version, how many records. Frames are those of LIS01-A2 (ASTM
// E1381), records those of LIS2-A2 (ASTM E1394); records without frames are read too.
//
// Only the header record is read, and of it only sender, processing id and
// version. Passwords (H-4), patients, orders, results and comments are passed
// over; of them just the first letter is counted.
package lis2a2

import (
	"strings"

	"ward/wire/proto"
)

// Name is the service name of analyser sessions.
const Name = "lis2a2"

// Sender is the header record of a message (LIS2-A2 section 6). Each distinct
// one is emitted once.
type Sender struct {
	// Components are H-5 as sent, the empty ones included.
	Components []string `json:"components,omitempty" keep:"model, version, serial of an analyser"`
	// Model, Version and Serial are put in place by known maker orders.
	Model   string `json:"model,omitempty" keep:"analyser model"`
	Version string `json:"version,omitempty" keep:"analyser software"`
	Serial  string `json:"serial,omitempty" keep:"analyser serial number"`
	// Guessed says that no known maker order fits and that the usual order,
	// model, version, serial, was taken by the look of the components.
	Guessed bool `json:"guessed,omitempty"`
	// Processing is H-12: P production, T training, D debugging, Q quality control.
	Processing string `json:"processing,omitempty" keep:"one letter"`
	// Protocol is H-13, "E1394-97", "LIS2-A2" or "1".
	Protocol string `json:"protocol,omitempty" keep:"version of the standard"`
}

// Service implements proto.Fact.
func (Sender) Service() string { return Name }

// Traffic counts what one side sent, at the end of the session.
type Traffic struct {
	Frames    uint64   `json:"frames"`
	Records   []Record `json:"records,omitempty"`
	Checksums uint64   `json:"checksum_errors,omitempty"`
	Unframed  uint64   `json:"unframed,omitempty"` // records outside frames
	Acks      uint64   `json:"acks,omitempty"`
	Naks      uint64   `json:"naks,omitempty"`
	Enquiries uint64   `json:"enquiries,omitempty"`
}

// Service implements proto.Fact.
func (Traffic) Service() string { return Name }

// Record is a number of records of one type.
type Record struct {
	Type  string `json:"type" keep:"one letter, closed set"`
	Count uint64 `json:"count"`
}

// Codec recognises LIS2-A2 on any TCP port.
var Codec = proto.Codec{
	Name:   Name,
	Stream: match,
	New:    func() proto.Parser { return &parser{} },
	Facts:  []proto.Fact{Sender{}, Traffic{}},
}

// match wants an enquiry or header on one side and control characters on the other.
func match(orig, resp []byte, _ proto.Ports) proto.Match {
	return max(pair(orig, resp), pair(resp, orig))
}

func pair(sender, receiver []byte) proto.Match {
	s := sends(sender)
	if s == proto.No || !replies(receiver) {
		return proto.No
	}
	if len(receiver) == 0 {
		return proto.Maybe
	}
	return s
}

// sends judges the side that holds the records.
func sends(b []byte) proto.Match {
	if len(b) == 0 {
		return proto.No
	}
	enquired := false
	for len(b) > 0 && b[0] == enq {
		b, enquired = b[1:], true
	}
	if enquired && len(b) == 0 || enquired && b[0] == eot {
		return proto.Maybe
	}
	framed := len(b) > 0 && b[0] == stx
	if framed {
		if len(b) < 3 {
			return proto.Maybe
		}
		if b[1] < '0' || b[1] > '7' {
			return proto.No
		}
		b = b[2:]
	}
	switch {
	case headerStart(b):
		return proto.Yes
	case framed && len(b) > 1 && strings.IndexByte(recordTypes, b[0]) >= 0 && !alphanumeric(b[1]):
		return proto.Yes
	case framed && len(b) < 2:
		return proto.Maybe
	}
	return proto.No
}

// headerStart tells a header record: H, field delimiter, then delimiters up to
// the next field delimiter. Some senders leave the last out or double one.
func headerStart(b []byte) bool {
	const most = 6 // delimiters, a doubled one included
	if len(b) < 5 || b[0] != 'H' {
		return false
	}
	for i, c := range b[1:min(len(b), 1+most)] {
		if i > 0 && c == b[1] {
			return i >= 3
		}
		if c <= ' ' || c > 0x7e || alphanumeric(c) {
			return false
		}
	}
	return false
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// replies tells whether b is nothing but the receiver's control characters.
func replies(b []byte) bool {
	for i, c := range b {
		if c != ack && c != nak && c != enq && c != eot {
			return i > 0 && c == stx // after the answers it sends records of its own
		}
	}
	return true
}
