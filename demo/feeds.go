package demo

import (
	"context"
	"slices"
	"time"

	"ward/sim"
	"ward/store"
	"ward/vuln/feed"
)

// stage is a moment at which the feeds change; after counts from the begin.
type stage struct {
	after time.Duration
	why   string
	feeds sim.Stage
}

const (
	day      = 24 * time.Hour
	revised  = "ICSMA-22-251-01"
	incident = days*day + 2*time.Hour
)

// stages of the feeds, in order.
var stages = []stage{
	{0, "feeds of the first day", sim.Stage{Advisories: 4, KEV: 2}},
	{6 * day, "a new advisory", sim.Stage{Advisories: 5, KEV: 2}},
	{10 * day, "KEV lists an entry more", sim.Stage{Advisories: 5, KEV: 3}},
	{12 * day, "an advisory was revised", sim.Stage{Advisories: 5, KEV: 3, Revised: revised}},
	{days*day + time.Hour, "a new advisory", sim.Stage{Advisories: 6, KEV: 3, Revised: revised}},
	{incident, "KEV lists an entry more", sim.Stage{Advisories: 6, KEV: 4, Revised: revised}},
}

// at dates the feeds of a stage.
func (s stage) at(begin time.Time) sim.Stage {
	f := s.feeds
	f.At = begin.Add(s.after)
	return f
}

// publish brings the feeds to where they are at a moment and tells triage. The
// daily feeds are dated anew, so that they stay fresh.
func (d *Demo) publish(ctx context.Context, now time.Time) error {
	i := len(stages) - 1
	for i > 0 && d.begin().Add(stages[i].after).After(now) {
		i--
	}
	s := stages[i].at(d.begin())
	if s.KEV < sim.KEVEntries || now.Sub(s.At) < day { // the date of the last entry stays
		s.At = now
	}
	if err := sim.WriteStage(d.feeds(), s); err != nil {
		return err
	}
	if err := d.noteFeeds(ctx); err != nil {
		return err
	}
	d.hub.Triage.FeedsChanged(stages[i].why)
	return nil
}

// noteFeeds brings the page Feeds up to date.
func (d *Demo) noteFeeds(ctx context.Context) error {
	now := d.hub.Store.Now()
	ages, err := feed.Ages(d.feeds(), now)
	if err != nil {
		return err
	}
	have, err := d.hub.Store.Feeds(ctx)
	if err != nil {
		return err
	}
	for _, a := range ages {
		f := store.Feed{Name: a.Name, Kind: string(a.Kind), Enabled: true, Via: "folder", StaleDays: int(feed.StaleAfter(a.Kind) / day)}
		if i := slices.IndexFunc(have, func(f store.Feed) bool { return f.Name == a.Name }); i >= 0 {
			f = have[i]
		}
		f.Date, f.Records, f.Tried, f.Updated = a.Date, a.Records, now, now
		if err := d.hub.Store.PutFeed(ctx, f); err != nil {
			return err
		}
	}
	return nil
}
