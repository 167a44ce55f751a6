package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"ward/asset/device"
	"ward/vuln/remedy"
)

const day = 24 * time.Hour

// dayOf numbers the days, so that "the day before" has an end (UTC).
func dayOf(t time.Time) int64 { return t.Unix() / int64(day/time.Second) }

const workColumns = `w.key, w.document, w.state, w.rank, w.assignee, w.due, w.first, w.changed, w.rank_before, w.rank_day, w.version,
	(SELECT count(*) FROM comment c WHERE c.subject = 'work:' || w.key AND c.deleted = 0)`

// scanWork reads workColumns as they are on a day.
func scanWork(today int64) func(interface{ Scan(...any) error }, *Work) error {
	return func(r interface{ Scan(...any) error }, w *Work) error {
		var rank int
		var rankDay int64
		err := r.Scan(&w.Key, packed{&w.Action}, &w.State, &rank, &w.Assignee, stamp{&w.Due}, stamp{&w.First}, stamp{&w.Changed},
			&w.RankBefore, &rankDay, &w.Version, &w.Comments)
		w.Rank = rank
		if rankDay < today {
			w.RankBefore = rank // no plan was made since the day before
		}
		return err
	}
}

// Worklist lists work. For a person who may see some departments only, devices
// of others are left out of each action.
func (s *Store) Worklist(ctx context.Context, f WorkFilter) (WorkPage, error) {
	var p WorkPage
	c, err := s.workClause(ctx, &f)
	if err != nil {
		return p, err
	}
	if err := s.row(ctx, "SELECT count(*) FROM work w"+c.where(), c.args...).Scan(&p.Total); err != nil {
		return p, err
	}
	scan := scanWork(dayOf(s.Now()))
	limit, offset := page(f.Limit, f.Offset)
	p.Work, err = list(ctx, s, func(r *sql.Rows, w *Work) error { return scan(r, w) },
		"SELECT "+workColumns+" FROM work w"+c.where()+" ORDER BY w.rank, w.key LIMIT ? OFFSET ?", append(c.args, limit, offset)...)
	if err != nil || len(f.Departments) == 0 {
		return p, err
	}
	for i := range p.Work {
		if err := s.narrow(ctx, &p.Work[i], f.Departments); err != nil {
			return p, err
		}
	}
	return p, nil
}

func (s *Store) workClause(ctx context.Context, f *WorkFilter) (clause, error) {
	var c clause
	states := f.States
	if len(states) == 0 {
		states = []WorkState{WorkOpen, WorkDoing, WorkWaiting}
	}
	inWords(&c, "w.state", states)
	in(&c, "w.band", codesOf(bandCodes, f.Bands))
	inWords(&c, "w.kind", f.Kinds)
	if f.Assignee != "" {
		c.and("w.assignee = ?", f.Assignee)
	}
	if f.Device != "" {
		n, err := s.number(ctx, device.ID(f.Device))
		if err != nil {
			return c, err
		}
		c.and("w.key IN (SELECT work FROM work_device WHERE device = ?)", n)
	}
	if f.Vulnerability != "" {
		c.and("w.key IN (SELECT work FROM work_vulnerability WHERE vulnerability = ?)", f.Vulnerability)
	}
	if len(f.Departments) > 0 {
		var scope clause
		in(&scope, "d.department", f.Departments)
		c.and("EXISTS (SELECT 1 FROM work_device x JOIN device d ON d.num = x.device"+scope.where()+" AND x.work = w.key)", scope.args...)
	}
	return c, nil
}

// narrow leaves the devices of other departments out.
func (s *Store) narrow(ctx context.Context, w *Work, departments []string) error {
	var c clause
	in(&c, "d.department", departments)
	c.and("x.work = ?", w.Key)
	ids, err := column[device.ID](ctx, s, "SELECT d.id FROM work_device x JOIN device d ON d.num = x.device"+c.where(), c.args...)
	if err != nil {
		return err
	}
	may := make(map[device.ID]bool, len(ids))
	for _, id := range ids {
		may[id] = true
	}
	w.Devices = slices.DeleteFunc(w.Devices, func(id device.ID) bool { return !may[id] })
	w.Effects = slices.DeleteFunc(w.Effects, func(e remedy.Effect) bool { return !may[e.Device] })
	return nil
}

// Work gives one piece of work; ErrNotFound.
func (s *Store) Work(ctx context.Context, key string) (Work, error) {
	var w Work
	err := scanWork(dayOf(s.Now()))(s.row(ctx, "SELECT "+workColumns+" FROM work w WHERE w.key = ?", key), &w)
	if err == sql.ErrNoRows {
		err = ErrNotFound
	}
	return w, err
}

// WorkFor is Work for a person who may see some departments only: ErrNotFound
// where it touches none of their devices.
func (s *Store) WorkFor(ctx context.Context, key string, departments []string) (Work, error) {
	w, err := s.Work(ctx, key)
	if err != nil || len(departments) == 0 {
		return w, err
	}
	if err := s.narrow(ctx, &w, departments); err != nil {
		return Work{}, err
	}
	if len(w.Devices) == 0 {
		return Work{}, ErrNotFound
	}
	return w, nil
}
