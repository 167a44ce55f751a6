package packet

import "slices"

// datagram is one IP datagram with parts missing. Bytes are kept as they came,
// one after another, so that memory grows with what was received and never
// with what an offset claims.
type datagram struct {
	key    datagramKey
	since  int64  // time of the first part seen
	data   []byte // contents of all parts in order of arrival
	parts  []part // by offset, without overlap
	total  int    // length of the datagram's payload, -1 until the last part came
	have   int    // bytes of it present
	length int    // bytes all frames had on the wire
	proto  uint8  // of the part at offset 0, RFC 8200 section 4.5
	dead   bool   // given up; later parts are dropped
}

// part says that data[pos:pos+n] belongs at off.
type part struct{ off, n, pos int }

// fit is the outcome of putting a part in its place.
type fit uint8

const (
	placed fit = iota
	misfit
	overlap
)

func (g *datagram) size() int { return deadCost + len(g.data) + partCost*len(g.parts) }

func (g *datagram) complete() bool { return g.total >= 0 && g.have == g.total }

// put adds p. A part that contradicts the known end is refused: two different
// ends would let two hosts see two different datagrams.
func (g *datagram) put(p *Packet) fit {
	off, body := p.FragOffset, p.Payload[:p.PayloadLen]
	end := off + len(body)
	switch {
	case g.total >= 0 && (end > g.total || !p.FragMore && end != g.total):
		return misfit
	case !p.FragMore && len(g.parts) > 0 && g.end() > end:
		return misfit
	}
	at, touches := g.place(off, end)
	if touches && g.key.v6 {
		if g.repeats(at, off, body) {
			return placed
		}
		return overlap
	}
	if !p.FragMore {
		g.total = end
	}
	if off == 0 && (len(g.parts) == 0 || g.parts[0].off != 0) {
		g.proto = p.IPProto
	}
	g.length += p.Length
	g.fill(at, off, body)
	return placed
}

// end is the offset after the last byte present.
func (g *datagram) end() int {
	last := g.parts[len(g.parts)-1]
	return last.off + last.n
}

// place finds the first part that ends after off, and whether it starts before end.
func (g *datagram) place(off, end int) (at int, touches bool) {
	at, _ = slices.BinarySearchFunc(g.parts, off, func(q part, off int) int {
		if q.off+q.n <= off {
			return -1
		}
		return 1
	})
	return at, at < len(g.parts) && g.parts[at].off < end
}

// repeats tells an exact copy of a part already here, which a network may make.
func (g *datagram) repeats(at, off int, body []byte) bool {
	q := g.parts[at]
	return q.off == off && q.n == len(body) && slices.Equal(g.data[q.pos:q.pos+q.n], body)
}

// fill puts body into the holes from offset off on; at is the first part that
// may overlap it. Bytes already present stay.
func (g *datagram) fill(at, off int, body []byte) {
	for len(body) > 0 {
		n := len(body)
		if at < len(g.parts) {
			q := g.parts[at]
			if skip := min(q.off+q.n-off, len(body)); q.off <= off {
				off, body = off+skip, body[skip:]
				at++
				continue
			}
			n = min(n, q.off-off)
		}
		g.parts = slices.Insert(g.parts, at, part{off: off, n: n, pos: len(g.data)})
		g.data = append(g.data, body[:n]...)
		g.have += n
		off, body = off+n, body[n:]
		at++
	}
}

// assemble appends the parts in order. Only called when complete.
func (g *datagram) assemble(out []byte) []byte {
	for _, q := range g.parts {
		out = append(out, g.data[q.pos:q.pos+q.n]...)
	}
	return out
}
