package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"
)

// Retention says for how many days each kind of data is kept; 0 keeps it
// always. The audit trail and decisions are always kept.
type Retention struct {
	Changes        int `json:"changes"`
	ClosedFindings int `json:"closed_findings"`
	ImportFiles    int `json:"import_files"` // whoever keeps the files reads it
	Sessions       int `json:"sessions"`     // kept whole
	Rollups        int `json:"rollups"`
	Notices        int `json:"notices"`
}

// DefaultRetention holds where nothing was set.
var DefaultRetention = Retention{Changes: 730, ClosedFindings: 730, ImportFiles: 30, Sessions: 14, Rollups: 400, Notices: 180}

// retentionSetting is the name of the setting.
const retentionSetting = "retention"

// Retention gives what is set.
func (s *Store) Retention(ctx context.Context) (Retention, error) {
	r := DefaultRetention
	err := s.Setting(ctx, retentionSetting, &r)
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return r, err
}

// SetRetention sets for how long data is kept.
func (s *Store) SetRetention(ctx context.Context, r Retention, by Actor) error {
	return s.SetSetting(ctx, retentionSetting, r, by)
}

// pruneAtOnce bounds the rows of one transaction, so that others may write in
// between.
const pruneAtOnce = 5000

// Prune removes what is older than its retention and gives the number of rows
// by kind. Sessions, roll-ups and notices are removed by those who keep them.
func (s *Store) Prune(ctx context.Context) (map[string]int64, error) {
	keep, err := s.Retention(ctx)
	if err != nil {
		return nil, err
	}
	gone := map[string]int64{}
	for _, p := range []struct {
		kind  string
		days  int
		query string
	}{
		{"changes", keep.Changes, "DELETE FROM change WHERE id IN (SELECT id FROM change WHERE at < ? ORDER BY at LIMIT ?)"},
		{"closed_findings", keep.ClosedFindings, `DELETE FROM finding WHERE (device, vulnerability) IN
			(SELECT device, vulnerability FROM finding WHERE closed > 0 AND closed < ? LIMIT ?)`},
	} {
		if p.days <= 0 {
			continue
		}
		if gone[p.kind], err = s.pruneOld(ctx, p.query, s.Now().Add(-time.Duration(p.days)*day)); err != nil {
			return gone, err
		}
	}
	if gone["closed_findings"] > 0 {
		gone["texts"], err = s.pruneTexts(ctx)
	}
	return gone, err
}

// pruneOld runs a query until it removes nothing more.
func (s *Store) pruneOld(ctx context.Context, query string, before time.Time) (int64, error) {
	var all int64
	for {
		var n int64
		err := s.inTx(ctx, func(t *tx) error {
			r, err := t.exec(query, micros(before), pruneAtOnce)
			if err == nil {
				n, err = r.RowsAffected()
			}
			return err
		})
		if all += n; err != nil || n < pruneAtOnce {
			return all, err
		}
	}
}

// pruneTexts removes texts that no finding refers to.
func (s *Store) pruneTexts(ctx context.Context) (n int64, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		if err := t.turn(turnInventory); err != nil {
			return err
		}
		r, err := t.exec(`DELETE FROM text WHERE num NOT IN
			(SELECT finding FROM finding UNION SELECT assessment FROM finding UNION SELECT why FROM finding)`)
		if err == nil {
			n, err = r.RowsAffected()
		}
		return err
	})
	return n, err
}

// Space is what one kind of data takes.
type Space struct {
	Kind  string `json:"kind"`
	Rows  int64  `json:"rows"`
	Bytes int64  `json:"bytes"` // with indexes
}

// spaceOf groups tables for the reader; others count as "other".
var spaceOf = map[string]string{
	"device": "devices", "device_document": "devices", "device_former": "devices", "device_subject": "devices",
	"finding": "findings", "text": "findings", "vulnerability": "findings",
	"advisory": "advisories", "advisory_revision": "advisories", "advisory_vulnerability": "advisories", "publication": "advisories", "feed": "advisories",
	"import": "imports", "evidence": "imports", "change": "changes", "audit": "audit",
	"work": "work", "work_device": "work", "work_vulnerability": "work", "comment": "work",
	"decision": "decisions", "decision_event": "decisions", "decision_state": "decisions",
}

func spaceOfTable(name string) string {
	if k := spaceOf[name]; k != "" {
		return k
	}
	for _, k := range []struct{ prefix, kind string }{{"session", "sessions"}, {"recent", "sessions"}, {"rollup", "rollups"}, {"traffic", "rollups"}, {"notice", "notices"}, {"delivery", "notices"}} {
		if strings.HasPrefix(name, k.prefix) {
			return k.kind
		}
	}
	return "other"
}

// Usage tells the space that each kind of data takes.
func (s *Store) Usage(ctx context.Context) ([]Space, error) {
	tables, err := s.tables(ctx, s)
	if err != nil {
		return nil, err
	}
	bytes, err := s.tableBytes(ctx)
	if err != nil {
		return nil, err
	}
	out, at := []Space{}, map[string]int{}
	for _, t := range tables {
		var rows int64
		if err := s.row(ctx, "SELECT count(*) FROM "+quoted(t.name)).Scan(&rows); err != nil {
			return nil, err
		}
		kind := spaceOfTable(t.name)
		i, ok := at[kind]
		if !ok {
			i = len(out)
			at[kind], out = i, append(out, Space{Kind: kind})
		}
		out[i].Rows += rows
		out[i].Bytes += bytes[t.name]
	}
	return out, nil
}

// tableBytes gives the bytes of each table with its indexes.
func (s *Store) tableBytes(ctx context.Context) (map[string]int64, error) {
	q := "SELECT m.tbl_name, sum(d.pgsize) FROM dbstat d JOIN sqlite_schema m ON m.name = d.name WHERE d.aggregate = TRUE GROUP BY m.tbl_name"
	if s.dialect == postgres {
		q = "SELECT relname::text, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
	}
	out := map[string]int64{}
	return out, each(ctx, s, func(r *sql.Rows) error {
		var name string
		var n int64
		if err := r.Scan(&name, &n); err != nil {
			return err
		}
		out[name] = n
		return nil
	}, q)
}
