package session

import (
	"math/bits"

	"ward/wire/packet"
	"ward/wire/proto"
)

const (
	maxProbe  = 4 << 10 // bytes kept of each direction until a codec is sure
	maxChunks = 32      // pieces kept of both directions
	// maxTries is how often detection starts over where the capture joined the
	// session in the middle of a message, or lost a piece.
	maxTries = 8
	// maxOddDatagrams is how many datagrams no codec knows before we only count.
	maxOddDatagrams = 4
	// minOneSided is the least content of one side that names a service without
	// its usual port; where the other side said maxSilence bytes, it spoke too.
	minOneSided = 16
	maxSilence  = 8
)

// probe keeps a session's first bytes until a codec knows them.
type probe struct {
	buf    [2][]byte // by side
	chunks []chunk   // order of arrival
	open   uint64    // codecs that have not said No, by index
}

// chunk is one piece of a probe's buffer.
type chunk struct {
	side int
	n    int
	at   evidence
}

// dir names a side of a flow.
func (f *flow) dir(side int) proto.Dir { return proto.Dir(uint8(side) ^ f.orig) }

func (f *flow) ports() proto.Ports {
	return proto.Ports{Orig: f.key.port[f.orig], Resp: f.key.port[f.orig^1]}
}

// feed gives in-order bytes of a TCP session to its parser or its probe.
func (t *table) feed(f *flow, side int, b []byte) {
	if len(b) == 0 {
		return
	}
	switch f.phase {
	case following:
		t.parse(f, side, b)
	case probing:
		t.probeStream(f, side, b)
	}
}

// parse gives bytes to the parser and ends it when it wants no more, or when
// there is no room for what it holds.
func (t *table) parse(f *flow, side int, b []byte) {
	l := t.lives[f.live-1]
	t.piece = len(b)
	more := l.parser.Data(f.dir(side), b, t.emit)
	if l.holder != nil && more {
		weight := l.holder.Held()
		t.held += weight - l.weight
		l.weight = weight
		if t.held > t.limits.held {
			t.stats.Unread++
			more = false
		}
	}
	if !more {
		t.endParser(f)
	}
}

// endParser closes the parser, if there is one; from now on only counters.
func (t *table) endParser(f *flow) {
	if f.live != 0 {
		if l := t.lives[f.live-1]; l.parser != nil {
			l.parser.Close(t.emit)
		}
	}
	t.release(f)
}

// lose tells whoever reads that n bytes of a side are missing (0: unknown).
func (t *table) lose(f *flow, side, n int) {
	t.stats.Gaps++
	t.stats.LostBytes += uint64(n)
	if f.live == 0 {
		return
	}
	l := t.lives[f.live-1]
	switch {
	case f.phase == following:
		l.parser.Gap(f.dir(side), n)
	case f.phase == probing && l.probe != nil && len(l.probe.buf[side]) > 0:
		if !t.settleMaybe(f) {
			t.startOver(f)
			return
		}
		if f.phase == following {
			l.parser.Gap(f.dir(side), n)
		}
	}
}

// startOver forgets the probe, a limited number of times.
func (t *table) startOver(f *flow) {
	f.tries++
	if f.tries >= maxTries {
		t.release(f)
		return
	}
	if f.live != 0 {
		t.dropProbe(t.lives[f.live-1])
	}
}

// probeStream adds bytes to the probe and asks the codecs.
func (t *table) probeStream(f *flow, side int, b []byte) {
	if t.held+len(b) > t.limits.held {
		t.stats.Unread++
		t.release(f)
		return
	}
	l := t.liveOf(f)
	if l.probe == nil {
		l.probe = t.takeProbe(t.codecs.stream)
	}
	kept := min(len(b), maxProbe-len(l.probe.buf[side]))
	t.keep(l.probe, side, b[:kept])
	switch c, match := t.ask(f, l.probe); {
	case match == proto.Yes:
		f.sure = true
		t.follow(f, c)
	case match == proto.No:
		t.reject(f)
	case kept < len(b) || len(l.probe.chunks) == maxChunks:
		if !t.settleMaybe(f) {
			t.release(f)
		}
	}
	if kept < len(b) {
		t.feed(f, side, b[kept:])
	}
}

// keep copies a piece into the probe.
func (t *table) keep(p *probe, side int, b []byte) {
	p.buf[side] = append(p.buf[side], b...)
	p.chunks = append(p.chunks, chunk{side: side, n: len(b), at: t.at})
	t.held += len(b)
}

// ask gives the first codec that is sure; otherwise whether any is left.
func (t *table) ask(f *flow, p *probe) (c int, match proto.Match) {
	orig, resp, ports := p.buf[f.orig], p.buf[f.orig^1], f.ports()
	for open := p.open; open != 0; open &= open - 1 {
		i := bits.TrailingZeros64(open)
		switch t.codecs.list[i].Stream(orig, resp, ports) {
		case proto.Yes:
			return i, proto.Yes
		case proto.No:
			p.open &^= 1 << i
		}
	}
	if p.open == 0 {
		return 0, proto.No
	}
	return 0, proto.Maybe
}

// reject handles first bytes that no codec knows. Where the capture joined in
// the middle, the originator may be the other side, or the bytes the middle of
// a message: try again.
func (t *table) reject(f *flow) {
	if f.guess == certain && f.tries == 0 {
		t.release(f)
		return
	}
	l := t.lives[f.live-1]
	if f.guess != certain {
		f.orig ^= 1
		l.probe.open = t.codecs.stream
		c, match := t.ask(f, l.probe)
		if match == proto.Yes {
			f.sure = true
			t.follow(f, c)
			return
		}
		if match == proto.Maybe && f.guess == byOrder {
			f.guess = byPorts
			return
		}
		f.orig ^= 1
	}
	t.startOver(f)
}

// settle names, at the end, a session that no codec was sure of.
func (t *table) settle(f *flow) {
	if f.phase == probing {
		t.settleMaybe(f)
	}
}

// settleMaybe takes the one of the codecs that said Maybe whose usual port it
// is; else, where only one side spoke, the only one that is left. A codec that
// is still not sure after both sides spoke needs the port.
func (t *table) settleMaybe(f *flow) bool {
	if f.live == 0 {
		return false
	}
	p := t.lives[f.live-1].probe
	if p == nil || p.open == 0 || len(p.chunks) == 0 {
		return false
	}
	ports, transport := f.ports(), UDP
	if f.key.kind == packet.TCP {
		transport = TCP
	}
	usual := PortName(transport, ports.Orig, ports.Resp)
	for open := p.open; open != 0; open &= open - 1 {
		if i := bits.TrailingZeros64(open); t.codecs.list[i].Name == usual {
			t.follow(f, i)
			return true
		}
	}
	less, more := len(p.buf[0]), len(p.buf[1])
	if less, more = min(less, more), max(less, more); less >= maxSilence || more < minOneSided || p.open&(p.open-1) != 0 {
		return false
	}
	t.follow(f, bits.TrailingZeros64(p.open))
	return true
}

// follow starts the codec's parser on what the probe kept, in the order it came.
func (t *table) follow(f *flow, codec int) {
	f.service = int16(codec + 1)
	c := t.codecs.list[codec]
	l := t.liveOf(f)
	if t.following >= t.limits.parsers {
		t.stats.Unread++
		t.release(f)
		return
	}
	l.parser = c.New()
	l.holder, _ = l.parser.(proto.Holder)
	t.following++
	f.phase = following
	if l.probe != nil {
		t.replay(f, l.probe)
		t.dropProbe(l)
	}
}

func (t *table) replay(f *flow, p *probe) {
	at := t.at
	var read [2]int
	for _, c := range p.chunks {
		if f.phase != following {
			break
		}
		from := read[c.side]
		read[c.side] += c.n
		t.at = c.at
		t.parse(f, c.side, p.buf[c.side][from:read[c.side]])
	}
	t.at = at
}

func (t *table) takeProbe(open uint64) *probe {
	if n := len(t.probes); n > 0 {
		p := t.probes[n-1]
		t.probes = t.probes[:n-1]
		p.open = open
		return p
	}
	return &probe{open: open}
}

func (t *table) dropProbe(l *live) {
	p := l.probe
	if p == nil {
		return
	}
	l.probe = nil
	t.held -= len(p.buf[0]) + len(p.buf[1])
	p.buf[0], p.buf[1], p.chunks = p.buf[0][:0], p.buf[1][:0], p.chunks[:0]
	if len(t.probes) < maxFreeProbes {
		t.probes = append(t.probes, p)
	}
}

// maxFreeProbes bounds what is kept for reuse.
const maxFreeProbes = 1 << 12
