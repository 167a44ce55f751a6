package triage

import (
	"context"
	"fmt"
	"time"

	"ward/store"
	"ward/vuln/risk"
)

// circumstances brings up to date what concerns all devices: how much was
// watched, and whether the feeds can be relied on.
func (t *Triage) circumstances(ctx context.Context) error {
	coverage, err := t.coverage(ctx)
	if err != nil {
		return fmt.Errorf("read the imports: %w", err)
	}
	feeds, err := t.deps.Store.Feeds(ctx)
	if err != nil {
		return fmt.Errorf("read the state of the feeds: %w", err)
	}
	s := t.site
	if matters(s.context.Coverage, coverage) {
		s.context.Coverage = coverage
		s.touchAll()
	}
	if doubt := doubtOf(feeds, t.deps.Store.Now()); doubt != s.context.Doubt {
		s.context.Doubt = doubt
		s.touchAll()
	}
	return nil
}

// matters tells whether another coverage is worth assessing everything anew: it
// refutes what was not seen, or its words would be far off. Between, the words
// of a reason may name a shorter time than was watched, never a longer.
func matters(was, is risk.Coverage) bool {
	return was.Full() != is.Full() || was.Taps != is.Taps || is.Hours >= 2*was.Hours && is.Hours > 0 || is.Hours < was.Hours
}

// doubtOf says why threats cannot be relied on, empty: they can. The words hold
// as long as the feed is stale: they name its date, not its age.
func doubtOf(feeds []store.Feed, now time.Time) string {
	for _, kind := range []string{"kev", "epss"} {
		stale := false
		var newest time.Time
		for i := range feeds {
			f := &feeds[i]
			if f.Kind != kind || !f.Enabled {
				continue
			}
			if !f.Stale(now) {
				stale = false
				break
			}
			stale = true
			if f.Updated.After(newest) {
				newest = f.Updated
			}
		}
		switch {
		case stale && newest.IsZero():
			return "the " + kindWords[kind] + " was never fetched: whether the flaw is exploited by now is not known; update the feeds"
		case stale:
			return "the " + kindWords[kind] + " is of " + newest.UTC().Format(time.DateOnly) + " and stale: whether the flaw is exploited by now is not known; update the feeds"
		}
	}
	return ""
}

var kindWords = map[string]string{"kev": "list of exploited flaws (KEV)", "epss": "exploit prediction (EPSS)"}

// clock looks at what time alone changes: decisions end, feeds grow old.
func (t *Triage) clock(ctx context.Context) error {
	ended, err := t.deps.Store.ExpireDecisions(ctx)
	if err != nil {
		return err
	}
	for _, d := range ended {
		t.Decided(d)
	}
	feeds, err := t.deps.Store.Feeds(ctx)
	if err != nil {
		return err
	}
	if doubt := doubtOf(feeds, t.deps.Store.Now()); doubt != t.site.context.Doubt {
		cause := "the feeds are up to date again"
		if doubt != "" {
			cause = doubt
		}
		t.queue.add(work{causes: []string{cause}})
	}
	return nil
}
