// Package rdp reads the opening of a Remote Desktop session ([MS-RDPBCGR]
// section 1.3.1): which security was asked for and chosen, and, where it is the
// old cleartext kind, version and computer name of the client. Inside TLS only
// the handshake is read. The user name in the routing cookie is never kept.
package rdp

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"ward/wire/proto"
	"ward/wire/proto/record"
	"ward/wire/proto/tls"
)

const name = "rdp"

// Codec recognises RDP by X.224 connection request and confirm.
var Codec = proto.Codec{
	Name:   name,
	Stream: match,
	New:    newParser,
	Facts:  append([]proto.Fact{Negotiation{}, Client{}, Server{}}, tls.Codec.Facts...),
}

// Negotiation is the server's choice of security.
type Negotiation struct {
	Requested []string `json:"requested,omitempty" keep:"security protocol names"`
	Selected  string   `json:"selected,omitempty" keep:"security protocol name"`
	// NLA: the server lets nobody see a desktop before authentication.
	NLA     bool   `json:"nla"`
	Failure string `json:"failure,omitempty" keep:"failure name from our table"`
}

// Client is what the client says in the basic settings exchange.
type Client struct {
	Name    string `json:"name,omitempty" keep:"computer name of the client"`
	Version string `json:"version" keep:"protocol version"`
	Build   uint32 `json:"build,omitempty"`
}

// Server is what the server answers there.
type Server struct {
	Version    string `json:"version" keep:"protocol version"`
	Encryption string `json:"encryption,omitempty" keep:"level name from our table"`
}

func (Negotiation) Service() string { return name }
func (Client) Service() string      { return name }
func (Server) Service() string      { return name }

const (
	tpktHead = 4 // RFC 1006: version 3, 0, length u16
	maxKept  = 2 << 10
	request  = 0xe0 // X.224 connection request
	confirm  = 0xd0

	negRequest  = 1 // TYPE_RDP_NEG_REQ and so on, [MS-RDPBCGR] 2.2.1.1.1
	negResponse = 2
	negFailure  = 3
)

func size(h []byte) int {
	if h[0] != 3 {
		return -1
	}
	return int(h[2])<<8 | int(h[3])
}

func match(orig, resp []byte, _ proto.Ports) proto.Match {
	return record.Both(matchSide(orig, request), matchSide(resp, confirm))
}

// matchSide wants TPKT with an X.224 connection PDU. ISO transport serves other
// protocols too (S7, MMS): those send parameters where RDP sends a cookie, a
// negotiation structure or nothing.
func matchSide(b []byte, code byte) proto.Match {
	if len(b) == 0 {
		return proto.Maybe
	}
	if b[0] != 3 || len(b) > 1 && b[1] != 0 {
		return proto.No
	}
	if len(b) < 11 {
		return proto.Maybe
	}
	if b[5]&0xf0 != code || int(b[4])+5 != size(b) && code == confirm {
		return proto.No
	}
	tail := b[11:min(len(b), max(size(b), 11))]
	switch {
	case code == request && bytes.HasPrefix(tail, []byte("Cookie: ")):
		return proto.Yes
	case len(tail) >= 8 && le16(tail[2:]) == 8 && (tail[0] == negRequest && code == request || tail[0] <= negFailure && code == confirm):
		return proto.Yes
	case len(tail) == 0:
		return proto.Maybe
	}
	return proto.No
}

type parser struct {
	sides     [2]record.Framer
	requested []string
	tls       proto.Parser
	seen      int
}

const maxMessages = 24

func newParser() proto.Parser {
	f := record.Framer{Head: tpktHead, Keep: maxKept, Size: size}
	return &parser{sides: [2]record.Framer{f, f}}
}

// Data implements proto.Parser.
func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	if p.tls != nil {
		return p.tls.Data(dir, b, emit)
	}
	p.sides[dir].Data(b, func(rec []byte, _ int) bool {
		p.seen++
		p.record(dir, rec, emit)
		return p.tls == nil
	})
	return p.seen < maxMessages && !p.sides[dir].Bad()
}

func (p *parser) record(dir proto.Dir, rec []byte, emit proto.Emit) {
	if len(rec) < 7 {
		return
	}
	switch rec[5] & 0xf0 {
	case request:
		p.requested = requested(rec)
	case confirm:
		p.confirm(dir, rec, emit)
	default:
		p.settings(dir, rec, emit)
	}
}

// requested reads the negotiation request at the end: type, flags, length u16,
// protocols u32. What stands before it is a cookie and is passed over.
func requested(rec []byte) []string {
	if len(rec) < 19 {
		return []string{"rdp"}
	}
	t := rec[len(rec)-8:]
	if t[0] != negRequest || le16(t[2:]) != 8 {
		return []string{"rdp"}
	}
	bits := binary.LittleEndian.Uint32(t[4:])
	out := []string{"rdp"}
	for i, n := range []string{"tls", "nla", "rdstls", "nla-ex", "aad"} {
		if bits&(1<<i) != 0 {
			out = append(out, n)
		}
	}
	return out
}

func (p *parser) confirm(dir proto.Dir, rec []byte, emit proto.Emit) {
	n := Negotiation{Requested: p.requested, Selected: "rdp"}
	if len(rec) >= 19 && le16(rec[13:]) == 8 {
		v := binary.LittleEndian.Uint32(rec[15:])
		switch rec[11] {
		case negResponse:
			n.Selected = selected(v)
			n.NLA = v == 2 || v == 8
		case negFailure:
			n.Selected, n.Failure = "", failures[v]
			n.NLA = v == 5
		}
	}
	if n.Selected != "rdp" && n.Selected != "" {
		p.tls = tls.New()
	}
	emit(dir, n)
}

func selected(v uint32) string {
	switch v {
	case 0:
		return "rdp"
	case 1:
		return "tls"
	case 2:
		return "nla"
	case 4:
		return "rdstls"
	case 8:
		return "nla-ex"
	}
	return "other"
}

// failures: [MS-RDPBCGR] 2.2.1.2.2.
var failures = map[uint32]string{
	1: "tls_required", 2: "tls_not_allowed", 3: "no_certificate", 4: "inconsistent_flags", 5: "nla_required", 6: "tls_with_user_auth_required",
}

// Headers of the settings blocks, [MS-RDPBCGR] 2.2.1.3 and 2.2.1.4.
var (
	clientCore = []byte{0x01, 0xc0}
	serverCore = []byte{0x01, 0x0c}
	serverSec  = []byte{0x02, 0x0c}
)

// settings looks for the core data blocks inside the MCS connect messages: type
// u16, length u16, version minor u16 and major u16 (4 or 8).
func (p *parser) settings(dir proto.Dir, rec []byte, emit proto.Emit) {
	if dir == proto.Orig {
		b := block(rec, clientCore, 56)
		if b == nil {
			return
		}
		emit(dir, Client{Version: version(b), Build: binary.LittleEndian.Uint32(b[20:]), Name: record.UTF16(b[24:56], 15)})
		return
	}
	if b := block(rec, serverCore, 8); b != nil {
		s := Server{Version: version(b)}
		if sec := block(rec, serverSec, 12); sec != nil {
			s.Encryption = levels[binary.LittleEndian.Uint32(sec[8:])]
		}
		emit(dir, s)
	}
}

var levels = map[uint32]string{0: "none", 1: "low", 2: "client compatible", 3: "high", 4: "fips"}

// block finds a settings block of at least n bytes; the core ones carry a
// version of 4.x, 8.x or 10.x.
func block(rec, head []byte, n int) []byte {
	for from := 0; ; {
		i := bytes.Index(rec[from:], head)
		if i < 0 || len(rec)-from-i < n {
			return nil
		}
		b := rec[from+i:]
		length := int(le16(b[2:]))
		ok := length >= n && length <= 1024 || n == 8 && length >= 8 && length <= 32
		if head[0] == 1 {
			ok = ok && b[5] == 0 && b[7] == 0 && b[6] <= 16 && b[6]%2 == 0 && b[6] > 0
		}
		if ok {
			return b
		}
		from += i + 1
	}
}

// version: RDP 5 and later all say 8.4; 8.1 is RDP 4. From 8.5 on the minor
// counts releases of RDP 10.
func version(b []byte) string {
	minor, major := le16(b[4:]), le16(b[6:])
	switch {
	case major == 8 && minor == 1:
		return "4.0"
	case major == 8 && minor == 4:
		return "5.0 or later"
	case major == 8 && minor >= 5:
		return fmt.Sprintf("10.%d", minor-5)
	}
	return fmt.Sprintf("%d.%d", major, minor)
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

// Close implements proto.Parser.
func (p *parser) Close(proto.Emit) {}

func le16(b []byte) uint16 { return binary.LittleEndian.Uint16(b) }
