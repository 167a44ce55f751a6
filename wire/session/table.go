package session

import (
	"hash/maphash"

	"ward/wire/packet"
	"ward/wire/proto"
)

// table holds the sessions of one worker. Its methods run in one goroutine.
type table struct {
	codecs    codecs
	limits    limits
	seed      uint64
	flows     arena
	index     index
	wheel     wheel
	lives     []*live
	freeLives []uint32
	probes    []*probe // free ones
	held      int      // bytes in probes, pending segments and parsers
	following int      // parsers
	waiting   int      // bytes, about, of facts not delivered yet
	piece     int      // length of the payload at the parser
	stats     Counters
	out       *batchOut
	expire    func(uint32)
	emit      proto.Emit

	// The packet at hand: what a Fact has as its evidence.
	now     int64 // event clock
	current *flow
	at      evidence
}

func newTable(c codecs, l limits) *table {
	t := &table{codecs: c, limits: l, index: newIndex(), seed: maphash.Bytes(maphash.MakeSeed(), nil)}
	t.wheel.flows = &t.flows
	t.flows.blocks = append(t.flows.blocks, new([blockFlows]flow))
	t.expire = t.close
	t.emit = t.fact
	return t
}

// evidence is where a Fact comes from.
type evidence struct {
	frame uint64
	time  int64
	input int32
}

// arrival is one packet with what the whole run knows of it.
type arrival struct {
	packet packet.Packet
	now    int64  // event clock: the latest packet time so far
	number uint64 // of the frame in the run
}

// take counts one packet and gives its payload to whoever reads it. A codec
// that panics loses its session, not the run.
func (t *table) take(a *arrival) {
	defer t.rescue()
	p := &a.packet
	k, side, ok := keyOf(p)
	if !ok {
		return
	}
	t.now, t.at = a.now, evidence{frame: p.Frame, time: p.Time, input: int32(p.Input)}
	hash := k.hash(t.seed)
	i := t.index.find(hash, &k, &t.flows)
	if i != 0 {
		f := t.flows.at(i)
		if a.now-f.active > f.idle() || p.Kind == packet.TCP && f.reopens(side, p) {
			t.close(i)
			i = 0
		}
	}
	if i == 0 {
		i = t.open(hash, &k, side, a)
	}
	f := t.flows.at(i)
	t.current = f
	f.count(side, p, a.now)
	switch p.Kind {
	case packet.TCP:
		t.tcp(i, f, side, p)
	case packet.UDP:
		t.datagram(f, side, p)
	default:
		t.message(f, side, p)
	}
	t.renew(f)
	t.current = nil
}

// rescue gives up the session whose codec panicked.
func (t *table) rescue() {
	if f := t.current; f != nil {
		if recover() == nil {
			return
		}
		t.stats.Panics++
		t.current = nil
		t.release(f)
	}
}

// open makes room where there is none and enters a new flow.
func (t *table) open(hash uint64, k *key, side int, a *arrival) uint32 {
	if t.index.n >= t.limits.flows {
		t.stats.Evicted++
		t.close(t.wheel.oldest())
	}
	t.wheel.start(a.now)
	i := t.flows.take()
	f := t.flows.at(i)
	p := &a.packet
	*f = flow{key: *k, start: p.Time, last: p.Time, active: a.now, born: a.number, frame: p.Frame,
		input: int32(p.Input), vlan: p.VLAN}
	f.orient(side, p)
	t.index.add(hash, i)
	t.wheel.put(i, a.now+f.idle())
	return i
}

// close ends a flow: what still waits is decided, delivered and forgotten.
func (t *table) close(i uint32) {
	f := t.flows.at(i)
	at := t.at
	t.current, t.at = f, evidence{frame: f.latest, time: f.last, input: f.latestInput}
	t.finish(f)
	t.current, t.at = nil, at
	t.deliver(f)
	if f.live != 0 {
		t.release(f)
	}
	t.wheel.remove(i)
	t.index.remove(f.key.hash(t.seed), i)
	t.flows.give(i)
}

// finish flushes the payload side of a flow. It has its own rescue, since it
// also runs outside take.
func (t *table) finish(f *flow) {
	defer t.rescue()
	if f.phase == counting {
		return
	}
	if f.live != 0 {
		t.flush(f)
		t.settle(f)
	}
	t.endParser(f)
}

// advance moves the event clock and ends what has been idle too long.
func (t *table) advance(now int64) { t.now = now; t.wheel.advance(now, t.expire) }
