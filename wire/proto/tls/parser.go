package tls

import "ward/wire/proto"

const (
	// maxHandshake is the longest handshake message in bytes that is read, one
	// in each direction; a longer chain is cut to its first certificate.
	maxHandshake = 24 << 10
	maxAlerts    = 2
)

// New makes the Parser of one session, also for protocols that change to TLS
// in the middle (STARTTLS).
func New() proto.Parser { return &parser{} }

type parser struct {
	sides  [2]side
	alerts int
}

// side follows the records of one direction. Handshake bytes are joined across
// records; nothing else is held.
type side struct {
	head   [headLen]byte
	n      int // bytes of head collected
	left   int // payload bytes of the record still to come
	msg    []byte
	skip   int // bytes of a handshake message beyond maxHandshake
	begun  bool
	ssl2   bool  // it began with SSL 2.0 framing
	level  uint8 // of the alert being read
	client bool  // it sent a ClientHello
	done   bool  // encrypted from here, or not TLS
}

// Data implements proto.Parser. It ends when both sides went silent in clear.
func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	s := &p.sides[dir]
	if len(b) > 0 && !s.begun {
		s.begun, s.ssl2 = true, b[0]&0x80 != 0
	}
	if s.ssl2 {
		if !s.done {
			s.dataSSL2(dir, b, emit)
		}
		return !p.sides[0].done || !p.sides[1].done
	}
	for len(b) > 0 && !s.done {
		if s.left == 0 {
			n := copy(s.head[s.n:], b)
			s.n, b = s.n+n, b[n:]
			if s.n < headLen {
				break
			}
			s.open()
			continue
		}
		n := min(s.left, len(b))
		p.payload(dir, b[:n], emit)
		if s.left -= n; s.left == 0 {
			s.n = 0
		}
		b = b[n:]
	}
	return !p.sides[0].done || !p.sides[1].done
}

// open reads a complete record header.
func (s *side) open() {
	s.left = int(s.head[3])<<8 | int(s.head[4])
	kind := s.head[0]
	if s.head[1] != 3 || s.left == 0 || s.left > maxRecord || kind != handshake && kind != alert {
		s.done, s.msg = true, nil
	}
}

func (p *parser) payload(dir proto.Dir, b []byte, emit proto.Emit) {
	s := &p.sides[dir]
	if s.head[0] == alert {
		p.alert(dir, b, emit)
		return
	}
	for len(b) > 0 && !s.done {
		if s.skip > 0 {
			n := min(s.skip, len(b))
			s.skip, b = s.skip-n, b[n:]
			continue
		}
		b = s.gather(b)
		if size, ok := s.complete(); ok {
			p.message(dir, s.msg, emit)
			s.skip = size - len(s.msg)
			s.msg = s.msg[:0]
		}
	}
}

// alert reads a record of exactly one alert; a longer one is encrypted.
func (p *parser) alert(dir proto.Dir, b []byte, emit proto.Emit) {
	s := &p.sides[dir]
	size := int(s.head[3])<<8 | int(s.head[4])
	if size != 2 || p.alerts >= maxAlerts {
		return
	}
	if s.left == 2 {
		s.level = b[0]
	}
	if s.left == len(b) && s.level <= 2 {
		p.alerts++
		code := b[len(b)-1]
		emit(dir, Alert{Fatal: s.level == 2, Code: code, Text: alertNames[code]})
	}
}

// gather adds the bytes of the current handshake message (type u8, length u24).
func (s *side) gather(b []byte) (rest []byte) {
	if len(s.msg) < 4 {
		n := min(4-len(s.msg), len(b))
		s.msg, b = append(s.msg, b[:n]...), b[n:]
		if len(s.msg) < 4 {
			return nil
		}
		if s.msg[0] > 24 || s.msg[1] > 2 { // no such message: encrypted or not TLS
			s.done, s.msg = true, nil
			return nil
		}
	}
	n := min(s.size()-len(s.msg), maxHandshake-len(s.msg), len(b))
	s.msg = append(s.msg, b[:n]...)
	return b[n:]
}

func (s *side) size() int {
	return 4 + int(s.msg[1])<<16 + int(s.msg[2])<<8 + int(s.msg[3])
}

// complete tells whether all that is kept of the message is there.
func (s *side) complete() (size int, ok bool) {
	if len(s.msg) < 4 {
		return 0, false
	}
	size = s.size()
	return size, len(s.msg) >= min(size, maxHandshake)
}

func (p *parser) message(dir proto.Dir, msg []byte, emit proto.Emit) {
	s := &p.sides[dir]
	switch msg[0] {
	case clientHello:
		s.client = true
		if h, ok := ParseClientHello(msg); ok {
			emit(dir, h.Fact('t'))
		}
	case serverHello:
		if h, version, ok := parseServerHello(msg[4:]); ok {
			emit(dir, h)
			s.done = version >= 0x0304 // all that follows is encrypted
			p.sides[dir.Other()].done = p.sides[dir.Other()].done || s.done
		}
	case certificate:
		if c, ok := parseCertificates(msg[4:], s.client); ok {
			emit(dir, c)
		}
	}
}

// Held implements proto.Holder.
func (p *parser) Held() int { return cap(p.sides[0].msg) + cap(p.sides[1].msg) }

// Gap ends a direction: the next record start cannot be found with certainty.
func (p *parser) Gap(dir proto.Dir, _ int) {
	p.sides[dir].done, p.sides[dir].msg = true, nil
}

// Close implements proto.Parser.
func (p *parser) Close(proto.Emit) {}
