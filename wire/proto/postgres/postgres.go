// Package postgres reads the start of a PostgreSQL session (frontend/backend
// protocol 3.0): TLS, the authentication method and the server's version. User,
// database, statements and rows are never kept.
package postgres

import (
	"bytes"
	"encoding/binary"

	"ward/wire/proto"
	"ward/wire/proto/record"
	"ward/wire/proto/tls"
)

const name = "postgres"

// Codec recognises PostgreSQL by a start-up message and its answer.
var Codec = proto.Codec{
	Name:   name,
	Stream: match,
	New:    newParser,
	Facts:  append([]proto.Fact{Startup{}, Server{}, Auth{}}, tls.Codec.Facts...),
}

// Startup says how the session began.
type Startup struct {
	TLSAsked    bool `json:"tls_asked"`
	TLSAccepted bool `json:"tls_accepted"`
}

// Server is what the server reports of itself.
type Server struct {
	Version string `json:"version" keep:"product version"`
}

// Auth is the authentication method that the server demanded.
type Auth struct {
	Method string `json:"method" keep:"method name from our table"`
}

func (Startup) Service() string { return name }
func (Server) Service() string  { return name }
func (Auth) Service() string    { return name }

// Codes of messages without a type byte.
const (
	codeStartup3 = 196608
	codeCancel   = 80877102
	codeTLS      = 80877103
	codeGSS      = 80877104

	maxStartup = 10000
	maxKept    = 512
	maxCount   = 40 // messages of the server that are read
	maxText    = 48
)

func match(orig, resp []byte, _ proto.Ports) proto.Match {
	return record.Both(matchClient(orig), matchServer(resp))
}

func matchClient(b []byte) proto.Match {
	if len(b) < 8 {
		if len(b) > 0 && b[0] != 0 || len(b) > 1 && b[1] != 0 {
			return proto.No
		}
		return proto.Maybe
	}
	n, code := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
	switch {
	case code == codeTLS && n == 8, code == codeGSS && n == 8, code == codeCancel && n == 16:
		return proto.Yes
	case code>>16 == 3 && code&0xffff <= 2 && n > 8 && n <= maxStartup:
		if len(b) == 8 {
			return proto.Maybe
		}
		if b[8] >= 'a' && b[8] <= 'z' { // the name of the first parameter
			return proto.Yes
		}
	}
	return proto.No
}

func matchServer(b []byte) proto.Match {
	if len(b) == 0 {
		return proto.Maybe
	}
	switch b[0] {
	case 'S', 'N':
		if len(b) == 1 || b[1] == 0x16 || b[1] == 0x15 || b[0] == 'N' && (b[1] == 'R' || b[1] == 'E' || b[1] == 0) {
			return proto.Yes
		}
	case 'G': // GSS encryption follows
		if len(b) == 1 {
			return proto.Yes
		}
	case 'R', 'E':
		if len(b) < 5 || b[1] == 0 && b[2] == 0 {
			return proto.Yes
		}
	}
	return proto.No
}

type parser struct {
	client  record.Framer
	server  record.Framer
	start   Startup
	said    bool
	waiting bool // for the one-byte answer to a TLS or GSS request
	gss     bool
	tls     proto.Parser
	count   int
}

func newParser() proto.Parser {
	return &parser{
		client: record.Framer{Head: 8, Keep: 8, Size: startupSize},
		server: record.Framer{Head: 5, Keep: maxKept, Size: func(h []byte) int { return 1 + int(binary.BigEndian.Uint32(h[1:])&0x3fffffff) }},
	}
}

func startupSize(h []byte) int {
	if n := binary.BigEndian.Uint32(h); n >= 8 && n <= maxStartup {
		return int(n)
	}
	return -1
}

// Data implements proto.Parser.
func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	if p.tls != nil {
		return p.tls.Data(dir, b, emit)
	}
	if dir == proto.Orig {
		if !p.said {
			p.client.Data(b, func(rec []byte, _ int) bool {
				p.request(rec, emit)
				return !p.said
			})
		}
		return true
	}
	if p.waiting && len(b) > 0 {
		p.answer(b[0], emit)
		b = b[1:]
		if p.tls != nil {
			return p.tls.Data(dir, b, emit)
		}
	}
	p.server.Data(b, func(rec []byte, _ int) bool {
		p.count++
		message(dir, rec, emit)
		return p.count < maxCount
	})
	return p.count < maxCount && !p.server.Bad()
}

func (p *parser) request(rec []byte, emit proto.Emit) {
	switch code := binary.BigEndian.Uint32(rec[4:]); code {
	case codeTLS, codeGSS:
		p.waiting, p.gss = true, code == codeGSS
		p.start.TLSAsked = p.start.TLSAsked || code == codeTLS
	case codeStartup3, codeStartup3 + 2:
		p.said = true
		emit(proto.Orig, p.start)
	}
}

func (p *parser) answer(c byte, emit proto.Emit) {
	p.waiting = false
	if c == 'S' && !p.gss {
		p.start.TLSAccepted, p.said = true, true
		emit(proto.Orig, p.start)
		p.tls = tls.New()
	}
}

// message reads one message of the server: type, length u32, body.
func message(dir proto.Dir, rec []byte, emit proto.Emit) {
	body := rec[5:]
	switch rec[0] {
	case 'R':
		if len(body) < 4 {
			return
		}
		if m := methods[binary.BigEndian.Uint32(body)]; m != "" {
			emit(dir, Auth{Method: m})
		}
	case 'S': // ParameterStatus: name, value
		key, rest, _ := bytes.Cut(body, []byte{0})
		if string(key) == "server_version" {
			value, _, _ := bytes.Cut(rest, []byte{0})
			emit(dir, Server{Version: record.Text(value, maxText)})
		}
	}
}

// methods by the code of an Authentication message; 0 (trust or done) comes
// after every method and says nothing, SASL's further steps neither.
var methods = map[uint32]string{2: "kerberos", 3: "cleartext", 5: "md5", 6: "scm", 7: "gss", 9: "sspi", 10: "scram"}

// Held implements proto.Holder.
func (p *parser) Held() int { return p.client.Held() + p.server.Held() + proto.Held(p.tls) }

// Gap gives the direction up.
func (p *parser) Gap(dir proto.Dir, n int) {
	switch {
	case p.tls != nil:
		p.tls.Gap(dir, n)
	case dir == proto.Orig:
		p.client.Lost()
	default:
		p.server.Lost()
	}
}

// Close implements proto.Parser.
func (p *parser) Close(proto.Emit) {}
