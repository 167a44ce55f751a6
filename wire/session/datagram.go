package session

import (
	"math/bits"

	"ward/wire/packet"
	"ward/wire/proto"
)

// datagram gives one UDP payload to the session's parser, or asks the codecs.
func (t *table) datagram(f *flow, side int, p *packet.Packet) {
	if len(p.Payload) == 0 {
		return
	}
	switch f.phase {
	case following:
		t.parse(f, side, p.Payload)
	case probing:
		t.probeDatagram(f, side, p.Payload)
	}
}

// probeDatagram asks each codec about this one payload: unlike a stream, every
// datagram is a new message, and a codec may know the second.
func (t *table) probeDatagram(f *flow, side int, b []byte) {
	ports, maybe := f.ports(), uint64(0)
	for open := t.codecs.datagram; open != 0; open &= open - 1 {
		i := bits.TrailingZeros64(open)
		switch t.codecs.list[i].Datagram(b, ports) {
		case proto.Yes:
			f.sure = true
			t.follow(f, i)
			if f.phase == following {
				t.parse(f, side, b)
			}
			return
		case proto.Maybe:
			maybe |= 1 << i
		}
	}
	f.tries++
	if maybe != 0 && t.held+len(b) <= t.limits.held {
		l := t.liveOf(f)
		if l.probe == nil {
			l.probe = t.takeProbe(0)
		}
		if len(l.probe.buf[side])+len(b) <= maxProbe {
			l.probe.open |= maybe
			t.keep(l.probe, side, b)
		}
	}
	if f.tries >= maxOddDatagrams && !t.settleMaybe(f) {
		t.release(f)
	}
}

// message gives the payload of a frame, an IP protocol or ICMP to the codec
// that its number names.
func (t *table) message(f *flow, side int, p *packet.Packet) {
	if f.phase == probing {
		codec := t.codecs.number(f.key.kind, f.key.number)
		if codec < 0 {
			f.phase = counting
			return
		}
		f.sure = true
		t.follow(f, codec)
	}
	if f.phase == following && len(p.Payload) > 0 {
		t.parse(f, side, p.Payload)
	}
}
