package notify

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"ward/people"
	"ward/store"
)

// longestDigest is how far back a digest looks after the hub was away.
const longestDigest = 7 * 24 * time.Hour

// told remembers in memory what look has told within the window, so that a beat
// does not ask the store again.
func (n *Notify) told(subject string, now time.Time) bool {
	n.lookMu.Lock()
	defer n.lookMu.Unlock()
	if at, ok := n.lastTold[subject]; ok && now.Sub(at) < window && !now.Before(at) {
		return true
	}
	n.lastTold[subject] = now
	return false
}

// digests queues the digest of each person that is due and was not made yet.
func (n *Notify) digests(ctx context.Context) error {
	settings, err := Load(ctx, n.Store)
	if err != nil || !settings.Mail.Enabled {
		return err
	}
	at := settings.digestAt(n.Store.Now(), n.Zone)
	n.lookMu.Lock()
	done := n.lastDigest.Equal(at)
	n.lookMu.Unlock()
	if done {
		return nil
	}
	persons, err := n.Store.Persons(ctx)
	if err != nil {
		return err
	}
	for i := range persons {
		if err := n.digestFor(ctx, &settings, &persons[i], at); err != nil {
			return err
		}
	}
	n.lookMu.Lock()
	n.lastDigest = at
	n.lookMu.Unlock()
	return nil
}

// digestFor queues one person's digest: what they were not told since the last
// one. A person with nothing to read gets none.
func (n *Notify) digestFor(ctx context.Context, settings *Settings, p *people.Person, at time.Time) error {
	about, awake := settings.digestRoute(p, at, n.Zone)
	if p.Disabled || p.Email == "" || len(about) == 0 {
		return nil
	}
	since, err := n.Store.LastDigest(ctx, p.ID)
	if err != nil {
		return err
	}
	if oldest := at.Add(-longestDigest); since.Before(oldest) {
		since = oldest
	}
	m := Message{Kind: "digest", Level: store.NoticeDigest, At: at}
	f := store.NoticeFilter{After: since, Until: at, Departments: p.Departments, Untold: p.ID, Weightiest: true, Limit: maxItems}
	f.Rules = about
	counts, err := n.Store.NoticeCounts(ctx, f)
	if err != nil {
		return err
	}
	for _, r := range rules {
		if counts[r.Name] == 0 || !slices.Contains(about, r.Name) {
			continue
		}
		f.Rules = []string{r.Name}
		notices, err := n.Store.Notices(ctx, f)
		if err != nil {
			return err
		}
		s := Section{Rule: r.Name, Title: r.Title, More: counts[r.Name] - len(notices)}
		for i := range notices {
			s.Items = append(s.Items, itemOf(&notices[i]))
		}
		m.Sections = append(m.Sections, s)
	}
	if len(m.Sections) == 0 {
		return nil
	}
	return n.queueDigest(ctx, m, p, awake)
}

func (n *Notify) queueDigest(ctx context.Context, m Message, p *people.Person, due time.Time) error {
	document, err := json.Marshal(m)
	if err != nil {
		return err
	}
	d := store.Delivery{ID: digest("digest", p.ID, strconv.FormatInt(m.At.Unix(), 10)), Channel: MailChannel, Recipient: p.ID, Kind: "digest",
		Level: store.NoticeDigest, Document: string(document), Made: m.At, Due: due}
	return n.Store.AddNotices(ctx, store.NoticeRound{Window: window, Verdicts: Verdicts,
		Decide: func(store.NoticeMemory) ([]store.Notice, []store.Delivery) { return nil, []store.Delivery{d} }})
}

// digestRoute gives the rules that a person's digest is about and when it may
// reach them.
func (v *Settings) digestRoute(p *people.Person, at time.Time, zone *time.Location) (about []string, due time.Time) {
	for _, role := range p.Roles {
		route := v.Roles[role]
		if !route.Digest {
			continue
		}
		if awake := route.awake(at, zone); due.IsZero() || awake.Before(due) {
			due = awake
		}
		for _, r := range rules {
			if slices.Contains(r.Roles, role) && !slices.Contains(about, r.Name) {
				about = append(about, r.Name)
			}
		}
	}
	return about, due
}
