// Package kerberos reads Kerberos 5 messages (RFC 4120) on UDP and TCP: realm,
// encryption types, error codes, and names of machines. Names of people are
// dropped: of principals only machine accounts (ending in $) and the host part
// of host services come out.
package kerberos

import (
	"encoding/binary"
	"strings"

	"ward/wire/proto"
	"ward/wire/proto/ber"
	"ward/wire/proto/record"
)

const name = "kerberos"

// Codec recognises Kerberos by its application tags and version 5.
var Codec = proto.Codec{
	Name:     name,
	Stream:   match,
	Datagram: matchDatagram,
	New:      newParser,
	Facts:    []proto.Fact{Message{}},
}

// Message is one request, reply or error.
type Message struct {
	Type  string `json:"type" keep:"message name from our table"`
	Realm string `json:"realm,omitempty" keep:"name of the organisation's realm"`
	// ETypes are the offered types of a request, or the one of a ticket.
	ETypes []string `json:"etypes,omitempty" keep:"encryption type names"`
	// Weak: DES or RC4 is among them.
	Weak   bool   `json:"weak,omitempty"`
	Host   string `json:"host,omitempty" keep:"machine account of the client"`
	Class  string `json:"class,omitempty" keep:"service class from our list"`
	Server string `json:"server,omitempty" keep:"machine that offers the service"`
	Error  int    `json:"error,omitempty"`
}

// Service implements proto.Fact.
func (Message) Service() string { return name }

const (
	head       = 4 // TCP: length u32, RFC 4120 section 7.2.2
	maxKept    = 16 << 10
	maxMessage = 1 << 20
	maxTypes   = 16
	maxName    = 64
	maxCount   = 16 // messages of a session that are reported
	maxElems   = 24 // elements of one sequence
)

// types by application tag, RFC 4120 section 5.10.
var types = map[byte]string{0x6a: "AS-REQ", 0x6b: "AS-REP", 0x6c: "TGS-REQ", 0x6d: "TGS-REP", 0x7e: "KRB-ERROR"}

func size(h []byte) int {
	if n := binary.BigEndian.Uint32(h); n >= 16 && n <= maxMessage {
		return head + int(n)
	}
	return -1
}

func match(orig, resp []byte, _ proto.Ports) proto.Match {
	return record.Both(matchSide(orig, true), matchSide(resp, false))
}

func matchSide(b []byte, client bool) proto.Match {
	if len(b) < head+1 {
		return proto.Maybe
	}
	if size(b) < 0 {
		return proto.No
	}
	return matchMessage(b[head:], client)
}

func matchDatagram(b []byte, _ proto.Ports) proto.Match {
	return max(matchMessage(b, true), matchMessage(b, false))
}

// matchMessage wants the application tag, the sequence and pvno 5 in it. A
// request has pvno under tag 1, all others under 0.
func matchMessage(b []byte, client bool) proto.Match {
	if _, ok := types[b0(b)]; !ok || (b[0] == 0x6a || b[0] == 0x6c) != client {
		return proto.No
	}
	if len(b) < 16 {
		return proto.Maybe
	}
	_, n, _, err := ber.Header(b)
	if err != nil {
		return proto.No
	}
	tag, m, _, err := ber.Header(b[n:])
	if err != nil || tag != ber.Sequence || len(b) < n+m+5 {
		return proto.No
	}
	v := b[n+m:]
	if v[0] != 0xa0 && v[0] != 0xa1 || v[1] != 3 || v[2] != ber.Integer || v[3] != 1 || v[4] != 5 {
		return proto.No
	}
	return proto.Yes
}

func b0(b []byte) byte {
	if len(b) == 0 {
		return 0
	}
	return b[0]
}

type parser struct {
	sides [2]record.Framer
	known [2]bool // the transport of the direction was decided
	tcp   [2]bool
	count int
}

func newParser() proto.Parser {
	f := record.Framer{Head: head, Keep: maxKept, Size: size}
	return &parser{sides: [2]record.Framer{f, f}}
}

// Data implements proto.Parser. A datagram starts with an application tag, TCP
// with a length whose first byte is zero.
func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	if len(b) == 0 {
		return true
	}
	if !p.known[dir] {
		p.known[dir], p.tcp[dir] = true, b[0] == 0
	}
	if !p.tcp[dir] {
		p.message(dir, b, emit)
		return p.count < maxCount
	}
	p.sides[dir].Data(b, func(rec []byte, _ int) bool {
		p.message(dir, rec[head:], emit)
		return p.count < maxCount
	})
	return p.count < maxCount && !p.sides[dir].Bad()
}

func (p *parser) message(dir proto.Dir, b []byte, emit proto.Emit) {
	if m, ok := parse(b); ok {
		p.count++
		emit(dir, m)
	}
}

func parse(b []byte) (Message, bool) {
	tag, content, _, err := ber.Read(b)
	if err != nil || types[tag] == "" {
		return Message{}, false
	}
	seq, _, err := ber.Expect(content, ber.Sequence)
	if err != nil {
		return Message{}, false
	}
	m := Message{Type: types[tag]}
	switch tag {
	case 0x6a, 0x6c:
		m.request(seq)
	case 0x6b, 0x6d:
		m.reply(seq)
	default:
		m.failure(seq)
	}
	return m, true
}

// request: [4] req-body { [1] cname, [2] realm, [3] sname, [8] etype }.
func (m *Message) request(seq []byte) {
	body, ok := field(seq, 4, ber.Sequence)
	if !ok {
		return
	}
	m.client(body, 1)
	m.realm(body, 2)
	m.service(body, 3)
	list, _ := field(body, 8, ber.Sequence)
	for range maxTypes {
		v, rest, err := ber.ReadInt(list, ber.Integer)
		if err != nil {
			break
		}
		m.etype(v)
		list = rest
	}
}

// reply: [3] crealm, [4] cname, [5] ticket { [1] realm, [2] sname, [3] enc-part { [0] etype } }.
func (m *Message) reply(seq []byte) {
	m.realm(seq, 3)
	m.client(seq, 4)
	outer, ok := ber.Find(seq, 0xa5, maxElems)
	if !ok {
		return
	}
	app, _, err := ber.Expect(outer, 0x61)
	if err != nil {
		return
	}
	ticket, _, err := ber.Expect(app, ber.Sequence)
	if err != nil {
		return
	}
	m.service(ticket, 2)
	if enc, ok := field(ticket, 3, ber.Sequence); ok {
		if c, ok := ber.Find(enc, 0xa0, maxElems); ok {
			if v, _, err := ber.ReadInt(c, ber.Integer); err == nil {
				m.etype(v)
			}
		}
	}
}

// failure: [6] error-code, [9] realm, [10] sname.
func (m *Message) failure(seq []byte) {
	if c, ok := ber.Find(seq, 0xa6, maxElems); ok {
		if v, _, err := ber.ReadInt(c, ber.Integer); err == nil && v >= 0 && v < 1<<16 {
			m.Error = int(v)
		}
	}
	m.realm(seq, 9)
	m.service(seq, 10)
}

// field gives the content of context tag n when it holds an element of kind.
func field(seq []byte, n, kind byte) ([]byte, bool) {
	c, ok := ber.Find(seq, 0xa0|n, maxElems)
	if !ok {
		return nil, false
	}
	v, _, err := ber.Expect(c, kind)
	return v, err == nil
}

const generalString = 0x1b

func (m *Message) realm(seq []byte, n byte) {
	if v, ok := field(seq, n, generalString); ok {
		m.Realm = strings.ToUpper(record.Host(v))
	}
}

// client keeps a name only if it is a machine's account: it ends in $.
func (m *Message) client(seq []byte, n byte) {
	parts := principal(seq, n)
	if len(parts) == 1 && strings.HasSuffix(parts[0], "$") {
		m.Host = strings.TrimSuffix(parts[0], "$")
	}
}

// services that run on machines; a service of another class may carry a
// person's name and is dropped.
var services = map[string]bool{
	"host": true, "cifs": true, "ldap": true, "http": true, "termsrv": true, "rpcss": true, "dns": true, "gc": true, "nfs": true,
	"mssqlsvc": true, "wsman": true, "dicom": true, "imap": true, "smtp": true, "ftp": true, "restrictedkrbhost": true,
}

func (m *Message) service(seq []byte, n byte) {
	parts := principal(seq, n)
	if len(parts) == 1 && strings.HasSuffix(parts[0], "$") {
		m.Server = strings.TrimSuffix(parts[0], "$")
	}
	if len(parts) < 2 {
		return
	}
	switch class := strings.ToLower(parts[0]); {
	case class == "krbtgt":
		m.Class = class
	case services[class]:
		m.Class, m.Server = class, record.Host([]byte(parts[1]))
	}
}

// principal reads PrincipalName { [0] type, [1] SEQUENCE OF GeneralString }.
func principal(seq []byte, n byte) []string {
	p, ok := field(seq, n, ber.Sequence)
	if !ok {
		return nil
	}
	list, ok := field(p, 1, ber.Sequence)
	var parts []string
	for ok && len(parts) < 3 {
		v, rest, err := ber.Expect(list, generalString)
		if err != nil {
			break
		}
		parts, list = append(parts, record.Text(v, maxName)), rest
	}
	return parts
}

func (m *Message) etype(v int64) {
	text := ""
	switch v {
	case 1, 2, 3:
		text = "des"
	case 5, 7, 16:
		text = "3des"
	case 17:
		text = "aes128-sha1"
	case 18:
		text = "aes256-sha1"
	case 19:
		text = "aes128-sha256"
	case 20:
		text = "aes256-sha384"
	case 23:
		text = "rc4"
	case 24, -133, -128, -135:
		text = "rc4-old"
	default:
		return
	}
	m.Weak = m.Weak || text == "des" || strings.HasPrefix(text, "rc4")
	for _, have := range m.ETypes {
		if have == text {
			return
		}
	}
	m.ETypes = append(m.ETypes, text)
}

// Held implements proto.Holder.
func (p *parser) Held() int { return p.sides[0].Held() + p.sides[1].Held() }

// Gap gives a TCP direction up.
func (p *parser) Gap(dir proto.Dir, _ int) { p.sides[dir].Lost() }

// Close implements proto.Parser.
func (p *parser) Close(proto.Emit) {}
