package web

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ward/store"
)

const (
	// patience is how long a page waits for a map that is not counted yet.
	patience = 150 * time.Millisecond
	// freshMap is how long a map is shown though traffic has changed.
	freshMap = 15 * time.Second
	// maxMaps is how many maps are kept.
	maxMaps = 12
	// countTime bounds one count.
	countTime = 5 * time.Minute
)

// mapKey is what a map is of.
type mapKey struct {
	by, departments string
	days            int
}

// netmaps keeps counted maps, and counts them anew after the traffic changed. The
// zero value is ready.
type netmaps struct {
	once    sync.Once
	changes atomic.Int64 // of traffic and devices
	one     sync.Mutex   // one count at a time: it reads much

	mu   sync.Mutex
	kept map[mapKey]*counted // guarded by mu
	now  func() time.Time    // nil: time.Now
}

func (m *netmaps) clock() time.Time {
	if m.now != nil {
		return m.now()
	}
	return time.Now()
}

// counted is a map, or the count that is under way.
type counted struct {
	graph   *graph
	err     error
	changes int64
	at      time.Time     // when it was counted
	used    time.Time     // when it was last asked for
	busy    chan struct{} // closed when the count under way ends; nil: none is
}

// watch notes changes of the store until it is closed.
func (m *netmaps) watch(s *store.Store) {
	events, _ := s.Subscribe()
	go func() {
		for e := range events {
			if e.Topic == store.TopicTraffic || e.Topic == store.TopicDevices || e.Topic == store.TopicImports {
				m.changes.Add(1)
			}
		}
	}()
}

// get gives a map. nil without an error: it is being counted, ask again soon.
func (m *netmaps) get(ctx context.Context, s *store.Store, by string, days int, departments []string) (*graph, error) {
	m.once.Do(func() { m.watch(s) })
	k := mapKey{by, strings.Join(departments, spotSign), days}
	m.mu.Lock()
	c := m.kept[k]
	if c == nil {
		c = &counted{}
		m.make(k, c)
	}
	now := m.clock()
	c.used = now
	stale := c.graph == nil || c.changes != m.changes.Load() && now.Sub(c.at) > freshMap || now.Sub(c.at) > time.Hour
	if stale && c.busy == nil {
		c.busy = make(chan struct{})
		go m.count(context.WithoutCancel(ctx), s, k, c, slices.Clone(departments))
	}
	busy, have, err := c.busy, c.graph, c.err
	m.mu.Unlock()
	if have != nil || err != nil || busy == nil {
		return have, err
	}
	select {
	case <-busy:
	case <-time.After(patience):
	case <-ctx.Done():
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return c.graph, c.err
}

// make keeps a map in place of the one that was asked for the longest ago.
// m.mu is held.
func (m *netmaps) make(k mapKey, c *counted) {
	if m.kept == nil {
		m.kept = map[mapKey]*counted{}
	}
	for len(m.kept) >= maxMaps {
		var oldest mapKey
		first := true
		for k, o := range m.kept {
			if first || o.used.Before(m.kept[oldest].used) {
				oldest, first = k, false
			}
		}
		delete(m.kept, oldest)
	}
	m.kept[k] = c
}

// count counts one map.
func (m *netmaps) count(ctx context.Context, s *store.Store, k mapKey, c *counted, departments []string) {
	m.one.Lock()
	defer m.one.Unlock()
	ctx, cancel := context.WithTimeout(ctx, countTime)
	defer cancel()
	changes := m.changes.Load()
	g, err := countMap(ctx, s, k, departments)
	m.mu.Lock()
	defer m.mu.Unlock()
	if c.changes, c.at, c.err = changes, m.clock(), err; err == nil {
		c.graph = g
	}
	close(c.busy)
	c.busy = nil
}

// trafficEnd is when the days of traffic are counted back from: now, or the last
// hour that was seen, so that an old capture shows its days as well.
func trafficEnd(ctx context.Context, s *store.Store) (time.Time, error) {
	_, last, err := s.Span(ctx)
	if now := s.Now(); err != nil || last.IsZero() || last.After(now) {
		return now, err
	}
	return last, nil
}

func countMap(ctx context.Context, s *store.Store, k mapKey, departments []string) (*graph, error) {
	p, err := readPlaces(ctx, s, k.by, departments)
	if err != nil {
		return nil, err
	}
	since := time.Time{}
	if k.days > 0 {
		until, err := trafficEnd(ctx, s)
		if err != nil {
			return nil, err
		}
		since = until.AddDate(0, 0, -k.days)
	}
	edges, err := s.Edges(ctx, since, p.zone)
	if err != nil {
		return nil, err
	}
	return newGraph(edges, p), nil
}
