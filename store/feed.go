package store

import (
	"context"
	"database/sql"
	"time"
)

// Feed is one source of vulnerability data and how fresh it is.
type Feed struct {
	Name      string    `json:"name"` // "cisa-csaf", "kev", "epss", "nvd", "vulnrichment", or a provider's
	Kind      string    `json:"kind"` // csaf, kev, epss, nvd, cve5, oui
	URL       string    `json:"url,omitempty"`
	Enabled   bool      `json:"enabled"`
	Every     int64     `json:"every_seconds,omitempty"` // between updates
	Date      time.Time `json:"date,omitzero"`           // newest date inside of the data
	Records   int       `json:"records"`
	SHA256    string    `json:"sha256,omitempty"`
	Tried     time.Time `json:"tried,omitzero"`
	Updated   time.Time `json:"updated,omitzero"` // last time an update worked, changed or not
	Error     string    `json:"error,omitempty"`
	Via       string    `json:"via,omitempty"` // internet, bundle, folder
	StaleDays int       `json:"stale_days"`    // older than this it lowers confidence
	State     string    `json:"-"`             // JSON of the fetcher: ETags, last page
}

// Stale tells whether the feed is too old at now to be relied on.
func (f *Feed) Stale(now time.Time) bool {
	return f.Enabled && (f.Updated.IsZero() || now.Sub(f.Updated) > time.Duration(f.StaleDays)*24*time.Hour)
}

// Feeds lists the feeds by name.
func (s *Store) Feeds(ctx context.Context) ([]Feed, error) {
	return list(ctx, s, func(r *sql.Rows, f *Feed) error { return r.Scan(document{f}, &f.State) },
		"SELECT document, state FROM feed ORDER BY name")
}

// PutFeed stores a feed as it stands.
func (s *Store) PutFeed(ctx context.Context, f Feed) error {
	err := s.inTx(ctx, func(t *tx) error {
		_, err := t.exec("INSERT INTO feed (name, document, state) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET document = excluded.document, state = excluded.state",
			clean(f.Name), asJSON(f), clean(f.State))
		return err
	})
	if err == nil {
		s.changed(TopicFeeds, f.Name)
	}
	return err
}
