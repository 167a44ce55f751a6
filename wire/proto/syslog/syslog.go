// Package syslog turns log traffic into facts: which hosts and programs log, how
// severe, and for security audit messages (IHE ATNA, DICOM PS3.15 section A.5)
// which events with which outcome.
//
// It reads RFC 3164 and RFC 5424 headers over UDP (RFC 5426) and over TCP with
// octet counting or line ends (RFC 6587). Message text is never kept: device
// logs name patients and staff. Of an audit message only codes and the audit
// source survive; users, objects and queries are passed over.
package syslog

import "ward/wire/proto"

// Name is the service name of log sessions.
const Name = "syslog"

// Header counts the messages of one program on one host since the last such
// Fact of the session.
type Header struct {
	// Format is rfc5424, rfc3164, cisco (a mnemonic but no RFC 3164 tag) or bare
	// (a priority and text that has no known header).
	Format   string `json:"format" keep:"closed set"`
	Hostname string `json:"hostname,omitempty" keep:"name of a host, strict form"`
	AppName  string `json:"app_name,omitempty" keep:"name of a program, strict form"`
	// MsgID is the type of message (RFC 5424 section 6.2.7 or the mnemonic); the
	// first one seen.
	MsgID      string  `json:"msg_id,omitempty" keep:"message type, strict form"`
	Facility   string  `json:"facility" keep:"closed set of RFC 5424 table 1"`
	Messages   uint64  `json:"messages"`
	Severities []Count `json:"severities,omitempty"`
}

// Service implements proto.Fact.
func (Header) Service() string { return Name }

// Audit counts audit messages of one kind since the last such Fact.
type Audit struct {
	EventID   string `json:"event_id" keep:"code of DICOM PS3.16 CID 400"`
	EventName string `json:"event_name,omitempty" keep:"Ward's own name for the code"`
	EventType string `json:"event_type,omitempty" keep:"code of CID 401 or an IHE transaction"`
	TypeName  string `json:"type_name,omitempty" keep:"Ward's own name for the code"`
	Outcome   string `json:"outcome" keep:"closed set"`
	SourceID  string `json:"source_id,omitempty" keep:"name of the auditing system"`
	Count     uint64 `json:"count"`
}

// Service implements proto.Fact.
func (Audit) Service() string { return Name }

// Count is a number of messages of one severity.
type Count struct {
	Name  string `json:"name" keep:"closed set of RFC 5424 table 2"`
	Count uint64 `json:"count"`
}

// Codec recognises syslog on UDP and TCP.
var Codec = proto.Codec{
	Name:     Name,
	Stream:   matchStream,
	Datagram: matchDatagram,
	New:      func() proto.Parser { return &parser{} },
	Facts:    []proto.Fact{Header{}, Audit{}},
}

// port is the one of RFC 5426; RFC 3164 section 4.3.3 calls whatever comes
// there syslog.
const port = 514

// matchDatagram wants a priority and a known header, or a priority on port 514.
func matchDatagram(b []byte, p proto.Ports) proto.Match {
	m, ok := parse(b)
	switch {
	case ok && (m.format != bare || p.Either(port)):
		return proto.Yes
	case ok:
		return proto.Maybe
	}
	return proto.No
}

// matchStream judges the sender; the receiver of syslog sends nothing.
func matchStream(orig, resp []byte, _ proto.Ports) proto.Match {
	if len(orig) == 0 || len(resp) > 0 {
		return proto.No
	}
	b := orig
	if b[0] >= '1' && b[0] <= '9' { // octet counting
		n := 0
		for n < len(b) && n < maxDigits && b[n] >= '0' && b[n] <= '9' {
			n++
		}
		switch {
		case n == len(b):
			return proto.Maybe
		case b[n] != ' ':
			return proto.No
		}
		if b = b[n+1:]; len(b) == 0 {
			return proto.Maybe
		}
	}
	if b[0] != '<' {
		return proto.No
	}
	if m, ok := parse(b); ok {
		if m.format == bare {
			return proto.Maybe
		}
		return proto.Yes
	}
	if len(b) < len("<191>") {
		return proto.Maybe
	}
	return proto.No
}
