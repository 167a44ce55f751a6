// Package ldap reads LDAP sessions (RFC 4511): how clients bind, whether a
// password crosses in clear, and what a directory server says of itself in its
// root entry. Names of people, search bases, filters and entries are never kept.
package ldap

import (
	"bytes"

	"ward/wire/proto"
	"ward/wire/proto/ber"
	"ward/wire/proto/ntlm"
	"ward/wire/proto/record"
	"ward/wire/proto/tls"
)

const name = "ldap"

// Codec recognises LDAP by a message of each side, on TCP and UDP (CLDAP).
var Codec = proto.Codec{
	Name:     name,
	Stream:   match,
	Datagram: matchDatagram,
	New:      newParser,
	Facts:    append([]proto.Fact{Bind{}, Root{}, StartTLS{}, ntlm.Host{}}, tls.Codec.Facts...),
}

// Bind is one authentication with its result.
type Bind struct {
	Version   int    `json:"version"`
	Kind      string `json:"kind" keep:"anonymous, unauthenticated, simple or sasl"`
	Mechanism string `json:"mechanism,omitempty" keep:"SASL mechanism name"`
	// Cleartext: a password was sent without TLS.
	Cleartext bool `json:"cleartext"`
	// Result is the server's code (RFC 4511, appendix A), -1 if it was not seen.
	Result int `json:"result"`
}

// Root is what the server's root entry says of the server (RFC 4512, section 5.1).
type Root struct {
	Host    string `json:"host,omitempty" keep:"DNS name of the server"`
	Vendor  string `json:"vendor,omitempty" keep:"maker of the server"`
	Version string `json:"version,omitempty" keep:"version of the server"`
	Level   string `json:"level,omitempty" keep:"functional level of a Windows domain controller"`
}

// StartTLS says whether the server took the change to TLS.
type StartTLS struct {
	Accepted bool `json:"accepted"`
}

func (Bind) Service() string     { return name }
func (Root) Service() string     { return name }
func (StartTLS) Service() string { return name }

// Protocol operations, RFC 4511 section 4.2 and on.
const (
	opBindRequest  = 0x60
	opBindResponse = 0x61
	opUnbind       = 0x42
	opSearchEntry  = 0x64
	opAbandon      = 0x50
	opDelete       = 0x4a
	opExtended     = 0x77
	opExtendedDone = 0x78

	head       = 6 // enough for the outer header, lengths of up to four bytes
	maxKept    = 8 << 10
	maxMessage = 4 << 20
	maxCount   = 200 // messages of a session that are read
	maxText    = 64
	maxBinds   = 16
)

const oidStartTLS = "1.3.6.1.4.1.1466.20037"

func size(h []byte) int {
	tag, header, length, err := ber.Header(h)
	if err != nil || tag != ber.Sequence || length > maxMessage {
		return -1
	}
	return header + length
}

func match(orig, resp []byte, _ proto.Ports) proto.Match {
	return record.Both(matchSide(orig, true), matchSide(resp, false))
}

func matchDatagram(b []byte, _ proto.Ports) proto.Match {
	if size(b) != len(b) {
		return proto.No
	}
	return max(matchSide(b, true), matchSide(b, false))
}

// matchSide wants SEQUENCE { messageID INTEGER, operation } with an operation
// that its side may send.
func matchSide(b []byte, client bool) proto.Match {
	if len(b) < head+3 {
		if len(b) > 0 && b[0] != ber.Sequence {
			return proto.No
		}
		return proto.Maybe
	}
	_, header, _, err := ber.Header(b)
	if err != nil || size(b) < 7 || header+2 >= len(b) {
		return proto.No
	}
	id, rest, err := ber.ReadInt(b[header:], ber.Integer)
	if err != nil || id < 0 || id > 1<<31-1 || len(rest) == 0 {
		return proto.No
	}
	if requestOp(rest[0]) && client || responseOp(rest[0]) && !client {
		return proto.Yes
	}
	return proto.No
}

func requestOp(op byte) bool {
	switch op {
	case opBindRequest, 0x63, 0x66, 0x68, 0x6c, 0x6e, opExtended, opUnbind, opDelete, opAbandon:
		return true
	}
	return false
}

func responseOp(op byte) bool {
	switch op {
	case opBindResponse, opSearchEntry, 0x65, 0x67, 0x69, 0x6b, 0x6d, 0x6f, 0x73, opExtendedDone, 0x79:
		return true
	}
	return false
}

type parser struct {
	sides   [2]record.Framer
	pending Bind
	waiting bool // pending has no answer yet
	binds   int
	asked   bool // StartTLS
	root    bool
	tls     proto.Parser
	count   int
}

func newParser() proto.Parser {
	f := record.Framer{Head: head, Keep: maxKept, Size: size}
	return &parser{sides: [2]record.Framer{f, f}}
}

// Data implements proto.Parser.
func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	if p.tls != nil {
		return p.tls.Data(dir, b, emit)
	}
	p.sides[dir].Data(b, func(rec []byte, _ int) bool {
		p.count++
		p.message(dir, rec, emit)
		return p.tls == nil && p.count < maxCount
	})
	return p.count < maxCount && !p.sides[dir].Bad()
}

func (p *parser) message(dir proto.Dir, rec []byte, emit proto.Emit) {
	_, header, _, err := ber.Header(rec)
	if err != nil {
		return
	}
	_, rest, err := ber.ReadInt(rec[header:], ber.Integer)
	if err != nil {
		return
	}
	op, body, _, err := ber.Read(rest)
	if err != nil {
		return
	}
	switch op {
	case opBindRequest:
		p.bind(dir, body, emit)
	case opBindResponse:
		p.bound(dir, body, emit)
	case opSearchEntry:
		p.entry(dir, body, emit)
	case opExtended:
		oid, _, err := ber.Expect(body, 0x80)
		p.asked = err == nil && string(oid) == oidStartTLS
	case opExtendedDone:
		if p.asked {
			p.asked = false
			code, _, err := ber.ReadInt(body, ber.Enumerated)
			emit(dir, StartTLS{Accepted: err == nil && code == 0})
			if err == nil && code == 0 {
				p.tls = tls.New()
			}
		}
	}
}

// bind reads version, name and authentication (RFC 4511, section 4.2). Of the
// name and the password only the lengths are looked at.
func (p *parser) bind(dir proto.Dir, body []byte, emit proto.Emit) {
	version, rest, err := ber.ReadInt(body, ber.Integer)
	if err != nil {
		return
	}
	dn, rest, err := ber.Expect(rest, ber.OctetString)
	if err != nil {
		return
	}
	tag, value, _, err := ber.Read(rest)
	if err != nil {
		return
	}
	b := Bind{Version: int(version), Result: -1}
	switch {
	case tag == 0x80 && len(value) > 0:
		b.Kind, b.Cleartext = "simple", true
	case tag == 0x80 && len(dn) > 0:
		b.Kind = "unauthenticated"
	case tag == 0x80:
		b.Kind = "anonymous"
	default:
		b.Kind = "sasl"
		b.Mechanism = mechanism(tag, value)
		b.Cleartext = b.Mechanism == "PLAIN" || b.Mechanism == "LOGIN"
		if h, ok := ntlm.Find(value, name); ok {
			emit(dir, h)
		}
	}
	p.flush(dir, emit)
	p.pending, p.waiting = b, true
}

// mechanism names the SASL mechanism, or Microsoft's own NTLM choices (9, 10, 11).
func mechanism(tag byte, value []byte) string {
	if tag != 0xa3 {
		return "NTLM"
	}
	m, _, err := ber.Expect(value, ber.OctetString)
	if err != nil || len(m) > 20 {
		return ""
	}
	switch s := string(bytes.ToUpper(m)); s {
	case "PLAIN", "LOGIN", "EXTERNAL", "GSSAPI", "GSS-SPNEGO", "DIGEST-MD5", "CRAM-MD5", "NTLM", "SCRAM-SHA-1", "SCRAM-SHA-256":
		return s
	}
	return "other"
}

func (p *parser) bound(dir proto.Dir, body []byte, emit proto.Emit) {
	if h, ok := ntlm.Find(body, name); ok {
		emit(dir, h)
	}
	code, _, err := ber.ReadInt(body, ber.Enumerated)
	if err != nil || !p.waiting {
		return
	}
	const inProgress = 14 // saslBindInProgress: the same bind goes on
	p.pending.Result = int(code)
	if code == inProgress {
		p.waiting = false
		return
	}
	p.flush(dir.Other(), emit)
}

// flush reports the bind that was waiting, on the client's side.
func (p *parser) flush(client proto.Dir, emit proto.Emit) {
	if p.waiting && p.binds < maxBinds {
		p.binds++
		emit(client, p.pending)
	}
	p.waiting = false
}

// entry reads a search result only if its name is empty: that is the root entry.
func (p *parser) entry(dir proto.Dir, body []byte, emit proto.Emit) {
	dn, rest, err := ber.Expect(body, ber.OctetString)
	if err != nil || len(dn) != 0 || p.root {
		return
	}
	list, _, err := ber.Expect(rest, ber.Sequence)
	if err != nil {
		return
	}
	var r Root
	for range 64 {
		attr, more, err := ber.Expect(list, ber.Sequence)
		if err != nil {
			break
		}
		r.attribute(attr)
		list = more
	}
	if r != (Root{}) {
		p.root = true
		emit(dir, r)
	}
}

func (r *Root) attribute(attr []byte) {
	key, rest, err := ber.Expect(attr, ber.OctetString)
	if err != nil {
		return
	}
	set, _, err := ber.Expect(rest, ber.Set)
	if err != nil {
		return
	}
	value, _, err := ber.Expect(set, ber.OctetString)
	if err != nil {
		return
	}
	switch string(bytes.ToLower(key)) {
	case "dnshostname":
		r.Host = record.Host(value)
	case "vendorname":
		r.Vendor = record.Text(value, maxText)
	case "vendorversion":
		r.Version = record.Text(value, maxText)
	case "domaincontrollerfunctionality":
		r.Level = record.Text(value, 4)
	}
}

// Held implements proto.Holder.
func (p *parser) Held() int { return p.sides[0].Held() + p.sides[1].Held() + proto.Held(p.tls) }

// Gap gives the direction up.
func (p *parser) Gap(dir proto.Dir, n int) {
	if p.tls != nil {
		p.tls.Gap(dir, n)
		return
	}
	p.sides[dir].Lost()
}

// Close reports a bind without an answer.
func (p *parser) Close(emit proto.Emit) { p.flush(proto.Orig, emit) }
