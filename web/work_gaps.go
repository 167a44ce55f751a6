package web

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"ward/triage"
)

// Gaps are counted over the whole inventory, so the home page may show them a
// little old.
const (
	gapsAge  = 10 * time.Second
	maxScope = 100 // sets of departments whose gaps are kept
)

// gapList keeps the gaps of each set of departments for a while.
type gapList struct {
	mu   sync.Mutex
	kept map[string]*gapsKept // guarded by mu
}

// gapsKept are the gaps of one set of departments; mu is held while they are
// counted, so that they are counted once however many ask.
type gapsKept struct {
	mu   sync.Mutex
	gaps []triage.Gap
	at   time.Time
}

// of gives the gaps as they were within gapsAge.
func (l *gapList) of(ctx context.Context, t *triage.Triage, departments []string) ([]triage.Gap, error) {
	key := strings.Join(slices.Sorted(slices.Values(departments)), "\x00")
	l.mu.Lock()
	if l.kept == nil || len(l.kept) >= maxScope {
		l.kept = map[string]*gapsKept{}
	}
	k := l.kept[key]
	if k == nil {
		k = &gapsKept{}
		l.kept[key] = k
	}
	l.mu.Unlock()
	k.mu.Lock()
	defer k.mu.Unlock()
	if time.Since(k.at) < gapsAge {
		return k.gaps, nil
	}
	gaps, err := t.Gaps(ctx, departments)
	if err == nil {
		k.gaps, k.at = gaps, time.Now()
	}
	return gaps, err
}
