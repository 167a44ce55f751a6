package sim

import "time"

// timeline plays activities and the frames they make in time order. Times are
// nanoseconds since the start of the capture.
type timeline struct {
	now, end time.Duration
	serial   uint64
	todo     queue[func(at time.Duration)]
	wire     queue[frame]
}

// plan does something at a time, if that lies before the end.
func (t *timeline) plan(at time.Duration, do func(at time.Duration)) {
	if at < t.end {
		t.todo.push(at, t.next(), do)
	}
}

// every does something again and again, the gap drawn anew each time.
func (t *timeline) every(first time.Duration, gap func() time.Duration, do func(at time.Duration)) {
	t.plan(first, func(at time.Duration) {
		do(at)
		t.every(at+max(gap(), time.Microsecond), gap, do)
	})
}

// put keeps a frame until its time.
func (t *timeline) put(at time.Duration, f frame) { t.wire.push(at, t.next(), f) }

func (t *timeline) next() uint64 {
	t.serial++
	return t.serial
}

// play runs to the end and hands out each frame in time order; write says
// whether to go on.
func (t *timeline) play(write func(at time.Duration, f *frame) (more bool, err error)) error {
	for t.todo.len()+t.wire.len() > 0 {
		if t.todo.len() > 0 && (t.wire.len() == 0 || t.todo.first() <= t.wire.first()) {
			at, do := t.todo.pop()
			t.now = at
			do(at)
			continue
		}
		at, f := t.wire.pop()
		if more, err := write(at, &f); !more || err != nil {
			return err
		}
	}
	return nil
}

// queue is a binary heap by time, then by serial. The values lie still in slots
// while the small keys move.
type queue[T any] struct {
	keys  []key
	slots []T
	free  []uint32
}

type key struct {
	at     time.Duration
	serial uint64
	slot   uint32
}

func (k key) before(o key) bool { return k.at < o.at || k.at == o.at && k.serial < o.serial }

func (q *queue[T]) len() int             { return len(q.keys) }
func (q *queue[T]) first() time.Duration { return q.keys[0].at }

func (q *queue[T]) push(at time.Duration, serial uint64, v T) {
	slot := uint32(len(q.slots))
	if n := len(q.free); n > 0 {
		slot, q.free = q.free[n-1], q.free[:n-1]
		q.slots[slot] = v
	} else {
		q.slots = append(q.slots, v)
	}
	k := key{at, serial, slot}
	q.keys = append(q.keys, k)
	i := len(q.keys) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !k.before(q.keys[up]) {
			break
		}
		q.keys[i] = q.keys[up]
		i = up
	}
	q.keys[i] = k
}

func (q *queue[T]) pop() (time.Duration, T) {
	top := q.keys[0]
	v := q.slots[top.slot]
	var zero T
	q.slots[top.slot] = zero
	q.free = append(q.free, top.slot)
	n := len(q.keys) - 1
	k := q.keys[n]
	q.keys = q.keys[:n]
	if n > 0 {
		q.sink(k)
	}
	return top.at, v
}

// sink puts k in place from the root down.
func (q *queue[T]) sink(k key) {
	i, n := 0, len(q.keys)
	for {
		down := 2*i + 1
		if down >= n {
			break
		}
		if down+1 < n && q.keys[down+1].before(q.keys[down]) {
			down++
		}
		if !q.keys[down].before(k) {
			break
		}
		q.keys[i] = q.keys[down]
		i = down
	}
	q.keys[i] = k
}
