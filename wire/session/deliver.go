package session

import (
	"cmp"
	"slices"

	"ward/wire/packet"
)

// batchOut is what one worker delivers of one batch. It is used again, so
// that a Session costs no allocation of its own.
type batchOut struct {
	sessions []delivery
	facts    []Seen
}

// delivery is a Session with what orders it.
type delivery struct {
	session Session
	born    uint64 // number of the session's first packet in the run
}

func (o *batchOut) reset() {
	clear(o.sessions)
	clear(o.facts)
	o.sessions, o.facts = o.sessions[:0], o.facts[:0]
}

// sorted gives the deliveries of all workers in the order of their first
// packets, parts of one session in their own order. The order depends on the
// packets only.
func sorted(buf []*delivery, outs ...*batchOut) []*delivery {
	buf = buf[:0]
	for _, o := range outs {
		for i := range o.sessions {
			buf = append(buf, &o.sessions[i])
		}
	}
	slices.SortFunc(buf, func(a, b *delivery) int {
		return cmp.Or(cmp.Compare(a.born, b.born), cmp.Compare(a.session.Part, b.session.Part))
	})
	return buf
}

// deliverPart hands on a session that goes on.
func (t *table) deliverPart(f *flow) {
	t.deliver(f)
	f.part++
	f.packets, f.bytes = [2]uint64{}, [2]uint64{}
}

// deliver makes the Session of a flow and forgets its facts.
func (t *table) deliver(f *flow) {
	o := t.out
	o.sessions = append(o.sessions, delivery{born: f.born})
	s := &o.sessions[len(o.sessions)-1].session
	t.fill(s, f)
	if f.live == 0 {
		return
	}
	l := t.lives[f.live-1]
	l.since = t.now
	from := len(o.facts)
	o.facts = append(o.facts, l.facts...)
	if len(o.facts) > from {
		s.Facts = o.facts[from:len(o.facts):len(o.facts)]
	}
	t.waiting -= l.cost
	l.cost = 0
	clear(l.facts)
	l.facts = l.facts[:0]
}

func (t *table) fill(s *Session, f *flow) {
	*s = Session{
		ID: f.key.id(f.start), VLAN: f.vlan, Input: int(f.input), Frame: f.frame, Part: int(f.part),
		Orig: f.endpoint(int(f.orig)), Resp: f.endpoint(int(f.orig ^ 1)),
		Start: stamp(f.start), Last: stamp(f.last),
	}
	switch f.key.kind {
	case packet.TCP:
		s.Transport, s.State = TCP, f.history.state(int(f.orig))
	case packet.UDP:
		s.Transport = UDP
	case packet.ICMP:
		s.Transport, s.Proto = ICMP, f.key.number
	case packet.IP:
		s.Transport, s.Proto = IP, f.key.number
	default:
		s.Transport, s.Proto = Frame, f.key.number
	}
	switch {
	case f.service > 0:
		s.Service, s.Certainty = t.codecs.list[f.service-1].Name, OneSide
		if f.sure {
			s.Certainty = Content
		}
	case s.Transport == TCP || s.Transport == UDP:
		if s.Service = PortName(s.Transport, s.Orig.Port, s.Resp.Port); s.Service != "" {
			s.Certainty = PortOnly
		}
	}
}

func (f *flow) endpoint(side int) Endpoint {
	return Endpoint{
		Addr: f.key.ip(side), Port: f.key.port[side], MAC: f.mac[side],
		Packets: f.packets[side], Bytes: f.bytes[side], TTL: f.ttl[side],
	}
}
