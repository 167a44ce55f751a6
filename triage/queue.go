package triage

import (
	"context"
	"slices"
	"strings"
	"sync"

	"ward/asset/device"
	"ward/store"
)

// work is what one round has to do: the sum of its causes.
type work struct {
	all     bool // read every device from the store
	feeds   bool // read the folder of feeds
	tick    bool // look at the clock first
	devices map[device.ID]bool
	gone    map[device.ID]bool
	causes  []string
}

// idle tells whether there is nothing to do but to look at the clock.
func (w *work) idle() bool { return len(w.causes) == 0 }

// maxCauses is how many causes a round names.
const maxCauses = 3

func (w *work) cause() string {
	if n := len(w.causes); n > maxCauses {
		return strings.Join(w.causes[:maxCauses], "; ") + "; and more"
	}
	return strings.Join(w.causes, "; ")
}

// join adds other to w: causes that wait are served in one round.
func (w *work) join(other work) {
	w.all, w.feeds, w.tick = w.all || other.all, w.feeds || other.feeds, w.tick || other.tick
	if w.devices == nil {
		w.devices, w.gone = map[device.ID]bool{}, map[device.ID]bool{}
	}
	for id := range other.devices {
		w.devices[id] = true
		delete(w.gone, id)
	}
	for id := range other.gone {
		w.gone[id] = true
		delete(w.devices, id)
	}
	for _, c := range other.causes {
		if !slices.Contains(w.causes, c) && len(w.causes) <= maxCauses {
			w.causes = append(w.causes, c)
		}
	}
}

// queue holds the work that waits.
type queue struct {
	ready chan struct{} // one token while work waits
	mu    *sync.Mutex
	next  *work         // guarded by mu; nil: nothing waits
	idle  chan struct{} // guarded by mu; closed while nothing waits or is done
	busy  bool          // guarded by mu
}

func newQueue() queue {
	idle := make(chan struct{})
	close(idle)
	return queue{ready: make(chan struct{}, 1), mu: &sync.Mutex{}, idle: idle}
}

func (q *queue) add(w work) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.next == nil {
		q.next = &work{}
		if !q.busy {
			q.idle = make(chan struct{})
		}
	}
	q.next.join(w)
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

func (q *queue) take() (work, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.next == nil {
		return work{}, false
	}
	w := *q.next
	q.next, q.busy = nil, true
	return w, true
}

func (q *queue) finished() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.busy = false
	if q.next == nil {
		close(q.idle)
	}
}

// Wait returns when nothing waits and nothing is being assessed.
func (t *Triage) Wait(ctx context.Context) error {
	t.queue.mu.Lock()
	idle := t.queue.idle
	t.queue.mu.Unlock()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-idle:
		return nil
	}
}

// DevicesChanged says what a fold of the inventory changed.
func (t *Triage) DevicesChanged(cause string, c store.DeviceChanges) {
	w := work{devices: map[device.ID]bool{}, gone: map[device.ID]bool{}, causes: []string{cause}}
	for _, id := range c.Gone {
		w.gone[id] = true
	}
	for former := range c.Renamed {
		w.gone[former] = true
	}
	for _, list := range [][]device.ID{c.New, c.Changed} {
		for _, id := range list {
			w.devices[id] = true
			delete(w.gone, id)
		}
	}
	for _, id := range c.Renamed {
		w.devices[id] = true
		delete(w.gone, id)
	}
	if len(w.devices)+len(w.gone) > 0 {
		t.queue.add(w)
	}
}

// FeedsChanged says that the folder of feeds was updated.
func (t *Triage) FeedsChanged(cause string) {
	t.queue.add(work{feeds: true, causes: []string{cause}})
}

// Decided says that a decision was made, approved, revoked or ended. A label is
// the inventory's: intake folds it and then says DevicesChanged.
func (t *Triage) Decided(d store.Decision) {
	if d.Kind == store.Label {
		return
	}
	t.queue.add(work{causes: []string{describe(&d)}})
}

// Tick looks at the clock now, instead of at the next beat: where time is made
// to pass faster.
func (t *Triage) Tick() { t.queue.add(work{tick: true}) }

// describe names a decision as the cause of a change.
func describe(d *store.Decision) string {
	subject := d.Vulnerability
	if d.Device != "" {
		subject += " on " + string(d.Device)
	}
	what := map[store.DecisionKind]string{store.AcceptRisk: "risk accepted", store.OverrideScore: "score overruled", store.NotAffected: "declared not affected"}[d.Kind]
	switch d.State {
	case store.Revoked:
		what += ", taken back"
	case store.Expired:
		what += ", ended"
	}
	return "decision: " + what + ": " + subject
}
