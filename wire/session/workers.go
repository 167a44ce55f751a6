package session

import (
	"slices"
	"sync"
	"sync/atomic"

	"ward/wire/capture"
)

// unit is one round on its way through the workers: the reader fills it, each
// worker takes its own arrivals, the caller's goroutine delivers and gives it
// back. Who holds it owns it.
type unit struct {
	arrivals []arrival
	shares   [][]uint16 // indexes of arrivals, by worker
	outs     []*batchOut
	now      int64
	copies   []byte   // frames of batches too small to be kept
	leases   []*lease // batches the arrivals lie in
	busy     sync.WaitGroup
}

// lease is a batch that several units may use.
type lease struct {
	batch capture.Batch
	users atomic.Int32
}

const (
	unitsInFlight = 6
	// smallBatch is the least number of frames for which a batch is worth its
	// buffer; the frames of smaller ones are copied.
	smallBatch = 64
)

// spread does the stages in several goroutines: one reads and decodes, each
// worker follows the sessions of its share, the caller's delivers.
func (in *intake) spread(tables []*table, out *outlet) {
	free := make(chan *unit, unitsInFlight)
	ready := make(chan *unit, unitsInFlight)
	work := make([]chan *unit, len(tables))
	var running sync.WaitGroup
	for i, t := range tables {
		work[i] = make(chan *unit, unitsInFlight)
		running.Go(func() { t.work(i, work[i]) })
	}
	for range unitsInFlight {
		free <- newUnit(len(tables))
	}
	go func() {
		r := reading{in: in, free: free, ready: ready, work: work}
		r.run()
		close(ready)
		for _, w := range work {
			close(w)
		}
	}()
	for u := range ready {
		u.busy.Wait()
		out.deliver(u.outs...)
		u.release()
		free <- u
	}
	running.Wait()
}

func newUnit(workers int) *unit {
	u := &unit{arrivals: make([]arrival, round), shares: make([][]uint16, workers)}
	for range workers {
		u.outs = append(u.outs, &batchOut{})
	}
	return u
}

// release lets go of the batches.
func (u *unit) release() {
	for _, l := range u.leases {
		l.users.Add(-1)
	}
	u.leases, u.copies = u.leases[:0], u.copies[:0]
	for i := range u.shares {
		u.shares[i] = u.shares[i][:0]
	}
}

// work is one worker.
func (t *table) work(self int, units <-chan *unit) {
	for u := range units {
		t.out = u.outs[self]
		for _, i := range u.shares[self] {
			t.take(&u.arrivals[i])
		}
		t.advance(u.now)
		u.busy.Done()
	}
}

// reading is the state of the reading goroutine.
type reading struct {
	in     *intake
	free   <-chan *unit
	ready  chan<- *unit
	work   []chan *unit
	leases []*lease
	unit   *unit
	n      int // frames in the unit
}

func (r *reading) run() {
	l := r.lease()
	for r.in.read(&l.batch) {
		keep := len(l.batch.Frames) >= smallBatch
		for i := range l.batch.Frames {
			r.add(l, &l.batch.Frames[i], keep)
		}
		if keep {
			l.users.Add(-1)
			l = r.lease()
		}
	}
	if r.n > 0 {
		r.send()
	}
}

// lease gives a batch that no unit uses, held once by the reader.
func (r *reading) lease() *lease {
	for _, l := range r.leases {
		if l.users.CompareAndSwap(0, 1) {
			return l
		}
	}
	l := &lease{}
	l.users.Store(1)
	r.leases = append(r.leases, l)
	return l
}

// add decodes a frame into the unit at hand.
func (r *reading) add(l *lease, f *capture.Frame, keep bool) {
	if r.unit == nil {
		r.unit = <-r.free
	}
	u := r.unit
	if keep && !slices.Contains(u.leases, l) {
		l.users.Add(1)
		u.leases = append(u.leases, l)
	}
	a := &u.arrivals[r.n]
	whole := r.in.defrag.Stats.Whole
	if r.in.decode(f, a) {
		if !keep || r.in.defrag.Stats.Whole != whole {
			from := len(u.copies)
			u.copies = append(u.copies, a.packet.Payload...)
			a.packet.Payload = u.copies[from:len(u.copies):len(u.copies)]
		}
		w := a.packet.FlowHash() % uint64(len(r.work))
		u.shares[w] = append(u.shares[w], uint16(r.n))
	}
	if r.n++; r.in.stats.Frames%round == 0 {
		r.send()
	}
}

func (r *reading) send() {
	u := r.unit
	u.now = r.in.clock
	u.busy.Add(len(r.work))
	for _, w := range r.work {
		w <- u
	}
	r.ready <- u
	r.unit, r.n = nil, 0
}
