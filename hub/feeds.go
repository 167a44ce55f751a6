package hub

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"ward/store"
	"ward/vuln/feed"
	"ward/vuln/feed/bundle"
	"ward/vuln/feed/fetch"
)

// everyDefault is how often each feed is fetched unless a person says otherwise [E].
var everyDefault = map[string]time.Duration{"kev": 6 * time.Hour, "epss": 24 * time.Hour, "cisa-csaf": 12 * time.Hour,
	"vulnrichment": 7 * 24 * time.Hour, "ieee": 30 * 24 * time.Hour, "nvd": 24 * time.Hour}

// onByDefault are the feeds that a new hub fetches; the others are large.
var onByDefault = []string{"cisa-csaf", "kev", "epss"}

// keepFeeds fetches what is due and what a person asks for.
func (h *Hub) keepFeeds(ctx context.Context) error {
	tick := time.NewTicker(feedEvery)
	defer tick.Stop()
	h.fetch(ctx, nil)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			h.fetch(ctx, nil)
		case names := <-h.renew:
			h.fetch(ctx, names)
		}
	}
}

// knowFeeds puts the well-known feeds into the list, and those whose files lie
// in the folder already.
func (h *Hub) knowFeeds(ctx context.Context) error {
	have, err := h.Store.Feeds(ctx)
	if err != nil {
		return err
	}
	if h.Demo {
		return h.noteAges(ctx)
	}
	for _, s := range fetch.Defaults() {
		if slices.ContainsFunc(have, func(f store.Feed) bool { return f.Name == s.Name }) {
			continue
		}
		err := h.Store.PutFeed(ctx, store.Feed{Name: s.Name, Kind: string(s.Kind), URL: s.URL, Enabled: slices.Contains(onByDefault, s.Name), Via: "internet",
			Every: int64(everyDefault[s.Name] / time.Second), StaleDays: int(feed.StaleAfter(s.Kind) / (24 * time.Hour))})
		if err != nil {
			return err
		}
	}
	return h.noteAges(ctx)
}

// due gives the feeds to fetch now: the named ones, or those whose time has come.
func (h *Hub) due(ctx context.Context, names []string) ([]store.Feed, error) {
	all, err := h.Store.Feeds(ctx)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	return slices.DeleteFunc(all, func(f store.Feed) bool {
		switch {
		case f.URL == "":
			return true
		case len(names) > 0:
			return !slices.Contains(names, f.Name)
		case !f.Enabled || h.Offline || f.Every == 0:
			return true
		}
		return now.Sub(f.Tried) < time.Duration(f.Every)*time.Second
	}), nil
}

// fetch renews feeds and tells triage. What went wrong stands beside the feed.
func (h *Hub) fetch(ctx context.Context, names []string) {
	if h.Demo {
		return
	}
	feeds, err := h.due(ctx, names)
	if err != nil || len(feeds) == 0 {
		h.failed("looking at the feeds")(err)
		return
	}
	h.updating.Store(true)
	defer h.updating.Store(false)
	key, err := h.Store.Secret(ctx, "feed.nvd.key")
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		h.failed("reading the NVD key")(err)
	}
	var sources []fetch.Source
	for _, f := range feeds {
		s := fetch.Source{Name: f.Name, Kind: feed.Kind(f.Kind), URL: f.URL}
		if s.Kind == feed.NVD {
			s.Key = string(key)
		}
		sources = append(sources, s)
	}
	outcomes, err := fetch.Update(ctx, h.Feeds, sources, fetch.Options{Proxy: h.Proxy, Version: h.Version})
	h.failed("fetching feeds")(err)
	changed := false
	for _, o := range outcomes {
		changed = changed || o.Added+o.Renewed > 0
		h.failed("noting a feed")(h.noteOutcome(ctx, feeds, o))
	}
	h.failed("noting the feeds")(h.noteAges(ctx))
	if changed {
		h.Triage.FeedsChanged("feeds fetched")
	}
}

// noteOutcome keeps what became of one update.
func (h *Hub) noteOutcome(ctx context.Context, feeds []store.Feed, o fetch.Outcome) error {
	at := slices.IndexFunc(feeds, func(f store.Feed) bool { return f.Name == o.Source.Name })
	if at < 0 {
		return nil
	}
	f := feeds[at]
	f.Tried, f.Error, f.Via = time.Now(), o.Why, "internet"
	if o.Why == "" {
		f.Updated = f.Tried
	} else {
		h.Log.Warn("a feed could not be fetched", "feed", f.Name, "why", o.Why)
	}
	if o.Refused > 0 && f.Error == "" {
		f.Error = fmt.Sprintf("%d documents were refused: %s", o.Refused, firstRefusal(o))
	}
	return h.Store.PutFeed(ctx, f)
}

func firstRefusal(o fetch.Outcome) string {
	if len(o.Refusals) == 0 {
		return "see ward feeds update"
	}
	return o.Refusals[0].Name + ": " + o.Refusals[0].Why
}

// noteAges brings the list up to what lies in the folder.
func (h *Hub) noteAges(ctx context.Context) error {
	ages, err := feed.Ages(h.Feeds, h.Store.Now())
	if err != nil {
		return err
	}
	have, err := h.Store.Feeds(ctx)
	if err != nil {
		return err
	}
	for _, a := range ages {
		f := store.Feed{Name: a.Name, Kind: string(a.Kind), URL: a.URL, Enabled: true, Via: "folder", StaleDays: int(feed.StaleAfter(a.Kind) / (24 * time.Hour))}
		if at := slices.IndexFunc(have, func(f store.Feed) bool { return f.Name == a.Name }); at >= 0 {
			f = have[at]
		}
		before := f
		f.Date, f.Records = a.Date, a.Records
		if fresh := a.Fresh(); fresh.After(f.Updated) {
			f.Updated = fresh
		}
		if f == before {
			continue
		}
		if err := h.Store.PutFeed(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// updateFeeds is what the page Feeds may ask for.
func (h *Hub) updateFeeds() func(...string) error {
	if h.Offline || h.Demo {
		return nil
	}
	return func(names ...string) error {
		select {
		case h.renew <- names:
			return nil
		default:
			return errors.New("hub: feeds are being fetched already; wait until they are done")
		}
	}
}

// bundles takes in a signed bundle; nil where no key is trusted.
func (h *Hub) bundles() func(context.Context, string) error {
	if len(h.Trust) == 0 {
		return nil
	}
	return func(ctx context.Context, path string) error {
		var trust []note.Verifier
		for _, key := range h.Trust {
			v, err := note.NewVerifier(strings.TrimSpace(key))
			if err != nil {
				return fmt.Errorf("hub: a key of --trust cannot be read: %w", err)
			}
			trust = append(trust, v)
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		if _, err := bundle.Import(f, h.Feeds, bundle.ImportOptions{Trust: trust, Now: time.Now()}); err != nil {
			return err
		}
		if err := h.noteAges(ctx); err != nil {
			return err
		}
		h.Triage.FeedsChanged("bundle taken in")
		return nil
	}
}
