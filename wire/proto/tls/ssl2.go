package tls

import (
	"encoding/binary"

	"ward/wire/proto"
)

// SSL 2.0 (RFC 6101 does not describe it; RFC 5246, appendix E.2, has the
// hello): two bytes of length with the top bit set, then the message.
const (
	ssl2ClientLen = 11 // type, version, three lengths: what a ClientHello needs
	ssl2ServerLen = 13 // type, hit, kind, version, three lengths
	ssl2Server    = 4
)

// matchSSL2 tells whether b starts with an SSL 2.0 framed hello whose lengths add up.
func matchSSL2(b []byte, hello byte) proto.Match {
	if len(b) > 2 && (hello == clientHello && b[2] != clientHello || hello != clientHello && b[2] != ssl2Server) {
		return proto.No
	}
	if hello == clientHello {
		if len(b) < ssl2ClientLen {
			return proto.Maybe
		}
		version := binary.BigEndian.Uint16(b[3:])
		ok := b[2] == clientHello && (version == 2 || version >= 0x300 && version <= 0x304) && sum(b[5:])+9 == ssl2Size(b) && b[6]%3 == 0
		return yes(ok)
	}
	if len(b) < ssl2ServerLen {
		return proto.Maybe
	}
	return yes(b[2] == ssl2Server && binary.BigEndian.Uint16(b[5:]) == 2 && sum(b[7:])+11 == ssl2Size(b))
}

func yes(ok bool) proto.Match {
	if ok {
		return proto.Yes
	}
	return proto.No
}

func ssl2Size(b []byte) int { return int(b[0]&0x7f)<<8 | int(b[1]) }

// sum adds three lengths of two bytes.
func sum(b []byte) int {
	return int(binary.BigEndian.Uint16(b)) + int(binary.BigEndian.Uint16(b[2:])) + int(binary.BigEndian.Uint16(b[4:]))
}

// dataSSL2 reads the hello of a side that began with SSL 2.0 framing. A client
// that offers a newer version goes on with TLS records; nothing of them is new.
func (s *side) dataSSL2(dir proto.Dir, b []byte, emit proto.Emit) {
	s.msg = append(s.msg, b[:min(len(b), maxHandshake-len(s.msg))]...)
	m := s.msg
	switch {
	case matchSSL2(m, clientHello) == proto.Yes:
		s.done = true
		emit(dir, ClientHello{Version: VersionName(binary.BigEndian.Uint16(m[3:]))})
	case matchSSL2(m, ssl2Server) == proto.Yes:
		size := int(binary.BigEndian.Uint16(m[7:]))
		if len(m) < ssl2ServerLen+size {
			return
		}
		s.done = true
		emit(dir, ServerHello{Version: VersionName(2)})
		if c, ok := ParseCertificate(m[ssl2ServerLen:ssl2ServerLen+size], false); ok {
			c.Chain = 1
			emit(dir, c)
		}
	case len(m) >= ssl2ServerLen:
		s.done = true
	}
	if s.done {
		s.msg = nil
	}
}
