// Package vnc reads the handshake of a VNC session (RFC 6143, section 7.1): the
// versions and the security types, above all "none". The desktop's name, the
// challenge and the screen are not read.
package vnc

import (
	"encoding/binary"
	"fmt"

	"ward/wire/proto"
	"ward/wire/proto/record"
)

const name = "vnc"

// Codec recognises VNC by a protocol version of each side.
var Codec = proto.Codec{
	Name:   name,
	Stream: match,
	New:    func() proto.Parser { return &parser{} },
	Facts:  []proto.Fact{Version{}, Security{}},
}

// Version is one side's protocol version.
type Version struct {
	Version string `json:"version" keep:"protocol version"`
}

// Security is what the server offers; Chosen is the client's answer.
type Security struct {
	Types  []string `json:"types" keep:"security type names"`
	Chosen string   `json:"chosen,omitempty" keep:"security type name"`
	// Open: a client needs no password.
	Open bool `json:"open"`
}

func (Version) Service() string  { return name }
func (Security) Service() string { return name }

const (
	versionLen = 12 // "RFB 003.008\n"
	maxTypes   = 16
)

func match(orig, resp []byte, _ proto.Ports) proto.Match {
	return record.Both(matchSide(orig), matchSide(resp))
}

func matchSide(b []byte) proto.Match {
	const shape = "RFB 000.000\n"
	for i := range min(len(b), versionLen) {
		if shape[i] == '0' && (b[i] < '0' || b[i] > '9') || shape[i] != '0' && b[i] != shape[i] {
			return proto.No
		}
	}
	if len(b) < versionLen {
		return proto.Maybe
	}
	return proto.Yes
}

type parser struct {
	buf     [2][]byte
	minor   [2]int
	named   [2]bool
	offered Security
	done    bool
}

// Data waits for versions, the server's list and the client's choice.
func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	p.buf[dir] = append(p.buf[dir], b[:min(len(b), 64-len(p.buf[dir]))]...)
	if !p.named[dir] && len(p.buf[dir]) >= versionLen {
		if matchSide(p.buf[dir]) != proto.Yes {
			return false
		}
		v := p.buf[dir][4:11]
		p.named[dir] = true
		p.minor[dir] = int(v[4]-'0')*100 + int(v[5]-'0')*10 + int(v[6]-'0')
		emit(dir, Version{fmt.Sprintf("%d.%d", int(v[0]-'0')*100+int(v[1]-'0')*10+int(v[2]-'0'), p.minor[dir])})
	}
	if p.named[0] && p.named[1] {
		p.security(emit)
	}
	return !p.done
}

// security reads u32 type for version 3.3, else count u8 and types, then one
// byte of the client (sections 7.1.2 and A.1).
func (p *parser) security(emit proto.Emit) {
	server, client := p.buf[proto.Resp][versionLen:], p.buf[proto.Orig][versionLen:]
	if min(p.minor[0], p.minor[1]) < 7 {
		if len(server) >= 4 {
			kind := typeName(binary.BigEndian.Uint32(server))
			p.finish(Security{Types: []string{kind}, Chosen: kind}, emit)
		}
		return
	}
	if len(server) < 1 || len(server) < 1+min(int(server[0]), maxTypes) {
		return
	}
	if server[0] == 0 {
		p.done = true // refused
		return
	}
	if p.offered.Types == nil {
		for _, t := range server[1 : 1+min(int(server[0]), maxTypes)] {
			p.offered.Types = append(p.offered.Types, typeName(uint32(t)))
		}
	}
	if len(client) > 0 {
		p.offered.Chosen = typeName(uint32(client[0]))
		p.finish(p.offered, emit)
	}
}

func (p *parser) finish(s Security, emit proto.Emit) {
	for _, t := range s.Types {
		s.Open = s.Open || t == "none"
	}
	p.done = true
	emit(proto.Resp, s)
}

// Gap ends the session: the few bytes that matter have no marker.
func (p *parser) Gap(proto.Dir, int) { p.done = true }

// Close reports an offer that no client took up.
func (p *parser) Close(emit proto.Emit) {
	if !p.done && p.offered.Types != nil {
		p.finish(p.offered, emit)
	}
}

// typeName: the registry of RFC 6143, section 8.1.2.
func typeName(t uint32) string {
	switch t {
	case 0:
		return "invalid"
	case 1:
		return "none"
	case 2:
		return "vnc"
	case 5, 6, 129, 130:
		return "ra2"
	case 16:
		return "tight"
	case 17:
		return "ultra"
	case 18:
		return "tls"
	case 19:
		return "vencrypt"
	case 20:
		return "sasl"
	case 30, 31, 32, 33, 35, 36:
		return "apple"
	}
	return fmt.Sprintf("type %d", t)
}
