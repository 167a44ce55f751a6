// Package oracle reads the opening of an Oracle session (TNS, the network
// substrate; its layout is known from public dissectors): the protocol version
// that was agreed and, of a refusal, the server's release. Of the connect text
// only the client's computer name is kept: no user, program, service or SID.
package oracle

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"

	"ward/wire/proto"
	"ward/wire/proto/record"
)

const name = "oracle"

// Codec recognises TNS by a connect packet and its answer.
var Codec = proto.Codec{
	Name:   name,
	Stream: match,
	New:    newParser,
	Facts:  []proto.Fact{Connect{}, Server{}},
}

// Connect is the client's opening.
type Connect struct {
	Host string `json:"host,omitempty" keep:"computer name of the client"`
	TNS  uint16 `json:"tns"` // newest protocol version offered
}

// Server is the answer.
type Server struct {
	TNS     uint16 `json:"tns,omitempty"` // protocol version agreed
	Release string `json:"release,omitempty" keep:"release name or number of the server"`
	Refused bool   `json:"refused,omitempty"`
}

func (Connect) Service() string { return name }
func (Server) Service() string  { return name }

// Packet types.
const (
	typeConnect  = 1
	typeAccept   = 2
	typeRefuse   = 4
	typeRedirect = 5
	typeResend   = 11

	head     = 8 // length u16, checksum u16, type u8, flags u8, checksum u16
	maxKept  = 2 << 10
	maxCount = 12 // packets of a session that are read
	oldest   = 300
	newest   = 330
)

func size(h []byte) int { return int(binary.BigEndian.Uint16(h)) }

func match(orig, resp []byte, _ proto.Ports) proto.Match {
	return record.Both(matchClient(orig), matchServer(resp))
}

func matchClient(b []byte) proto.Match {
	if len(b) < head+4 {
		if len(b) > 4 && b[4] != typeConnect {
			return proto.No
		}
		return proto.Maybe
	}
	version, compatible := binary.BigEndian.Uint16(b[8:]), binary.BigEndian.Uint16(b[10:])
	if b[2] != 0 || b[3] != 0 || b[4] != typeConnect || size(b) < 34 || version < oldest || version > newest || compatible > version {
		return proto.No
	}
	return proto.Yes
}

func matchServer(b []byte) proto.Match {
	if len(b) < head {
		return proto.Maybe
	}
	if b[2] != 0 || b[3] != 0 || size(b) < head {
		return proto.No
	}
	switch b[4] {
	case typeAccept, typeRefuse, typeRedirect, typeResend:
		return proto.Yes
	}
	return proto.No
}

type parser struct {
	sides [2]record.Framer
	count int
	asked bool
	done  bool
}

func newParser() proto.Parser {
	f := record.Framer{Head: head, Keep: maxKept, Size: size}
	return &parser{sides: [2]record.Framer{f, f}}
}

// Data implements proto.Parser.
func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	p.sides[dir].Data(b, func(rec []byte, _ int) bool {
		p.count++
		p.packet(dir, rec, emit)
		return !p.done && p.count < maxCount
	})
	return !p.done && p.count < maxCount && !p.sides[dir].Bad()
}

func (p *parser) packet(dir proto.Dir, rec []byte, emit proto.Emit) {
	switch rec[4] {
	case typeConnect:
		if len(rec) >= head+2 && !p.asked { // it comes again after a resend
			p.asked = true
			emit(dir, Connect{Host: clientHost(rec), TNS: binary.BigEndian.Uint16(rec[8:])})
		}
	case typeAccept:
		if len(rec) >= head+2 {
			v := binary.BigEndian.Uint16(rec[8:])
			emit(dir, Server{TNS: v, Release: protocolRelease(v)})
			p.done = true
		}
	case typeRefuse:
		emit(dir, Server{Release: refusedBy(rec), Refused: true})
		p.done = true
	}
}

// clientHost finds HOST inside (CID=(PROGRAM=..)(HOST=..)(USER=..)). The HOST of
// an ADDRESS is the server and stands elsewhere.
func clientHost(b []byte) string {
	i := record.IndexFold(b, "(cid=")
	if i < 0 {
		return ""
	}
	cid := b[i:]
	j := record.IndexFold(cid, "(host=")
	if j < 0 {
		return ""
	}
	value, _, ok := bytes.Cut(cid[j+len("(HOST="):], []byte{')'})
	if !ok {
		return ""
	}
	return record.Host(value)
}

// refusedBy reads VSNNUM=n of a refusal: the release in five parts of 8, 4, 8, 4
// and 8 bits.
func refusedBy(b []byte) string {
	i := bytes.Index(b, []byte("VSNNUM="))
	if i < 0 {
		return ""
	}
	digits, _, _ := bytes.Cut(b[i+len("VSNNUM="):], []byte{')'})
	n, err := strconv.ParseUint(string(digits), 10, 32)
	if err != nil || n == 0 {
		return ""
	}
	return fmt.Sprintf("%d.%d.%d.%d.%d", n>>24, n>>20&0xf, n>>12&0xff, n>>8&0xf, n&0xff)
}

// protocolRelease names the first server release that speaks a protocol version.
func protocolRelease(v uint16) string {
	switch {
	case v >= 319:
		return "19 or later"
	case v >= 318:
		return "12.2 or 18"
	case v >= 315:
		return "12.1"
	case v >= 314:
		return "11"
	case v >= 313:
		return "10.2 or 11"
	case v >= 310:
		return "9 or 10"
	}
	return ""
}

// Held implements proto.Holder.
func (p *parser) Held() int { return p.sides[0].Held() + p.sides[1].Held() }

// Gap gives the direction up.
func (p *parser) Gap(dir proto.Dir, _ int) { p.sides[dir].Lost() }

// Close implements proto.Parser.
func (p *parser) Close(proto.Emit) {}
