// Package notify turns what changed (findings, feeds, imports, taps) into few
// messages to people: e-mail (RFC 5321, RFC 5322), webhook (HTTPS) and syslog
// (RFC 5424 with CEF). It knows three levels, a budget for each person and
// shift, quiet hours and a daily digest (safety.md section 7). Decide is pure;
// notices and outbox lie in the store and are written in one transaction, so
// that a restart loses nothing. A delivery is made at least once and carries
// its ID.
//
// It refuses to raise a level, to page for a finding, to follow redirects, and
// to post to internal addresses that nobody allowed.
package notify

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"ward/store"
)

// Deps are what a Notify works with.
type Deps struct {
	Store *store.Store
	// Base is the address of the hub, for links: "https://ward.example.org".
	Base string
	// Zone is that of shifts, quiet hours and the digest; nil: of the machine.
	Zone *time.Location
	// Say translates an English text (web/ui.TextIn); nil: English for all.
	Say func(language, text string, args ...any) string
	// Version of Ward, for syslog.
	Version string
	// Senders replaces the real ones by channel, for tests.
	Senders map[string]Sender
	Log     *slog.Logger
}

// Notify tells people what changed. It is safe for concurrent use.
type Notify struct {
	Deps
	mu      sync.Mutex
	pending []Event // guarded by mu; could not be stored yet
	wake    map[string]chan struct{}

	lookMu     sync.Mutex
	lastTold   map[string]time.Time // guarded by lookMu; by subject
	lastDigest time.Time            // guarded by lookMu
}

// maxPending bounds the events that wait for a store that does not take them.
const maxPending = 20000

// New makes a Notify; Run sends.
func New(d Deps) *Notify {
	if d.Zone == nil {
		d.Zone = time.Local
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.Say == nil {
		d.Say = func(_, text string, args ...any) string {
			if len(args) == 0 {
				return text
			}
			return fmt.Sprintf(text, args...)
		}
	}
	d.Base = strings.TrimSuffix(d.Base, "/")
	n := &Notify{Deps: d, wake: map[string]chan struct{}{}, lastTold: map[string]time.Time{}}
	for _, c := range Channels {
		n.wake[c] = make(chan struct{}, 1)
	}
	return n
}

// beat is how often the clock is looked at: retries, quiet hours, the digest.
const beat = 5 * time.Second

// Run sends what is due until ctx ends. Call it once. A channel that is slow or
// away does not hold up the others.
func (n *Notify) Run(ctx context.Context) error {
	events, stop := n.Store.Subscribe()
	defer stop()
	var wg sync.WaitGroup
	for _, c := range Channels {
		wg.Go(func() { n.work(ctx, c) })
	}
	defer wg.Wait()
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		n.look(ctx)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			n.wakeAll()
		case e, ok := <-events:
			if !ok {
				events = nil // the store is closed; ctx ends soon
			} else if e.Topic == store.TopicNotices && e.ID == "" {
				n.wakeAll()
			}
		}
	}
}

// work sends what one channel has to, whenever it is woken.
func (n *Notify) work(ctx context.Context, channel string) {
	for {
		if err := n.deliver(ctx, channel); err != nil && ctx.Err() == nil {
			n.Log.Error("outbox failed", "channel", channel, "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-n.wake[channel]:
		}
	}
}

func (n *Notify) wakeAll() {
	for _, c := range n.wake {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// Raise tells one event.
func (n *Notify) Raise(ctx context.Context, e ...Event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.pending = append(n.pending, e...)
	if over := len(n.pending) - maxPending; over > 0 {
		n.Log.Error("events dropped: the store does not take them", "events", over)
		n.pending = n.pending[over:]
	}
	n.flush(ctx)
}

// flush stores pending events; what fails stays and is tried at the next beat.
// The caller holds mu.
func (n *Notify) flush(ctx context.Context) {
	if len(n.pending) == 0 {
		return
	}
	if err := n.decide(ctx, n.pending); err != nil {
		n.Log.Error("notices were not stored, will try again", "events", len(n.pending), "err", err)
		return
	}
	n.pending = nil
}

func (n *Notify) decide(ctx context.Context, events []Event) error {
	settings, err := Load(ctx, n.Store)
	if err != nil {
		return err
	}
	persons, err := n.Store.Persons(ctx)
	if err != nil {
		return err
	}
	now := n.Store.Now()
	keys := make([]store.NoticeKey, len(events))
	for i := range events {
		keys[i] = events[i].key()
	}
	return n.Store.AddNotices(ctx, store.NoticeRound{Keys: keys, Window: window, Verdicts: Verdicts,
		Decide: func(m store.NoticeMemory) ([]store.Notice, []store.Delivery) {
			return Decide(now, settings, State{NoticeMemory: m, Persons: persons, Zone: n.Zone}, events)
		}})
}
