package http

import (
	"bytes"
	"strconv"

	"ward/wire/proto"
	"ward/wire/proto/record"
)

const (
	detailed   = 16       // exchanges that are reported one by one
	maxPending = 32       // requests without an answer yet (pipelining)
	maxHeaders = 128      // header lines of one message that are read
	maxSample  = 16 << 10 // body bytes that are looked at, then dropped
	maxKinds   = 64       // different FHIR or DICOMweb counters of a session
)

// phase is where a direction stands (RFC 9112, section 2.1).
type phase uint8

const (
	atStart phase = iota
	inHeaders
	inBody
	atChunk    // chunk size line
	inChunk    // chunk data and its line end
	inTrailers // after the last chunk
	untilClose
	lost // no message border is known any more
)

// side follows one direction.
type side struct {
	lines   record.Lines
	phase   phase
	answers bool  // it sends status lines
	left    int64 // body or chunk bytes still to come
	headers int
	msg     message
	sample  []byte // start of a body that is worth a look
	want    bool
	body    int64 // body bytes so far
}

type parser struct {
	sides     [2]side
	pending   []message // requests that wait for their answer, oldest first
	exchanges int
	dropped   int // requests that did not fit into pending
	paged     bool
	kinds     counters
}

// perMessage is about what one request without its answer holds, in bytes.
const perMessage = 1 << 10

// Held implements proto.Holder.
func (p *parser) Held() int {
	held := cap(p.pending) * perMessage
	for i := range p.sides {
		held += p.sides[i].lines.Held() + cap(p.sides[i].sample)
	}
	return held
}

// Data implements proto.Parser.
func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	s := &p.sides[dir]
	for len(b) > 0 {
		switch s.phase {
		case lost:
			return p.sides[dir.Other()].phase != lost
		case inBody, inChunk, untilClose:
			b = p.skip(dir, b, emit)
		default:
			line, rest, ok := s.lines.Next(b)
			if !ok {
				return true
			}
			b = rest
			p.line(dir, line, emit)
		}
	}
	return true
}

// line reads a start line, a header, a chunk size or a trailer.
func (p *parser) line(dir proto.Dir, line []byte, emit proto.Emit) {
	s := &p.sides[dir]
	switch s.phase {
	case atStart:
		if len(line) > 0 {
			s.start(line)
		}
	case inHeaders:
		if len(line) == 0 {
			p.headersEnd(dir, emit)
		} else if s.headers++; s.headers <= maxHeaders {
			s.msg.header(line)
		}
	case atChunk:
		size, _, _ := bytes.Cut(line, []byte{';'})
		n, err := strconv.ParseUint(string(bytes.TrimSpace(size)), 16, 48)
		switch {
		case err != nil:
			s.phase = lost
		case n == 0:
			s.phase = inTrailers
		default:
			s.phase, s.left = inChunk, int64(n)+2 // data and CR LF
		}
	case inTrailers:
		if len(line) == 0 {
			p.messageEnd(dir, emit)
		}
	}
}

// start reads a request or status line.
func (s *side) start(line []byte) {
	s.msg, s.headers, s.body, s.want = message{length: -1}, 0, 0, false
	switch {
	case matchStatus(line) == proto.Yes:
		s.answers = true
		s.msg.Status, _ = strconv.Atoi(string(line[9:min(12, len(line))]))
		s.phase = inHeaders
	case matchRequest(append(line[:len(line):len(line)], '\n')) == proto.Yes:
		s.answers = false
		s.msg.request(line)
		s.phase = inHeaders
	default:
		s.phase = lost
	}
}

// headersEnd decides how long the body is (RFC 9112, section 6.3).
func (p *parser) headersEnd(dir proto.Dir, emit proto.Emit) {
	s := &p.sides[dir]
	m := &s.msg
	if m.host != nil {
		emit(dir, *m.host)
		m.host = nil
	}
	var request message
	if s.answers {
		if m.Status >= 100 && m.Status < 200 && m.Status != 101 {
			s.phase = atStart // interim answer
			return
		}
		request = p.answered()
		p.exchange(dir, request, m, emit)
		s.want = wantBody(request, *m, p.paged)
	}
	noBody := s.answers && (request.Method == "HEAD" || m.Status == 204 || m.Status == 304)
	switch {
	case s.answers && (m.Status == 101 || request.Method == "CONNECT" && m.Status/100 == 2):
		s.phase, p.sides[dir.Other()].phase = lost, lost
	case noBody:
		p.messageEnd(dir, emit)
	case m.chunked:
		s.phase = atChunk
	case m.length > 0:
		s.phase, s.left = inBody, m.length
	case m.length == 0 || !s.answers:
		p.messageEnd(dir, emit)
	default:
		s.phase = untilClose
	}
}

// skip passes body bytes and holds a sample of them where they are wanted.
func (p *parser) skip(dir proto.Dir, b []byte, emit proto.Emit) (rest []byte) {
	s := &p.sides[dir]
	n := len(b)
	if s.phase != untilClose {
		n = int(min(s.left, int64(n)))
		s.left -= int64(n)
	}
	s.body += int64(n)
	if s.want {
		s.sample = append(s.sample, b[:min(n, maxSample-len(s.sample))]...)
		if len(s.sample) == maxSample {
			p.look(dir, emit)
		}
	}
	if s.left == 0 {
		switch s.phase {
		case inBody:
			p.messageEnd(dir, emit)
		case inChunk:
			s.phase, s.body = atChunk, s.body-2
		}
	}
	return b[n:]
}

// messageEnd files what the body told and waits for the next start line.
func (p *parser) messageEnd(dir proto.Dir, emit proto.Emit) {
	s := &p.sides[dir]
	p.look(dir, emit)
	s.phase = atStart
	if s.answers {
		sent := int64(0)
		if s.msg.paired != nil {
			sent = s.msg.paired.sent
		}
		p.kinds.add(s.msg, s.body+sent)
		return
	}
	s.msg.sent = s.body
	if len(p.pending) < maxPending {
		p.pending = append(p.pending, s.msg)
	} else {
		p.dropped++
	}
}

// answered takes the request that the current answer belongs to. An answer may
// come before its request has ended: then the request is the one being read.
func (p *parser) answered() message {
	if len(p.pending) > 0 {
		m := p.pending[0]
		p.pending = append(p.pending[:0], p.pending[1:]...)
		return m
	}
	return message{}
}

// Gap loses the direction, save inside a body of known length.
func (p *parser) Gap(dir proto.Dir, n int) {
	s := &p.sides[dir]
	s.want, s.sample = false, nil
	if (s.phase == inBody || s.phase == inChunk) && n > 0 && int64(n) < s.left {
		s.left -= int64(n)
		return
	}
	s.lines.Reset()
	s.phase, p.pending = atStart, nil
	if n == 0 {
		s.phase = lost
	}
}

// Close reports requests without an answer and the counters.
func (p *parser) Close(emit proto.Emit) {
	for d := range p.sides {
		s := &p.sides[d]
		if s.phase == untilClose {
			p.messageEnd(proto.Dir(d), emit)
		}
		if !s.answers && s.phase >= inHeaders && s.phase != lost {
			p.pending = append(p.pending, s.msg)
		}
	}
	for _, m := range p.pending {
		p.exchange(p.server(), m, &message{}, emit)
	}
	p.kinds.emit(p.server(), emit)
	if more := p.exchanges - detailed; more > 0 {
		emit(p.server(), Totals{Exchanges: p.exchanges})
	}
}

// server gives the direction that answers.
func (p *parser) server() proto.Dir {
	if p.sides[proto.Orig].answers {
		return proto.Orig
	}
	return proto.Resp
}
