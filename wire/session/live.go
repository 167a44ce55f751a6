package session

import (
	"ward/wire/proto"
)

// live is what a flow needs beyond its counters: while payload is looked at,
// and as long as facts wait for delivery.
type live struct {
	parser  proto.Parser
	holder  proto.Holder // the parser, where it keeps bytes
	weight  int          // what it held when last asked
	probe   *probe
	hole    [2]hole
	facts   []Seen
	cost    int   // what the facts hold, about
	since   int64 // event time of the latest delivery
	pending [2][]segment
}

// liveOf gives the flow's live record, making it where needed.
func (t *table) liveOf(f *flow) *live {
	if f.live == 0 {
		if n := len(t.freeLives); n > 0 {
			f.live = t.freeLives[n-1]
			t.freeLives = t.freeLives[:n-1]
		} else {
			t.lives = append(t.lives, &live{})
			f.live = uint32(len(t.lives))
		}
		t.lives[f.live-1].since = t.now
	}
	return t.lives[f.live-1]
}

// release frees what following the payload needed; facts stay until delivery.
func (t *table) release(f *flow) {
	f.phase = counting
	if f.live == 0 {
		return
	}
	l := t.lives[f.live-1]
	t.dropProbe(l)
	for side := range l.pending {
		for _, s := range l.pending[side] {
			t.held -= len(s.data)
		}
		clear(l.pending[side])
		l.pending[side] = l.pending[side][:0]
		l.hole[side] = hole{}
	}
	if l.parser != nil {
		t.held -= l.weight
		l.parser, l.holder, l.weight = nil, nil, 0
		t.following--
	}
	if len(l.facts) == 0 {
		t.freeLives = append(t.freeLives, f.live)
		f.live = 0
	}
}
