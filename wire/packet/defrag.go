package packet

import (
	"container/list"
	"net/netip"
)

// Bounds of reassembly. A sender of first fragments only must not cost more
// than this, however long it goes on.
const (
	maxDatagram      = 65535              // RFC 791 section 3.1; RFC 8200 section 4.5
	maxParts         = 512                // per datagram; 64 KiB in 128-byte parts
	maxDatagrams     = 4096               // waiting at once
	maxDefragBytes   = 8 << 20            // held by all waiting datagrams
	maxDefragAge     = 30 * 1_000_000_000 // nanoseconds of packet time, as Linux waits
	maxIdleDatagrams = 32                 // emptied ones kept for reuse
	partCost         = 48                 // bookkeeping bytes of one part, counted as held
	deadCost         = 256                // the same for one datagram, also after it was given up
)

// Defrag reassembles IPv4 (RFC 791, RFC 815) and IPv6 (RFC 8200 section 4.5)
// fragments. The zero value is ready. It keeps no clock: time is the packets'.
//
// Where parts of an IPv4 datagram overlap, the first to arrive wins, so a late
// part cannot rewrite ports or flags already seen (RFC 1858 section 4). An
// IPv6 datagram with overlapping parts is dropped whole (RFC 5722 section 4).
type Defrag struct {
	Stats DefragStats

	waiting map[datagramKey]*list.Element
	oldest  list.List // of *datagram, by time of the first part
	held    int       // bytes, bounded by maxDefragBytes
	idle    []*datagram
	out     []byte // the last whole datagram
	whole   Packet // the last whole packet
}

// DefragStats counts what came and what was given up.
type DefragStats struct {
	Parts     uint64 // fragments seen
	Whole     uint64 // datagrams completed
	Expired   uint64 // datagrams whose other parts did not come in time
	Evicted   uint64 // datagrams dropped for want of room
	Overlap   uint64 // IPv6 datagrams dropped for overlapping parts
	Truncated uint64 // datagrams with a part the capture cut
	Malformed uint64 // fragments with impossible offsets or lengths
}

// datagramKey is what the parts of one datagram share: IPv4 also compares the
// protocol (RFC 791 section 2.3), IPv6 does not.
type datagramKey struct {
	src, dst netip.Addr
	id       uint32
	v6       bool
	proto    uint8
}

// Waiting is the number of datagrams with missing parts.
func (d *Defrag) Waiting() int { return d.oldest.Len() }

// Add takes any packet. One that is no fragment comes straight back; of a
// fragment, the last missing part gives the whole packet, decoded as if it had
// never been split. Its Length is that of all parts together, its Frame and
// Time those of the part that completed it. It is valid until the next Add.
func (d *Defrag) Add(p *Packet) (whole *Packet, ok bool) {
	for range maxTunnels { // a whole packet may carry a tunnel with fragments
		if p.Kind != Fragment {
			return p, true
		}
		if !d.add(p) {
			return nil, false
		}
		p = &d.whole
	}
	return p, p.Kind != Fragment
}

func (d *Defrag) add(p *Packet) (complete bool) {
	d.Stats.Parts++
	d.expire(p.Time)
	if p.Fault != NoFault {
		d.Stats.Malformed++
		return false
	}
	g := d.find(p)
	switch {
	case g.dead:
		return false
	case len(p.Payload) < p.PayloadLen:
		d.Stats.Truncated++
		d.kill(g)
		return false
	case len(g.parts) >= maxParts:
		d.Stats.Malformed++
		d.kill(g)
		return false
	}
	before := g.size()
	switch g.put(p) {
	case misfit:
		d.Stats.Malformed++
		return false
	case overlap:
		d.Stats.Overlap++
		d.kill(g)
		return false
	}
	d.held += g.size() - before
	if !g.complete() {
		d.makeRoom()
		return false
	}
	d.finish(g, p)
	return true
}

// finish makes the whole packet of p's headers and g's bytes.
func (d *Defrag) finish(g *datagram, p *Packet) {
	d.Stats.Whole++
	d.out = g.assemble(d.out[:0])
	depth := 0
	if p.Tunnel != NoTunnel {
		depth = 1
	}
	w := *p
	w.FragID, w.FragOffset, w.FragMore = 0, 0, false
	w.Length, w.IPProto = g.length, g.proto
	d.whole = w
	d.whole.body(IP, d.out, len(d.out))
	if g.key.v6 {
		d.whole.extensions(d.out, len(d.out), depth)
	} else {
		d.whole.transport(d.out, len(d.out), depth)
	}
	d.remove(g)
}

func (d *Defrag) find(p *Packet) *datagram {
	key := datagramKey{src: p.Src, dst: p.Dst, id: p.FragID, v6: p.EtherType == typeIPv6}
	if !key.v6 {
		key.proto = p.IPProto
	}
	if e, ok := d.waiting[key]; ok {
		return e.Value.(*datagram)
	}
	if d.waiting == nil {
		d.waiting = make(map[datagramKey]*list.Element)
	}
	if d.oldest.Len() >= maxDatagrams {
		d.evict()
	}
	g := d.take()
	g.key, g.since, g.total = key, p.Time, -1
	d.waiting[key] = d.oldest.PushBack(g)
	d.held += g.size()
	return g
}

func (d *Defrag) expire(now int64) {
	for e := d.oldest.Front(); e != nil; e = d.oldest.Front() {
		g := e.Value.(*datagram)
		if now-g.since <= maxDefragAge {
			return
		}
		if !g.dead {
			d.Stats.Expired++
		}
		d.remove(g)
	}
}

func (d *Defrag) makeRoom() {
	for d.held > maxDefragBytes {
		d.evict()
	}
}

func (d *Defrag) evict() {
	g := d.oldest.Front().Value.(*datagram)
	if !g.dead {
		d.Stats.Evicted++
	}
	d.remove(g)
}

// kill gives up the content but keeps the key, so that later parts of the same
// datagram are dropped too instead of starting a new one.
func (d *Defrag) kill(g *datagram) {
	d.held -= g.size()
	g.data, g.parts, g.dead = nil, nil, true
	d.held += g.size()
}

func (d *Defrag) remove(g *datagram) {
	d.held -= g.size()
	d.oldest.Remove(d.waiting[g.key])
	delete(d.waiting, g.key)
	if len(d.idle) < maxIdleDatagrams {
		*g = datagram{data: g.data[:0], parts: g.parts[:0]}
		d.idle = append(d.idle, g)
	}
}

func (d *Defrag) take() *datagram {
	if n := len(d.idle); n > 0 {
		g := d.idle[n-1]
		d.idle = d.idle[:n-1]
		return g
	}
	return new(datagram)
}
