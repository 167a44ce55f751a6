// Package triage keeps findings, assessments and the worklist in the store true:
// Device x Advisory -> Finding -> Assessment -> Action, by the same path as
// `ward analyze` (pipeline.Assessor). What happens is told to it as a cause; it
// works out what the cause can touch and assesses only that:
//
//   - devices that are new or changed, and those whose share of a clinical service
//     changed because of them;
//   - devices whose likeness (exposure.Likeness) has other findings than before,
//     or the same by a revised advisory, or another threat by KEV, EPSS or SSVC;
//   - devices that a decision speaks of, from its start to its end;
//   - all, where the watching became twice as long, gained a tap or now refutes
//     what was not seen, and where KEV or EPSS became stale or fresh again.
//
// The worklist is planned anew for the makes and models of these devices. It
// refuses to guess: feeds that cannot be read leave everything as it was.
package triage

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"ward/pipeline"
	"ward/store"
	"ward/vuln/exposure"
)

// Deps are what a Triage works with.
type Deps struct {
	Store *store.Store
	// Feeds is the folder of vulnerability feeds, empty: there are none.
	Feeds string
	// Hours is the working time that the plan is chosen for, nil or 0: no limit.
	Hours func() float64
	// OnChange hears what changed on whose list, once for each round in which
	// anything did. It must not block for long.
	OnChange func(ctx context.Context, cause string, changes []store.FindingChange)
	// OnError hears why a round failed; its causes stay and are tried again.
	OnError func(error)
}

// ErrNoDevice is returned for a device that is not in the inventory.
var ErrNoDevice = errors.New("triage: no such device")

// Triage is one worker with a queue of causes. It is safe for concurrent use.
type Triage struct {
	deps  Deps
	queue queue

	noted  state      // as it stands in the store; of the one that runs rounds
	mu     sync.Mutex // guards site: held for one device at a time, not for a round
	site   *site
	status Status // guarded by mu
}

// Status is what the worker does.
type Status struct {
	Busy     bool
	Cause    string    // of this round, else of the last
	Done, Of int       // devices
	Since    time.Time // when this round began, else when the last ended
	Error    string    // why the last round failed
	Warnings []string  // of the last reading of the feeds
}

// New makes a Triage, whose first work is everything; Run starts it.
func New(d Deps) *Triage {
	speller := exposure.NewSpeller()
	t := &Triage{deps: d, queue: newQueue(), site: newSite(pipeline.NewAssessor(speller), speller)}
	t.queue.add(work{all: true, feeds: true, causes: []string{"start"}})
	return t
}

// Status tells what the worker does.
func (t *Triage) Status() Status {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.status
}

const (
	// beat is how often the clock is looked at: decisions end, feeds grow old.
	beat = 10 * time.Second
	// retry is how long a failed round waits.
	retry = 30 * time.Second
)

// Run assesses everything once and then what causes touch, until ctx ends. Call
// it once.
func (t *Triage) Run(ctx context.Context) error {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	now := make(chan struct{})
	close(now)
	for {
		var spare <-chan struct{} // ready while there is something to do that can wait
		if t.site.cold() {
			spare = now
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			t.Tick()
		case <-t.queue.ready:
			t.serve(ctx)
		case <-spare:
			if err := t.warm(ctx); err != nil && ctx.Err() == nil {
				t.failed(fmt.Errorf("triage: %w", err))
				t.site.undrafted = 0 // the next round that plans drafts them
			}
		}
	}
}

// serve does the work of the queue.
func (t *Triage) serve(ctx context.Context) {
	w, some := t.queue.take()
	if !some {
		return
	}
	var err error
	if w.tick {
		err = t.clock(ctx)
	}
	if err == nil && !w.idle() {
		err = t.round(ctx, &w)
	}
	t.queue.finished()
	if err != nil && ctx.Err() == nil {
		t.failed(fmt.Errorf("triage: %s: %w", w.cause(), err))
		time.AfterFunc(retry, func() { t.queue.add(w) })
	}
}

func (t *Triage) failed(err error) {
	t.mu.Lock()
	t.status.Error = err.Error()
	t.mu.Unlock()
	if t.deps.OnError != nil {
		t.deps.OnError(err)
	}
}

// progress notes how far the round is.
func (t *Triage) progress(change func(*Status)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change(&t.status)
}
