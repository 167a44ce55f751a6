package session

import "time"

// timer is a flow's place in the wheel.
type timer struct {
	prev, next uint32 // circular list of the slot
	slot       uint16
}

// wheel finds the flows whose idle time is over in constant time: one slot a
// second, each a list of flows. A packet does not touch the wheel; a flow that
// turns out to be busy when its slot comes up is put in again.
type wheel struct {
	heads  [wheelSlots]uint32
	cursor int64 // the second that was looked at last
	runs   bool  // cursor is set
	flows  *arena
}

// wheelSlots is more than the longest idle time in seconds.
const wheelSlots = 1024

// put enters a flow that is due at a time (nanoseconds).
func (w *wheel) put(i uint32, due int64) {
	second := min(max(due/int64(time.Second)+1, w.cursor+1), w.cursor+wheelSlots-1)
	s := uint16(second & (wheelSlots - 1))
	f := w.flows.at(i)
	f.timer.slot = s
	head := w.heads[s]
	if head == 0 {
		w.heads[s] = i
		f.timer.prev, f.timer.next = i, i
		return
	}
	first := w.flows.at(head)
	tail := first.timer.prev
	f.timer.prev, f.timer.next = tail, head
	w.flows.at(tail).timer.next = i
	first.timer.prev = i
}

func (w *wheel) remove(i uint32) {
	t := w.flows.at(i).timer
	if t.next == i {
		w.heads[t.slot] = 0
		return
	}
	w.flows.at(t.prev).timer.next = t.next
	w.flows.at(t.next).timer.prev = t.prev
	if w.heads[t.slot] == i {
		w.heads[t.slot] = t.next
	}
}

// start sets the clock before the first flow is put in.
func (w *wheel) start(now int64) {
	if !w.runs {
		w.cursor, w.runs = now/int64(time.Second), true
	}
}

// advance moves to a time and calls expire for each flow whose idle time is over.
func (w *wheel) advance(now int64, expire func(uint32)) {
	second := now / int64(time.Second)
	if second < w.cursor || !w.runs { // the clock was set back, or starts
		w.cursor, w.runs = second, true
		return
	}
	w.cursor = max(w.cursor, second-wheelSlots)
	for w.cursor < second {
		w.cursor++
		s := w.cursor & (wheelSlots - 1)
		last := w.heads[s]
		if last == 0 {
			continue
		}
		last = w.flows.at(last).timer.prev
		for i := w.heads[s]; i != 0; i = w.heads[s] {
			w.turn(i, now, expire)
			if i == last {
				break
			}
		}
	}
}

// turn ends a flow or puts it in again.
func (w *wheel) turn(i uint32, now int64, expire func(uint32)) {
	f := w.flows.at(i)
	due := f.active + f.idle()
	if due < now {
		expire(i)
		return
	}
	w.remove(i)
	w.put(i, due)
}

// oldest gives the flow that is due first, 0 where there is none. Busy flows
// met on the way are put in again.
func (w *wheel) oldest() uint32 {
	for s := w.cursor + 1; s < w.cursor+wheelSlots; {
		i := w.heads[s&(wheelSlots-1)]
		if i == 0 {
			s++
			continue
		}
		f := w.flows.at(i)
		due := f.active + f.idle()
		if due/int64(time.Second)+1 <= s || s == w.cursor+wheelSlots-1 {
			return i
		}
		w.remove(i)
		w.put(i, due)
	}
	return w.heads[w.cursor&(wheelSlots-1)]
}
