package web

import (
	"context"
	"net/http"
	"slices"

	"ward/store"
)

// feed finds a feed by the name of the address.
func (s *Server) feed(ctx context.Context, name string) (store.Feed, error) {
	all, err := s.Store.Feeds(ctx)
	if err != nil {
		return store.Feed{}, err
	}
	at := slices.IndexFunc(all, func(f store.Feed) bool { return f.Name == name })
	if at < 0 {
		return store.Feed{}, store.ErrNotFound
	}
	return all[at], nil
}

// updateFeed fetches one feed now.
func (s *Server) updateFeed(w http.ResponseWriter, r *http.Request) error {
	f, err := s.feed(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	return s.update(w, r, f.Name)
}

// updateFeeds fetches all feeds that are switched on.
func (s *Server) updateFeeds(w http.ResponseWriter, r *http.Request) error {
	all, err := s.Store.Feeds(r.Context())
	if err != nil {
		return err
	}
	var names []string
	for _, f := range all {
		if f.Enabled {
			names = append(names, f.Name)
		}
	}
	if len(names) == 0 {
		return refuse(http.StatusConflict, "No feed is switched on.", "Switch one on, then update it.")
	}
	return s.update(w, r, names...)
}

func (s *Server) update(w http.ResponseWriter, r *http.Request, names ...string) error {
	if s.UpdateFeeds == nil {
		return refuse(http.StatusConflict, "This hub does not fetch feeds.", "It runs without internet, or as a demonstration. Take in a bundle instead.")
	}
	object := "feeds"
	if len(names) == 1 {
		object = "feed:" + names[0]
	}
	if err := s.Store.Audit(r.Context(), actor(r), "feed.update", object, ""); err != nil {
		return err
	}
	if err := s.UpdateFeeds(names...); err != nil {
		s.Log.Warn("an update of feeds was not begun", "err", err)
		return refuse(http.StatusConflict, "Feeds are being fetched already.", "Wait until it is done: this page shows it by itself.")
	}
	http.Redirect(w, r, "/feeds?started=1", http.StatusSeeOther)
	return nil
}

// switchFeed switches a feed on or off.
func (s *Server) switchFeed(w http.ResponseWriter, r *http.Request) error {
	f, err := s.feed(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	verb := "feed.switch_off"
	if f.Enabled = r.FormValue("enabled") == "yes"; f.Enabled {
		verb = "feed.switch_on"
	}
	if err := s.Store.PutFeed(r.Context(), f); err != nil {
		return err
	}
	if err := s.Store.Audit(r.Context(), actor(r), verb, "feed:"+f.Name, ""); err != nil {
		return err
	}
	http.Redirect(w, r, "/feeds", http.StatusSeeOther)
	return nil
}
