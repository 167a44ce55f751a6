package store

import (
	"context"
	"database/sql"
	"time"

	"ward/asset/device"
)

// Change is one line of the history: what changed, where, and because of what.
type Change struct {
	ID            int64     `json:"id"`
	At            time.Time `json:"at"`
	Kind          string    `json:"kind"` // device_new, device_changed, device_gone, device_renamed, finding_new, finding_closed, finding_worse, finding_better, finding_status, advisory_new, advisory_revised, work_new, work_gone, decision, import, feed
	Device        device.ID `json:"device,omitempty"`
	Vulnerability string    `json:"vulnerability,omitempty"`
	Advisory      string    `json:"advisory,omitempty"`
	Work          string    `json:"work,omitempty"`
	Text          string    `json:"text"`
	Cause         string    `json:"cause"`
}

// ChangeFilter chooses changes, the newest first.
type ChangeFilter struct {
	Since         time.Time
	Kinds         []string
	Device        device.ID
	Vulnerability string
	Departments   []string
	Before        int64 // ID of the last one seen: the next page
	Limit         int
}

// changeRow is a Change as it is stored: the device by its number.
type changeRow struct {
	at                                         time.Time
	kind                                       string
	device                                     int64
	vulnerability, advisory, work, text, cause string
}

// maxChangeText bounds one line of the history, in bytes.
const maxChangeText = 2000

// putChanges writes lines of the history.
func (t *tx) putChanges(changes []changeRow) error {
	rows := make([][]any, 0, min(len(changes), rowsAtOnce))
	for i := range changes {
		c := &changes[i]
		rows = append(rows, []any{micros(c.at), c.kind, c.device, clean(c.vulnerability), clean(c.advisory), clean(c.work), short(c.text), short(c.cause)})
		if len(rows) == rowsAtOnce || i == len(changes)-1 {
			if err := t.insert("change (at, kind, device, vulnerability, advisory, work, body, cause)", "", rows); err != nil {
				return err
			}
			rows = rows[:0]
		}
	}
	return nil
}

// short cuts a text of the history.
func short(s string) string {
	if len(s) > maxChangeText {
		s = s[:maxChangeText]
	}
	return clean(s)
}

// scopeOf adds the condition that a line concerns no device or one that the
// person may see, and no work or work on such a device.
func scopeOf(c *clause, departments []string) {
	if len(departments) > 0 {
		var in1 clause
		in(&in1, "department", departments)
		c.and("(c.device = 0 OR c.device IN (SELECT num FROM device WHERE "+in1.terms[0]+"))", in1.args...)
		c.and("(c.work = '' OR EXISTS (SELECT 1 FROM work_device wd JOIN device dw ON dw.num = wd.device WHERE wd.work = c.work AND dw."+in1.terms[0]+"))", in1.args...)
	}
}

// Changes lists the history.
func (s *Store) Changes(ctx context.Context, f ChangeFilter) ([]Change, error) {
	var c clause
	if !f.Since.IsZero() {
		c.and("c.at >= ?", micros(f.Since))
	}
	in(&c, "c.kind", f.Kinds)
	if f.Device != "" {
		n, err := s.number(ctx, f.Device)
		if err != nil {
			return nil, err
		}
		c.and("c.device = ?", n)
	}
	if f.Vulnerability != "" {
		c.and("c.vulnerability = ?", f.Vulnerability)
	}
	if f.Before > 0 {
		c.and("c.id < ?", f.Before)
	}
	scopeOf(&c, f.Departments)
	limit, _ := page(f.Limit, 0)
	return list(ctx, s, func(r *sql.Rows, v *Change) error {
		return r.Scan(&v.ID, stamp{&v.At}, &v.Kind, &v.Device, &v.Vulnerability, &v.Advisory, &v.Work, &v.Text, &v.Cause)
	}, `SELECT c.id, c.at, c.kind, coalesce(d.id, ''), c.vulnerability, c.advisory, c.work, c.body, c.cause
		FROM change c LEFT JOIN device d ON d.num = c.device`+c.where()+" ORDER BY c.id DESC LIMIT ?", append(c.args, limit)...)
}

// ChangeCounts counts the changes since a time by kind.
func (s *Store) ChangeCounts(ctx context.Context, since time.Time, departments []string) (map[string]int, error) {
	var c clause
	c.and("c.at >= ?", micros(since))
	scopeOf(&c, departments)
	out := map[string]int{}
	return out, each(ctx, s, func(r *sql.Rows) error {
		var kind string
		var n int
		if err := r.Scan(&kind, &n); err != nil {
			return err
		}
		out[kind] = n
		return nil
	}, "SELECT c.kind, count(*) FROM change c"+c.where()+" GROUP BY c.kind", c.args...)
}

// AddChanges writes lines that no other method writes by itself. At is now
// where it is not set.
func (s *Store) AddChanges(ctx context.Context, changes []Change) error {
	return s.inTx(ctx, func(t *tx) error {
		rows := make([]changeRow, 0, len(changes))
		for _, c := range changes {
			row := changeRow{at: c.At, kind: c.Kind, vulnerability: c.Vulnerability, advisory: c.Advisory, work: c.Work, text: c.Text, cause: c.Cause}
			if row.at.IsZero() {
				row.at = s.Now()
			}
			if c.Device != "" {
				var err error
				if row.device, err = number(t, c.Device); err != nil {
					return err
				}
			}
			rows = append(rows, row)
		}
		return t.putChanges(rows)
	})
}
