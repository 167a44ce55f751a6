package dns

import (
	"encoding/binary"

	"ward/wire/proto"
)

// maxStream is the longest message over TCP that is read; longer ones (zone
// transfers) are skipped.
const maxStream = 16 << 10

// stream cuts one direction of a TCP session into messages.
type stream struct {
	buf  []byte
	skip int  // bytes of a message that is too long
	lost bool // bytes are missing: no way to find the next prefix
}

// write gives each complete message to read; false means that the direction
// is of no more use.
func (s *stream) write(b []byte, read func([]byte)) bool {
	for len(b) > 0 && !s.lost {
		if s.skip > 0 {
			n := min(s.skip, len(b))
			s.skip, b = s.skip-n, b[n:]
			continue
		}
		need := 2
		if len(s.buf) >= 2 {
			need += int(binary.BigEndian.Uint16(s.buf))
		}
		n := min(need-len(s.buf), len(b))
		s.buf, b = append(s.buf, b[:n]...), b[n:]
		if len(s.buf) < 2 {
			continue
		}
		switch size := int(binary.BigEndian.Uint16(s.buf)); {
		case size < headerSize:
			s.lost = true
		case size > maxStream:
			s.skip, s.buf = size, s.buf[:0]
		case len(s.buf) == 2+size:
			read(s.buf[2:])
			s.buf = s.buf[:0]
		}
	}
	return !s.lost
}

// matchStream is sure when both directions start with a complete message and
// the response has the question's id. One alone is a Maybe, and on the known
// port so is the start of one.
func matchStream(orig, resp []byte, p proto.Ports, port uint16) proto.Match {
	q, qm := firstMessage(orig)
	r, rm := firstMessage(resp)
	known := p.Either(port)
	switch {
	case qm == proto.No || rm == proto.No || port != portDNS && !known || port == portDNS && p.Either(portLLMNR):
		return proto.No
	case qm == proto.Yes && q.response() && len(resp) > 0 || rm == proto.Yes && !r.response() && len(orig) > 0:
		return proto.No
	case qm == proto.Yes && rm == proto.Yes:
		if q.id == r.id {
			return proto.Yes
		}
		return proto.No
	case !known && qm != proto.Yes && rm != proto.Yes:
		return proto.No
	}
	return proto.Maybe
}

func firstMessage(b []byte) (m message, match proto.Match) {
	if len(b) < 2+headerSize {
		if len(b) >= 2 && binary.BigEndian.Uint16(b) < headerSize {
			return m, proto.No
		}
		return m, proto.Maybe
	}
	size := int(binary.BigEndian.Uint16(b))
	if size < headerSize {
		return m, proto.No
	}
	b = b[2:]
	m, ok := parse(b[:min(size, len(b))])
	switch {
	case ok && m.complete && m.plausible():
		return m, proto.Yes
	case len(b) < size && len(b) < maxName+headerSize && !ok && m.qd == 1 && m.plausibleHeader(), ok && !m.complete && len(b) < size && m.plausible():
		return m, proto.Maybe
	}
	return m, proto.No
}
