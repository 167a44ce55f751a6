// Package mysql reads the greeting of a MySQL or MariaDB server and the client's
// first answer (MySQL client/server protocol, connection phase): version,
// authentication plugin and whether TLS is used. User and database names are
// never kept.
package mysql

import (
	"bytes"
	"encoding/binary"

	"ward/wire/proto"
	"ward/wire/proto/record"
	"ward/wire/proto/tls"
)

const name = "mysql"

// Codec recognises MySQL by a greeting and an answer numbered 1.
var Codec = proto.Codec{
	Name:   name,
	Stream: match,
	New:    newParser,
	Facts:  append([]proto.Fact{Server{}, Session{}}, tls.Codec.Facts...),
}

// Server is what the greeting says.
type Server struct {
	Version string `json:"version" keep:"product version"`
	Plugin  string `json:"plugin,omitempty" keep:"authentication plugin"`
	TLS     bool   `json:"tls"` // it can change to TLS
}

// Session says how the client went on.
type Session struct {
	TLS bool `json:"tls"`
	// NoPassword: the login carried no proof of a password.
	NoPassword bool `json:"no_password,omitempty"`
}

func (Server) Service() string  { return name }
func (Session) Service() string { return name }

const (
	head     = 4 // length u24, sequence u8
	maxKept  = 1 << 10
	maxText  = 64
	capTLS   = 0x0800
	capPlug  = 0x00080000
	cap41    = 0x0200
	protocol = 10
	refusal  = 0xff // instead of the greeting: error u16 and text
	port     = 3306
)

func size(h []byte) int { return head + int(h[0]) + int(h[1])<<8 + int(h[2])<<16 }

// match: the server speaks first, so that a client alone needs the port.
func match(orig, resp []byte, p proto.Ports) proto.Match {
	if len(resp) == 0 && len(orig) >= head && !p.Either(port) {
		return proto.No
	}
	return record.Both(matchClient(orig), matchServer(resp))
}

// matchServer wants sequence 0, protocol 10 and a version that starts with a digit.
func matchServer(b []byte) proto.Match {
	if len(b) < head+3 {
		if len(b) > 3 && b[3] != 0 || len(b) > 2 && b[2] != 0 {
			return proto.No
		}
		return proto.Maybe
	}
	if b[head] == refusal {
		return matchRefusal(b)
	}
	end := bytes.IndexByte(b[head+1:min(len(b), head+1+maxText)], 0)
	if b[2] != 0 || b[3] != 0 || b[head] != protocol || b[head+1] < '0' || b[head+1] > '9' || end < 3 || size(b) < head+end+20 || size(b) > maxKept {
		return proto.No
	}
	return proto.Yes
}

// matchRefusal wants one error of the server range (1000 to 4999) and its text.
func matchRefusal(b []byte) proto.Match {
	const text = head + 3
	if len(b) < text+1 {
		return proto.Maybe
	}
	code := binary.LittleEndian.Uint16(b[head+1:])
	if b[2] != 0 || b[3] != 0 || code < 1000 || code > 4999 || size(b) > maxKept || b[text] < ' ' || b[text] > '~' {
		return proto.No
	}
	return proto.Yes
}

func matchClient(b []byte) proto.Match {
	if len(b) < head {
		return proto.Maybe
	}
	if b[2] != 0 || b[3] != 1 || size(b) < head+32 && size(b) != head+4 || size(b) > 4*maxKept {
		return proto.No
	}
	return proto.Yes
}

type parser struct {
	sides [2]record.Framer
	tls   proto.Parser
	done  bool
}

func newParser() proto.Parser {
	f := record.Framer{Head: head, Keep: maxKept, Size: size}
	return &parser{sides: [2]record.Framer{f, f}}
}

// Data implements proto.Parser.
func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	for p.tls == nil && !p.done && len(b) > 0 {
		var rec []byte // one packet at a time: TLS may follow in the same segment
		if rec, _, b = p.sides[dir].Next(b); rec != nil {
			p.packet(dir, rec, emit)
		}
	}
	if p.tls != nil {
		return p.tls.Data(dir, b, emit)
	}
	return !p.done
}

func (p *parser) packet(dir proto.Dir, rec []byte, emit proto.Emit) {
	if dir == proto.Resp {
		if s, ok := greeting(rec); ok {
			emit(dir, s)
		}
		return
	}
	if rec[3] != 1 || len(rec) < head+4 {
		return
	}
	caps := binary.LittleEndian.Uint32(rec[head:])
	if caps&capTLS != 0 && len(rec) == head+32 {
		p.tls = tls.New()
		emit(dir, Session{TLS: true})
		return
	}
	p.done = true
	emit(dir, Session{NoPassword: caps&cap41 != 0 && emptyProof(rec[head:])})
}

// greeting reads protocol u8, version, thread u32, scramble 8, filler, caps u16,
// charset u8, status u16, caps u16, scramble length u8, 10 more, scramble, plugin.
func greeting(rec []byte) (Server, bool) {
	if len(rec) < head+2 || rec[head] != protocol {
		return Server{}, false
	}
	version, rest, ok := bytes.Cut(rec[head+1:], []byte{0})
	if !ok || len(rest) < 15 {
		return Server{}, false
	}
	version = bytes.TrimPrefix(version, []byte("5.5.5-")) // MariaDB's, for old replicas
	s := Server{Version: record.Text(version, maxText), TLS: binary.LittleEndian.Uint16(rest[13:])&capTLS != 0}
	if len(rest) < 31 {
		return s, true
	}
	caps := uint32(binary.LittleEndian.Uint16(rest[13:])) | uint32(binary.LittleEndian.Uint16(rest[18:]))<<16
	from := 31 + max(13, int(rest[20])-8)
	if caps&capPlug != 0 && len(rest) > from {
		plugin, _, _ := bytes.Cut(rest[from:], []byte{0})
		s.Plugin = record.Text(plugin, maxText)
	}
	return s, true
}

// emptyProof: behind 32 fixed bytes stand the user name, NUL, and the proof with
// its length in front. The name is passed over.
func emptyProof(b []byte) bool {
	if len(b) < 34 {
		return false
	}
	_, rest, ok := bytes.Cut(b[32:], []byte{0})
	return ok && len(rest) > 0 && rest[0] == 0
}

// Held implements proto.Holder.
func (p *parser) Held() int { return p.sides[0].Held() + p.sides[1].Held() + proto.Held(p.tls) }

// Gap ends the session for us: only its first packets matter.
func (p *parser) Gap(dir proto.Dir, n int) {
	if p.tls != nil {
		p.tls.Gap(dir, n)
	}
	p.done = true
}

// Close implements proto.Parser.
func (p *parser) Close(proto.Emit) {}
