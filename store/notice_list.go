package store

import (
	"context"
	"database/sql"
	"time"

	"ward/asset/device"
)

const noticeColumns = "n.id, n.rule, n.subject, n.device, n.department, n.level, n.weight, n.batch, n.name, n.place, n.body, n.cause, n.link, n.times, n.first, n.last"

func scanNotice(r *sql.Rows, n *Notice) error {
	return r.Scan(&n.ID, &n.Rule, &n.Subject, &n.Device, &n.Department, &n.Level, &n.Weight, &n.Batch, &n.Name, &n.Place, &n.Text, &n.Cause,
		&n.Link, &n.Times, stamp{&n.First}, stamp{&n.Last})
}

// NoticeFilter chooses notices.
type NoticeFilter struct {
	After, Until time.Time // of the first time: after, and not later than
	Rules        []string  //
	Departments  []string  // scope; those about no device are seen by all
	Untold       string    // only those that this recipient was not told
	Weightiest   bool      // the weightiest first, else the newest
	Offset       int
	Limit        int // 0: 50
}

func (f *NoticeFilter) clause() clause {
	var c clause
	if !f.After.IsZero() {
		c.and("n.first > ?", micros(f.After))
	}
	if !f.Until.IsZero() {
		c.and("n.first <= ?", micros(f.Until))
	}
	in(&c, "n.rule", f.Rules)
	if len(f.Departments) > 0 {
		var of clause
		in(&of, "n.department", f.Departments)
		c.and("(n.device = '' OR "+of.terms[0]+")", of.args...)
	}
	if f.Untold != "" {
		c.and("NOT EXISTS (SELECT 1 FROM delivery x WHERE x.batch = n.batch AND x.recipient = ?)", f.Untold)
	}
	return c
}

// Notices lists notices.
func (s *Store) Notices(ctx context.Context, f NoticeFilter) ([]Notice, error) {
	c := f.clause()
	limit, offset := page(f.Limit, f.Offset)
	order := " ORDER BY n.last DESC, n.weight DESC, n.id"
	if f.Weightiest {
		order = " ORDER BY n.weight DESC, n.first, n.id"
	}
	return list(ctx, s, scanNotice, "SELECT "+noticeColumns+" FROM notice n"+c.where()+order+" LIMIT ? OFFSET ?", append(c.args, limit, offset)...)
}

// NoticeCounts counts notices by rule.
func (s *Store) NoticeCounts(ctx context.Context, f NoticeFilter) (map[string]int, error) {
	c, out := f.clause(), map[string]int{}
	return out, each(ctx, s, func(r *sql.Rows) error {
		var rule string
		var n int
		err := r.Scan(&rule, &n)
		out[rule] = n
		return err
	}, "SELECT n.rule, count(*) FROM notice n"+c.where()+" GROUP BY n.rule", c.args...)
}

// Notice gives one notice.
func (s *Store) Notice(ctx context.Context, id string) (Notice, error) {
	found, err := list(ctx, s, scanNotice, "SELECT "+noticeColumns+" FROM notice n WHERE n.id = ?", id)
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Notice{}, err
	}
	return found[0], nil
}

// PruneNotices removes notices and finished deliveries that are older.
func (s *Store) PruneNotices(ctx context.Context, before time.Time) (int64, error) {
	n, err := s.pruneOld(ctx, "DELETE FROM notice WHERE id IN (SELECT id FROM notice WHERE last < ? ORDER BY last LIMIT ?)", before)
	if err != nil {
		return n, err
	}
	m, err := s.pruneOld(ctx, "DELETE FROM delivery WHERE id IN (SELECT id FROM delivery WHERE made < ? AND state <> 'queued' ORDER BY made LIMIT ?)", before)
	return n + m, err
}

// DeviceLines gives the lines of devices by the IDs that were asked for; those
// that nobody knows any more are missing.
func (s *Store) DeviceLines(ctx context.Context, ids []device.ID) (map[device.ID]DeviceLine, error) {
	out := make(map[device.ID]DeviceLine, len(ids))
	for len(ids) > 0 {
		n := min(len(ids), maxLimit)
		var c clause
		inWords(&c, "d.id", ids[:n])
		found, err := list(ctx, s, scanLine, "SELECT "+lineColumns+" FROM device d"+c.where(), c.args...)
		if err != nil {
			return nil, err
		}
		for _, l := range found {
			out[l.ID] = l
		}
		ids = ids[n:]
	}
	return out, nil
}
