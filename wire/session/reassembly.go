package session

import (
	"slices"
	"time"
)

// Bounds of reassembly. Together with a probe (2 x maxProbe) they keep what the
// session layer holds for one session below 64 KiB (safety.md SR-03).
const (
	maxPending  = 48 << 10 // bytes of one session that wait for an earlier segment
	maxSegments = 64       // segments of one direction that wait
	// A segment far from what is expected belongs to another life of the same
	// ports: the widest window is 1 GiB (RFC 7323 section 2.3), real ones are
	// far below this.
	farBehind = 16 << 20
	// A hole that the receiver acknowledged is a loss of the capture, not of
	// the network; wait a little, as taps reorder the two directions.
	ackedHoleWait     = 200 * time.Millisecond
	ackedHoleSegments = 4
	// Without acknowledgement, after this time no retransmission will come.
	holeWait = 3 * time.Second
)

// segment is payload that waits for earlier payload.
type segment struct {
	seq  uint32
	n    int    // bytes on the wire, >= len(data)
	data []byte // captured part
	at   evidence
}

func (s *segment) end() uint32 { return s.seq + uint32(s.n) }

// cut drops the first k bytes.
func (s *segment) cut(k int) {
	s.seq += uint32(k)
	s.n -= k
	s.data = s.data[min(k, len(s.data)):]
}

// head gives the first k bytes as a segment.
func (s *segment) head(k int) segment {
	h := *s
	h.n, h.data = k, s.data[:min(k, len(s.data))]
	return h
}

// hole is the missing piece before the pending segments of a direction.
type hole struct {
	since int64 // event time, 0: no hole
	acked bool  // the receiver has acknowledged it
}

// after gives the distance from b to a in sequence space (RFC 9293 section 3.4).
func after(a, b uint32) int { return int(int32(a - b)) }

// segment takes one TCP payload. In order and with nothing waiting it goes on
// without a copy.
func (t *table) segment(f *flow, side int, seq uint32, data []byte, n int) {
	s := segment{seq: seq, n: n, data: data, at: t.at}
	if !f.history.has(side, sawSeq) {
		f.history.set(side, sawSeq)
		f.next[side] = seq
	}
	d := after(seq, f.next[side])
	if d < -farBehind {
		t.restart(f, side, seq)
		d = 0
	}
	if d < 0 {
		if -d >= n {
			return // all of it was seen: a retransmission or a keep-alive
		}
		s.cut(-d)
	}
	if d <= 0 && !t.waits(f, side, &s) {
		t.pass(f, side, &s)
		t.drain(f, side)
		return
	}
	if f.phase != counting {
		t.hold(f, side, s)
	}
}

// waits tells whether pending segments overlap s: then the first data wins,
// and s must go the slow way.
func (t *table) waits(f *flow, side int, s *segment) bool {
	if f.live == 0 || !f.disordered {
		return false
	}
	pending := t.lives[f.live-1].pending[side]
	return len(pending) > 0 && after(s.end(), pending[0].seq) > 0
}

// pass hands one in-order segment on.
func (t *table) pass(f *flow, side int, s *segment) {
	f.next[side] = s.end()
	t.feed(f, side, s.data)
	if lost := s.n - len(s.data); lost > 0 { // cut by the snap length
		t.lose(f, side, lost)
	}
}

// drain passes the pending segments that are in order now.
func (t *table) drain(f *flow, side int) {
	if !f.disordered { // the usual case: the live record need not be looked at
		return
	}
	at := t.at
	for f.live != 0 && f.phase != counting {
		l := t.lives[f.live-1]
		p := l.pending[side]
		if len(p) == 0 {
			l.hole[side] = hole{}
			break
		}
		if p[0].seq != f.next[side] {
			break
		}
		s := p[0]
		l.pending[side] = slices.Delete(p, 0, 1)
		l.hole[side] = hole{since: t.now}
		t.held -= len(s.data)
		t.at = s.at
		t.pass(f, side, &s)
	}
	t.at = at
}

// hold keeps a copy of the parts of s that are not pending yet.
func (t *table) hold(f *flow, side int, s segment) {
	f.disordered = true
	l := t.liveOf(f)
	if l.hole[side].since == 0 {
		l.hole[side].since = t.now
	}
	for t.full(l, side, len(s.data)) && len(l.pending[side]) > 0 {
		t.skip(f, side)
		if f.phase == counting {
			return
		}
	}
	if d := after(s.seq, f.next[side]); d <= 0 { // the skip made it old or due
		if -d < s.n {
			s.cut(-d)
			t.insert(l, side, s)
			t.drain(f, side)
		}
		return
	}
	if t.full(l, side, len(s.data)) { // the worker's bound: nothing can wait
		t.lose(f, side, after(s.seq, f.next[side]))
		t.pass(f, side, &s)
		return
	}
	t.insert(l, side, s)
	t.drain(f, side)
	t.giveUp(f, side)
}

// full tells whether n more bytes would pass a bound.
func (t *table) full(l *live, side, n int) bool {
	held := n
	for i := range l.pending {
		for j := range l.pending[i] {
			held += len(l.pending[i][j].data)
		}
	}
	return held > maxPending || len(l.pending[side]) >= maxSegments || t.held+n > t.limits.held
}

// insert keeps the list sorted and free of overlap; what came first stays.
func (t *table) insert(l *live, side int, s segment) {
	p := l.pending[side]
	add := func(at int, s segment) {
		s.data = slices.Clone(s.data)
		t.held += len(s.data)
		p = slices.Insert(p, at, s)
	}
	for i := 0; i < len(p) && s.n > 0; i++ {
		if after(s.end(), p[i].seq) <= 0 {
			add(i, s)
			s.n = 0
			break
		}
		if k := after(p[i].seq, s.seq); k > 0 {
			add(i, s.head(k))
			s.cut(k)
			i++
		}
		if k := after(p[i].end(), s.seq); k > 0 {
			s.cut(min(k, s.n))
		}
	}
	if s.n > 0 {
		add(len(p), s)
	}
	l.pending[side] = p
}

// acked notes how far the receiver of a side's bytes has them.
func (t *table) acked(f *flow, side int, ack uint32) {
	l := t.lives[f.live-1]
	if p := l.pending[side]; len(p) > 0 {
		if after(ack, p[0].seq) >= 0 {
			l.hole[side].acked = true
		}
		t.giveUp(f, side)
	}
}

// giveUp goes past a hole that will not be filled.
func (t *table) giveUp(f *flow, side int) {
	for f.live != 0 && f.phase != counting {
		l := t.lives[f.live-1]
		h, waited := l.hole[side], time.Duration(t.now-l.hole[side].since)
		switch {
		case len(l.pending[side]) == 0:
			return
		case waited >= holeWait:
		case h.acked && (waited >= ackedHoleWait || len(l.pending[side]) >= ackedHoleSegments):
		default:
			return
		}
		t.skip(f, side)
	}
}

// skip declares the hole before the first pending segment lost.
func (t *table) skip(f *flow, side int) {
	first := t.lives[f.live-1].pending[side][0].seq
	lost := after(first, f.next[side])
	f.next[side] = first
	t.lose(f, side, lost)
	t.drain(f, side)
}

// flush passes everything that waits, holes or not, side by side.
func (t *table) flush(f *flow) {
	for side := 0; side < 2 && f.disordered; side++ {
		for f.live != 0 && f.phase != counting && len(t.lives[f.live-1].pending[side]) > 0 {
			t.skip(f, side)
		}
	}
}

// restart drops what waits and goes on at seq.
func (t *table) restart(f *flow, side int, seq uint32) {
	for f.live != 0 && f.phase != counting && len(t.lives[f.live-1].pending[side]) > 0 {
		t.skip(f, side)
	}
	f.next[side] = seq
	t.lose(f, side, 0)
}
