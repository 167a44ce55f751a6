package notify

import (
	"context"
	"strings"
	"time"
	"unicode"

	"ward/asset/device"
	"ward/store"
	"ward/vuln/risk"
)

// Event is one thing that happened.
type Event struct {
	Rule       string
	Subject    string // empty: the device
	Device     device.ID
	Name       string // of the device or feed, as people know it
	Place      string
	Department string
	Tier       device.TierName
	Band       risk.Band
	Text       string
	Cause      string
	Link       string // path on the hub
}

// Bounds of texts that come from the wire, in bytes.
const (
	maxName = 120
	maxText = 500
)

func (e *Event) key() store.NoticeKey {
	if e.Subject == "" {
		return store.NoticeKey{Subject: string(e.Device), Rule: e.Rule}
	}
	return store.NoticeKey{Subject: e.Subject, Rule: e.Rule}
}

// weight orders events: by tier, the patient first, then by band.
func (e *Event) weight() int {
	tier, band := 0, 0
	for i, t := range []device.TierName{device.T4, device.T3, device.T2, device.T1, device.T0} {
		if e.Tier == t {
			tier = i + 1
		}
	}
	for i, b := range []risk.Band{risk.Track, risk.Schedule, risk.NextWindow, risk.ActNow} {
		if e.Band == b {
			band = i + 1
		}
	}
	return band*10 + tier
}

// line makes text from the wire one bounded line without control and direction
// characters.
func line(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "…"
}

// Changes tells what a round of triage changed. It hears triage.Deps.OnChange.
func (n *Notify) Changes(ctx context.Context, cause string, changes []store.FindingChange) {
	ids := make([]device.ID, 0, len(changes))
	for i := range changes {
		ids = append(ids, changes[i].Device)
	}
	lines, err := n.Store.DeviceLines(ctx, ids)
	if err != nil { // told without names rather than not at all
		n.Log.Error("devices of changes were not read", "err", err)
	}
	events := make([]Event, 0, len(changes))
	for i := range changes {
		events = append(events, changeEvent(cause, &changes[i], lines[changes[i].Device]))
	}
	n.Raise(ctx, events...)
}

// changeEvent sorts a change under a rule: only what became worse and is urgent
// now may interrupt.
func changeEvent(cause string, c *store.FindingChange, l store.DeviceLine) Event {
	e := Event{Rule: FindingChanged, Device: c.Device, Name: l.Name, Place: place(&l), Department: l.Department, Tier: l.Tier, Band: c.After,
		Text: c.Text, Cause: cause, Link: devicePath(c.Device)}
	if e.Name == "" {
		e.Name = string(c.Device)
	}
	if c.Kind != "new" && c.Kind != "worse" {
		return e
	}
	switch c.After {
	case risk.ActNow:
		e.Rule = FindingActNow
	case risk.NextWindow:
		e.Rule = FindingNextWindow
	default:
		e.Rule = FindingNew
	}
	return e
}

func place(l *store.DeviceLine) string {
	return strings.Join(strings.Fields(l.Department+" "+l.Location), " ")
}

// FeedStale tells that a feed is too old to be relied on.
func (n *Notify) FeedStale(ctx context.Context, f store.Feed) {
	text := "It was never updated."
	if !f.Updated.IsZero() {
		text = "Last update " + f.Updated.Format(time.DateOnly) + "."
	}
	if f.Error != "" {
		text += " The last try failed: " + f.Error
	}
	n.Raise(ctx, Event{Rule: FeedIsStale, Subject: "feed:" + f.Name, Name: f.Name, Text: text, Cause: "feed " + f.Name, Link: "/feeds"})
}

// ImportFailed tells that an input could not be read.
func (n *Notify) ImportFailed(ctx context.Context, i store.Import) {
	n.Raise(ctx, Event{Rule: ImportHasFailed, Subject: "import:" + i.ID, Name: i.Name, Text: i.Error, Cause: "import " + i.Name, Link: "/imports"})
}

// TapSilent tells that nothing has come from a tap since a time.
func (n *Notify) TapSilent(ctx context.Context, tap string, since time.Time) {
	n.Raise(ctx, Event{Rule: TapIsSilent, Subject: "tap:" + tap, Name: tap, Text: "Nothing since " + since.In(n.Zone).Format("2006-01-02 15:04") + ". What happens there is not seen.",
		Cause: "tap " + tap, Link: "/imports"})
}

// freshImport is how long after its end a failed import is still told.
const freshImport = 12 * time.Hour

// look finds what nobody calls for: feeds that grew stale, imports that failed,
// a digest that is due, events that wait for the store.
func (n *Notify) look(ctx context.Context) {
	n.mu.Lock()
	n.flush(ctx)
	n.mu.Unlock()
	now := n.Store.Now()
	feeds, err := n.Store.Feeds(ctx)
	for i := range feeds {
		if feeds[i].Stale(now) && !n.told("feed:"+feeds[i].Name, now) {
			n.FeedStale(ctx, feeds[i])
		}
	}
	imports, _, err2 := n.Store.Imports(ctx, []store.ImportState{store.ImportFailed}, 0, 50)
	for _, i := range imports {
		if now.Sub(i.Finished) < freshImport && !n.told("import:"+i.ID, now) {
			n.ImportFailed(ctx, i)
		}
	}
	for _, err := range []error{err, err2, n.digests(ctx), n.prune(ctx, now)} {
		if err != nil && ctx.Err() == nil {
			n.Log.Error("looking for news failed, will try again", "err", err)
		}
	}
}

// prune removes, once a day, what is older than the retention of the site.
func (n *Notify) prune(ctx context.Context, now time.Time) error {
	keep, err := n.Store.Retention(ctx)
	if err != nil || keep.Notices <= 0 || n.told("prune", now) {
		return err
	}
	_, err = n.Store.PruneNotices(ctx, now.Add(-time.Duration(keep.Notices)*24*time.Hour))
	return err
}
