package web

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"ward/store"
	"ward/vuln/feed"
)

// Bounds of a provider that a person adds.
const (
	maxURL        = 500
	providerEvery = 12 * time.Hour // between two updates [E]
	maxFeedName   = 64
)

// addFeed adds a provider of CSAF documents (CSAF 2.0, section 7) by the address
// of its provider-metadata.json, or its domain alone.
func (s *Server) addFeed(w http.ResponseWriter, r *http.Request) error {
	at, err := providerURL(r.FormValue("url"))
	if err != nil {
		return err
	}
	name := feedName(r.FormValue("name"))
	if name == "" {
		name = feedName(at.Hostname())
	}
	all, err := s.Store.Feeds(r.Context())
	if err != nil {
		return err
	}
	for _, f := range all {
		if f.Name == name || f.URL == at.String() {
			return refuse(http.StatusConflict, "There is such a feed already.", "Give another name, or switch that one on.")
		}
	}
	f := store.Feed{Name: name, Kind: string(feed.CSAF), URL: at.String(), Enabled: true, Via: "internet",
		Every: int64(providerEvery / time.Second), StaleDays: int(feed.StaleAfter(feed.CSAF) / (24 * time.Hour))}
	if err := s.Store.PutFeed(r.Context(), f); err != nil {
		return err
	}
	if err := s.Store.Audit(r.Context(), actor(r), "feed.add", "feed:"+name, at.String()); err != nil {
		return err
	}
	if s.UpdateFeeds != nil {
		if err := s.UpdateFeeds(name); err != nil {
			s.Log.Info("a new feed waits for its turn", "feed", name, "err", err)
		}
	}
	http.Redirect(w, r, "/feeds", http.StatusSeeOther)
	return nil
}

// providerURL reads what a person typed. Addresses inside the hospital are
// refused here, and again by the fetcher after it looked up the name.
func providerURL(text string) (*url.URL, error) {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || len(text) > maxURL || u.Scheme != "https" || u.User != nil || !strings.Contains(u.Hostname(), ".") && !strings.Contains(u.Hostname(), ":") {
		return nil, refuse(http.StatusUnprocessableEntity, "This is no address of a provider.", "Write a domain such as psirt.example.com, or the https address of its provider-metadata.json.")
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return nil, refuse(http.StatusUnprocessableEntity, "A provider has a name, not a number.", "Write its domain: an address inside the hospital is never fetched.")
	}
	u.Fragment = ""
	return u, nil
}

// feedName makes the name of a folder: lower case letters, digits, dashes.
func feedName(text string) string {
	out := strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			return c
		case c == '.', c == '-', c == ' ', c == '_':
			return '-'
		}
		return -1
	}, strings.ToLower(text))
	return strings.Trim(out[:min(len(out), maxFeedName)], "-")
}
