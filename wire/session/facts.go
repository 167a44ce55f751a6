package session

import (
	"reflect"
	"time"

	"ward/wire/proto"
)

const (
	// MaxFacts is the most facts a Session carries; more make it come in parts.
	MaxFacts = 64
	// partAfter is how long facts wait at most, in event time.
	partAfter = 10 * time.Minute
	// recentFacts is how many facts back a repetition is looked for.
	recentFacts = 4
	// factCost is about what a small fact holds in bytes; a large one holds no
	// more than some times the bytes that showed it.
	factCost = 256
)

// fact is the proto.Emit of every parser.
func (t *table) fact(dir proto.Dir, fact proto.Fact) {
	f := t.current
	if f == nil || fact == nil {
		return
	}
	if f.heard |= 1 << dir; f.heard == 3 { // understood in each direction
		f.sure = true
	}
	l := t.liveOf(f)
	for i := len(l.facts) - 1; i >= max(0, len(l.facts)-recentFacts); i-- {
		if l.facts[i].Dir == dir && same(l.facts[i].Fact, fact) {
			return
		}
	}
	if len(l.facts) == MaxFacts || len(l.facts) > 0 && t.waiting >= t.limits.facts {
		t.deliverPart(f)
	}
	cost := factCost + 2*t.piece
	l.cost += cost
	t.waiting += cost
	l.facts = append(l.facts, Seen{Fact: fact, Dir: dir, Frame: t.at.frame, Input: int(t.at.input), Time: stamp(t.at.time)})
}

// same compares two facts, also those that Go cannot compare with ==.
func same(a, b proto.Fact) bool {
	typ := reflect.TypeOf(a)
	if typ != reflect.TypeOf(b) {
		return false
	}
	if typ.Comparable() && typ.Kind() == reflect.Struct && plain(typ) {
		return a == b
	}
	return reflect.DeepEqual(a, b)
}

// plain tells a struct without interface fields: comparing those may panic.
func plain(t reflect.Type) bool {
	for i := range t.NumField() {
		switch t.Field(i).Type.Kind() {
		case reflect.Interface, reflect.Struct, reflect.Array, reflect.Pointer:
			return false
		}
	}
	return true
}

// stamp makes a time of nanoseconds since 1970.
func stamp(ns int64) time.Time { return time.Unix(0, ns).UTC() }

// renew delivers a part of a long session whose facts have waited long enough.
func (t *table) renew(f *flow) {
	if f.live == 0 {
		return
	}
	l := t.lives[f.live-1]
	if len(l.facts) > 0 && t.now-l.since > int64(partAfter) {
		t.deliverPart(f)
		if f.phase == counting {
			t.release(f)
		}
	}
}
