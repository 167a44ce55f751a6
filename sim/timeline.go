package sim

import (
	"container/heap"
	"time"
)

// timeline plays activities and the frames they make in time order, holding
// only what lies between now and the end of the sessions that are under way: a
// capture of many gigabytes needs little memory.
type timeline struct {
	now    time.Time
	end    time.Time
	soon   frames
	todo   activities
	serial uint64
	free   [][]byte
}

// activity is something that a host does at a time; it may plan itself again.
type activity struct {
	at     time.Time
	serial uint64
	do     func(at time.Time)
}

// pending is a frame that is built and waits for its time.
type pending struct {
	at     time.Time
	serial uint64
	data   []byte
}

// plan does something at a time, if that lies before the end.
func (t *timeline) plan(at time.Time, do func(time.Time)) {
	if at.Before(t.end) {
		t.serial++
		heap.Push(&t.todo, activity{at, t.serial, do})
	}
}

// every does something again and again, the gap drawn anew each time.
func (t *timeline) every(first time.Time, gap func() time.Duration, do func(time.Time)) {
	t.plan(first, func(at time.Time) {
		do(at)
		t.every(at.Add(max(gap(), time.Millisecond)), gap, do)
	})
}

// frame puts a frame on the wire at a time.
func (t *timeline) frame(at time.Time, build func([]byte) []byte) {
	var b []byte
	if n := len(t.free); n > 0 {
		b, t.free = t.free[n-1][:0], t.free[:n-1]
	}
	t.serial++
	heap.Push(&t.soon, pending{at, t.serial, build(b)})
}

// play runs to the end and gives each frame to write in time order.
func (t *timeline) play(write func(at time.Time, frame []byte) error) error {
	for len(t.todo) > 0 || len(t.soon) > 0 {
		if len(t.todo) > 0 && (len(t.soon) == 0 || !t.soon[0].at.Before(t.todo[0].at)) {
			a := heap.Pop(&t.todo).(activity)
			t.now = a.at
			a.do(a.at)
			continue
		}
		p := heap.Pop(&t.soon).(pending)
		if err := write(p.at, p.data); err != nil {
			return err
		}
		t.free = append(t.free, p.data)
	}
	return nil
}

type frames []pending

func (f frames) Len() int { return len(f) }
func (f frames) Less(i, j int) bool {
	if !f[i].at.Equal(f[j].at) {
		return f[i].at.Before(f[j].at)
	}
	return f[i].serial < f[j].serial
}
func (f frames) Swap(i, j int) { f[i], f[j] = f[j], f[i] }
func (f *frames) Push(x any)   { *f = append(*f, x.(pending)) }
func (f *frames) Pop() any {
	old := *f
	last := old[len(old)-1]
	*f = old[:len(old)-1]
	return last
}

type activities []activity

func (a activities) Len() int { return len(a) }
func (a activities) Less(i, j int) bool {
	if !a[i].at.Equal(a[j].at) {
		return a[i].at.Before(a[j].at)
	}
	return a[i].serial < a[j].serial
}
func (a activities) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *activities) Push(x any)   { *a = append(*a, x.(activity)) }
func (a *activities) Pop() any {
	old := *a
	last := old[len(old)-1]
	*a = old[:len(old)-1]
	return last
}
