package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"ward/people"
	"ward/store"
)

// feedTable is what the page of feeds shows.
type feedTable struct {
	Feeds   []feedLine
	Stale   int  // switched on and too old
	Manage  bool // may update, switch and add
	Updates bool // this hub can fetch
	Bundles bool // this hub trusts a key for bundles
	Max     int64
}

// feedLine is a feed with what the page says about it.
type feedLine struct {
	store.Feed
	Old   bool
	Cause string    // of the last failure, in words
	Next  time.Time // of the next update, zero where none is planned
}

// listFeeds shows how fresh each source is, and what to do about it.
func (s *Server) listFeeds(w http.ResponseWriter, r *http.Request) error {
	all, err := s.Store.Feeds(r.Context())
	if err != nil {
		return err
	}
	data := feedTable{Updates: s.UpdateFeeds != nil, Bundles: s.ImportBundle != nil, Max: maxBundle,
		Manage: people.FromContext(r.Context()).May(people.ManageFeeds)}
	now := s.Store.Now()
	for _, f := range all {
		line := feedLine{Feed: f, Old: f.Stale(now), Cause: plainFeed(f.Error)}
		if f.Enabled && f.Every > 0 && !f.Tried.IsZero() {
			line.Next = f.Tried.Add(time.Duration(f.Every) * time.Second)
		}
		if line.Old {
			data.Stale++
		}
		data.Feeds = append(data.Feeds, line)
	}
	slices.SortStableFunc(data.Feeds, func(a, b feedLine) int { return rankOf(a) - rankOf(b) })
	s.UI.Page(w, r, http.StatusOK, "feed_list", "Feeds", data)
	return nil
}

// rankOf puts what needs somebody first and what is switched off last.
func rankOf(f feedLine) int {
	switch {
	case !f.Enabled:
		return 2
	case f.Old || f.Cause != "":
		return 0
	}
	return 1
}

// plainFeed is an error of a feed without the names of packages.
func plainFeed(text string) string {
	for _, prefix := range []string{"fetch: ", "feed: ", "bundle: ", "hub: "} {
		text = strings.ReplaceAll(text, prefix, "")
	}
	return text
}
