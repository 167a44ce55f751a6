package syslog

import "ward/wire/proto"

const (
	maxMessage = 8 << 10 // bytes read of one message on TCP, the rest is passed over
	maxDigits  = 9       // of an octet count
	maxKinds   = 48      // headers, and audits, counted per session
	flushEvery = 10_000  // messages, then the counters are emitted
)

type parser struct {
	flows   [2]flow
	headers []header
	audits  []counted
	pending int
}

// header is one Header in the making.
type header struct {
	dir    proto.Dir
	levels [8]uint64
	Header
}

type counted struct {
	dir proto.Dir
	Audit
}

// stage is where the next byte of a TCP stream stands.
type stage uint8

const (
	start   stage = iota
	digits        // octet count
	octets        // message of known length
	line          // message up to a line end
	skipped       // out of step: wait for a line end
)

// flow follows one direction of a TCP session.
type flow struct {
	stage stage
	left  int // bytes of the message yet to come, or the count so far
	wide  int // digits read
	buf   []byte
}

// perHeader is about what one counted header or audit holds, in bytes.
const perHeader = 256

// Held implements proto.Holder.
func (p *parser) Held() int {
	return cap(p.flows[0].buf) + cap(p.flows[1].buf) + (cap(p.headers)+cap(p.audits))*perHeader
}

// Data takes a datagram or a piece of a TCP stream; a parser is not told which.
// A piece that begins with a priority begins a message, unless octets are being
// counted. So datagrams need no line end, and their text may hold some.
func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	f := &p.flows[dir]
	if _, _, ok := priority(b); ok && (f.stage == line || f.stage == skipped) {
		p.end(dir, f, emit)
	}
	for len(b) > 0 {
		n := p.step(dir, f, b, emit)
		b = b[n:]
	}
	return true
}

// step takes some bytes and tells how many.
func (p *parser) step(dir proto.Dir, f *flow, b []byte, emit proto.Emit) int {
	switch f.stage {
	case start:
		switch c := b[0]; {
		case c == '<':
			f.stage = line
			return 0
		case c >= '1' && c <= '9':
			f.stage, f.left, f.wide = digits, 0, 0
			return 0
		case c == '\n' || c == '\r' || c == 0:
			return 1
		}
		f.stage = skipped
		return 1
	case digits:
		p.digit(f, b[0])
		return 1
	case octets:
		if len(f.buf) == 0 && b[0] != '<' { // text that only looked like a count
			f.stage = skipped
			return 0
		}
		n := min(f.left, len(b))
		f.keep(b[:n])
		if f.left -= n; f.left == 0 {
			p.end(dir, f, emit)
		}
		return n
	}
	n, found := lineEnd(b)
	f.keep(b[:n])
	if found {
		p.end(dir, f, emit)
	}
	return n
}

// lineEnd finds the line end (LF or NUL) that is the last byte or stands before
// the next priority. Others belong to the text.
func lineEnd(b []byte) (n int, found bool) {
	for i, c := range b {
		if c != '\n' && c != 0 {
			continue
		}
		if i+1 == len(b) || i+2 < len(b) && b[i+1] == '<' && b[i+2] >= '0' && b[i+2] <= '9' {
			return i + 1, true
		}
	}
	return len(b), false
}

// digit reads a byte of an octet count.
func (p *parser) digit(f *flow, c byte) {
	switch {
	case c == ' ' && f.left > 0:
		f.stage = octets
	case c < '0' || c > '9' || f.wide == maxDigits:
		f.stage = skipped
	default:
		f.left, f.wide = f.left*10+int(c-'0'), f.wide+1
	}
}

// keep holds the first part of a message.
func (f *flow) keep(b []byte) {
	if f.stage != skipped {
		f.buf = append(f.buf, b[:min(len(b), maxMessage-len(f.buf))]...)
	}
}

func (p *parser) end(dir proto.Dir, f *flow, emit proto.Emit) {
	if len(f.buf) > 0 {
		p.message(dir, f.buf, emit)
	}
	f.stage, f.buf = start, f.buf[:0]
}

// Gap drops the present message.
func (p *parser) Gap(dir proto.Dir, _ int) {
	p.flows[dir] = flow{stage: skipped}
}

func (p *parser) Close(emit proto.Emit) {
	for dir := range p.flows {
		if f := &p.flows[dir]; f.stage == line {
			p.end(proto.Dir(dir), f, emit)
		}
	}
	p.flush(emit)
}

// message counts one whole message.
func (p *parser) message(dir proto.Dir, b []byte, emit proto.Emit) {
	m, ok := parse(b)
	if !ok {
		return
	}
	if a, ok := audit(m); ok {
		p.countAudit(dir, a)
	}
	p.countHeader(dir, m)
	if p.pending++; p.pending >= flushEvery {
		p.flush(emit)
	}
}

func (p *parser) countHeader(dir proto.Dir, m message) {
	facility := facilities[m.facility]
	for i := range p.headers {
		h := &p.headers[i]
		if h.dir == dir && h.Hostname == m.host && h.AppName == m.app && h.Format == m.format && h.Facility == facility {
			h.levels[m.severity]++
			return
		}
	}
	if len(p.headers) < maxKinds {
		h := header{dir: dir, Header: Header{Format: m.format, Hostname: m.host, AppName: m.app, MsgID: m.id, Facility: facility}}
		h.levels[m.severity] = 1
		p.headers = append(p.headers, h)
	}
}

func (p *parser) countAudit(dir proto.Dir, a Audit) {
	for i := range p.audits {
		known := p.audits[i].Audit
		known.Count = 0
		if p.audits[i].dir == dir && known == a {
			p.audits[i].Count++
			return
		}
	}
	if len(p.audits) < maxKinds {
		a.Count = 1
		p.audits = append(p.audits, counted{dir, a})
	}
}

// flush emits the counters and sets them back.
func (p *parser) flush(emit proto.Emit) {
	for _, h := range p.headers {
		for i, n := range h.levels {
			if n > 0 {
				h.Messages += n
				h.Severities = append(h.Severities, Count{severities[i], n})
			}
		}
		emit(h.dir, h.Header)
	}
	for _, a := range p.audits {
		emit(a.dir, a.Audit)
	}
	p.headers, p.audits, p.pending = nil, nil, 0
}
