// Package mssql reads the opening of a SQL Server session ([MS-TDS]): version and
// encryption of the pre-login exchange, and of a cleartext login the client's
// computer and program. User names, passwords, databases and statements are
// never kept.
package mssql

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"

	"ward/wire/proto"
	"ward/wire/proto/defaults"
	"ward/wire/proto/ntlm"
	"ward/wire/proto/record"
	"ward/wire/proto/tls"
)

const name = "mssql"

// Codec recognises TDS by a pre-login of each side.
var Codec = proto.Codec{
	Name:   name,
	Stream: match,
	New:    newParser,
	Facts:  append([]proto.Fact{Server{}, Client{}, Login{}, ntlm.Host{}}, tls.Codec.Facts...),
}

// Server is what the server's pre-login says.
type Server struct {
	Version    string `json:"version" keep:"product version"`
	Release    string `json:"release,omitempty" keep:"release name from our table"`
	Encryption string `json:"encryption,omitempty" keep:"setting from our list"`
}

// Client is what the login message says of the client.
type Client struct {
	Host string `json:"host,omitempty" keep:"computer name of the client"`
	App  string `json:"app,omitempty" keep:"program name of the client"`
}

// Login is a SQL login sent without TLS.
type Login struct {
	Default bool `json:"default"` // a shipped default pair
}

func (Server) Service() string { return name }
func (Client) Service() string { return name }
func (Login) Service() string  { return name }

// Packet types, [MS-TDS] 2.2.3.1.1.
const (
	typeBatch    = 0x01
	typeRPC      = 0x03
	typeResponse = 0x04
	typeLogin7   = 0x10
	typeSSPI     = 0x11
	typePrelogin = 0x12

	head     = 8 // type, status, length u16, spid u16, packet, window
	maxKept  = 4 << 10
	maxCount = 32 // packets of a session that are read
	maxName  = 64
)

func size(h []byte) int {
	if h[0] > 0x1f || h[1] > 0x1f {
		return -1
	}
	return int(h[2])<<8 | int(h[3])
}

func match(orig, resp []byte, _ proto.Ports) proto.Match {
	return record.Both(matchSide(orig, typePrelogin), matchSide(resp, typeResponse))
}

// matchSide wants a pre-login, whose first option is VERSION (0) of six bytes;
// in a session joined in the middle a request with its transaction header, or
// an answer that starts with a known token.
func matchSide(b []byte, kind byte) proto.Match {
	if len(b) == 0 {
		return proto.Maybe
	}
	batch := kind == typePrelogin && (b[0] == typeBatch || b[0] == typeRPC)
	if b[0] != kind && !batch {
		return proto.No
	}
	if len(b) < head+8 {
		return proto.Maybe
	}
	body := b[head:]
	prelogin := size(b) >= head+6 && b[1] == 1 && body[0] == 0 && body[3] == 0 && body[4] == 6
	switch {
	case batch && request(b[1], body),
		!batch && prelogin,
		kind == typeResponse && b[1] <= 1 && size(b) > head && bytes.IndexByte(tokens, body[0]) >= 0 && b[7] == 0:
		return proto.Yes
	}
	return proto.No
}

// request tells a batch or procedure call: status bits, then the transaction
// header of 22 bytes or (before TDS 7.2) UTF-16 text.
func request(status byte, body []byte) bool {
	if status&^0x1d != 0 {
		return false
	}
	wide := body[1] == 0 && body[3] == 0 && body[5] == 0 && body[7] == 0 && body[2] >= ' ' && body[2] < 127 && body[4] >= ' ' && body[4] < 127
	return wide || binary.LittleEndian.Uint32(body) == 22 && binary.LittleEndian.Uint32(body[4:]) == 18
}

// tokens that start an answer: return status, column data, row set, order,
// error, information, login acknowledged, environment change, done.
var tokens = []byte{0x79, 0x81, 0xa9, 0xaa, 0xab, 0xad, 0xd1, 0xe3, 0xfd, 0xfe, 0xff}

type parser struct {
	sides    [2]record.Framer
	tls      proto.Parser
	packets  int
	answered bool
}

func newParser() proto.Parser {
	f := record.Framer{Head: head, Keep: maxKept, Size: size}
	return &parser{sides: [2]record.Framer{f, f}}
}

// Data implements proto.Parser.
func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	p.sides[dir].Data(b, func(rec []byte, _ int) bool {
		p.packets++
		p.packet(dir, rec, emit)
		return p.packets < maxCount
	})
	return p.packets < maxCount && !p.sides[dir].Bad()
}

func (p *parser) packet(dir proto.Dir, rec []byte, emit proto.Emit) {
	body := rec[head:]
	switch rec[0] {
	case typePrelogin:
		if len(body) > 0 && body[0] == 0x16 || p.tls != nil && len(body) > 0 && body[0] != 0 {
			p.handshake(dir, body, emit)
		}
	case typeResponse:
		if !p.answered {
			p.answered = true
			if s, ok := parsePrelogin(body); ok {
				emit(dir, s)
			}
		}
		if h, ok := ntlm.Find(body, name); ok {
			emit(dir, h)
		}
	case typeLogin7:
		login(dir, body, emit)
	case typeSSPI:
		if h, ok := ntlm.Find(body, name); ok {
			emit(dir, h)
		}
	}
}

// handshake passes TLS records that travel inside pre-login packets.
func (p *parser) handshake(dir proto.Dir, body []byte, emit proto.Emit) {
	if p.tls == nil {
		p.tls = tls.New()
	}
	p.tls.Data(dir, body, emit)
}

// parsePrelogin reads the option list: token u8, offset u16, length u16
// ([MS-TDS] 2.2.6.5).
func parsePrelogin(b []byte) (Server, bool) {
	var s Server
	for i := 0; i+5 <= len(b) && b[i] != 0xff && i < 5*16; i += 5 {
		off, n := int(b[i+1])<<8|int(b[i+2]), int(b[i+3])<<8|int(b[i+4])
		if off+n > len(b) {
			return Server{}, false
		}
		value := b[off : off+n]
		switch {
		case b[i] == 0 && n == 6:
			s.Version = fmt.Sprintf("%d.%d.%d", value[0], value[1], binary.BigEndian.Uint16(value[2:]))
			s.Release = release(value[0], value[1])
		case b[i] == 1 && n == 1 && value[0] <= 3:
			s.Encryption = []string{"off", "on", "not supported", "required"}[value[0]]
		}
	}
	return s, s.Version != ""
}

func release(major, minor byte) string {
	switch {
	case major == 10 && minor >= 50:
		return "SQL Server 2008 R2"
	case int(major) < len(releases):
		return releases[major]
	}
	return ""
}

// releases by major version.
var releases = [...]string{
	7: "SQL Server 7", 8: "SQL Server 2000", 9: "SQL Server 2005", 10: "SQL Server 2008", 11: "SQL Server 2012", 12: "SQL Server 2014",
	13: "SQL Server 2016", 14: "SQL Server 2017", 15: "SQL Server 2019", 16: "SQL Server 2022", 17: "SQL Server 2025",
}

// login reads LOGIN7 ([MS-TDS] 2.2.6.4): 36 bytes, then offset u16 and count u16
// of host name, user, password and program.
func login(dir proto.Dir, b []byte, emit proto.Emit) {
	if len(b) < 94 {
		return
	}
	field := func(at int) []byte {
		off, n := int(binary.LittleEndian.Uint16(b[at:])), 2*int(binary.LittleEndian.Uint16(b[at+2:]))
		if off+n > len(b) {
			return nil
		}
		return b[off : off+n]
	}
	c := Client{Host: record.UTF16(field(36), maxName), App: record.UTF16(field(48), maxName)}
	if c != (Client{}) {
		emit(dir, c)
	}
	if user := record.UTF16(field(40), maxName); user != "" {
		emit(dir, Login{Default: defaults.Known(strings.ToLower(user), reveal(field(44)))})
	}
	if h, ok := ntlm.Find(b, name); ok {
		emit(dir, h)
	}
}

// reveal undoes the obfuscation of the password, only to compare it: each byte
// was turned by half and mixed with A5 hex.
func reveal(b []byte) string {
	plain := make([]byte, len(b))
	for i, c := range b {
		c ^= 0xa5
		plain[i] = c<<4 | c>>4
	}
	text := record.UTF16(plain, maxName)
	clear(plain)
	return text
}

// Held implements proto.Holder.
func (p *parser) Held() int { return p.sides[0].Held() + p.sides[1].Held() + proto.Held(p.tls) }

// Gap gives the direction up.
func (p *parser) Gap(dir proto.Dir, _ int) { p.sides[dir].Lost() }

// Close implements proto.Parser.
func (p *parser) Close(proto.Emit) {}
