package store

import "sync"

// Topic names a kind of data that changed; pages that show it read it again.
type Topic string

// Topics, by what a page shows.
const (
	TopicDevices  Topic = "devices"
	TopicFindings Topic = "findings"
	TopicWorklist Topic = "worklist"
	TopicImports  Topic = "imports"
	TopicFeeds    Topic = "feeds"
	TopicTraffic  Topic = "traffic"
	TopicNotices  Topic = "notices"
	TopicPeople   Topic = "people"
	TopicSettings Topic = "settings"
)

// Event says that data of a topic changed; ID is set where one thing did.
type Event struct {
	Topic Topic  `json:"topic"`
	ID    string `json:"id,omitempty"`
}

// broker hands events to subscribers and never waits for them: a subscriber
// that does not keep up misses events, not the store its time.
type broker struct {
	mu     sync.Mutex
	subs   map[chan Event]struct{} // guarded by mu
	closed bool                    // guarded by mu
}

// subscriberQueue is how many events wait for a slow subscriber.
const subscriberQueue = 64

// Subscribe gives the events from now on, until stop is called or the store is
// closed.
func (s *Store) Subscribe() (events <-chan Event, stop func()) {
	b := &s.events
	ch := make(chan Event, subscriberQueue)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		close(ch)
		return ch, func() {}
	}
	if b.subs == nil {
		b.subs = map[chan Event]struct{}{}
	}
	b.subs[ch] = struct{}{}
	return ch, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if _, ok := b.subs[ch]; ok {
			delete(b.subs, ch)
			close(ch)
		}
	}
}

// changed tells the subscribers. Call it after the commit.
func (s *Store) changed(t Topic, id string) {
	if t == TopicDevices || t == TopicFindings {
		s.facets.forget()
	}
	b := &s.events
	b.mu.Lock()
	defer b.mu.Unlock()
	for ch := range b.subs {
		select {
		case ch <- Event{t, id}:
		default:
		}
	}
}

func (b *broker) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for ch := range b.subs {
		close(ch)
	}
	b.subs = nil
}
