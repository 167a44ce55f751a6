package store

import (
	"context"
	"database/sql"
	"fmt"
)

// Judge notes whether a person found a notice useful; the last word of a person
// counts.
func (s *Store) Judge(ctx context.Context, notice string, useful bool, by Actor) error {
	err := s.inTx(ctx, func(t *tx) error {
		var rule string
		if err := one(t.row("SELECT rule FROM notice WHERE id = ?", notice), &rule); err != nil {
			return err
		}
		_, err := t.exec(`INSERT INTO notice_verdict (notice, person, rule, useful, at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (notice, person) DO UPDATE SET useful = excluded.useful, at = excluded.at`, notice, by.ID, rule, bit(useful), micros(s.Now()))
		if err != nil {
			return err
		}
		return t.audit(s.Now(), by, "notice.judge", "notice:"+notice, fmt.Sprintf("%s, useful: %t", rule, useful))
	})
	if err == nil {
		s.changed(TopicNotices, notice)
	}
	return err
}

// VerdictsOf gives what a person said about notices: useful or not.
func (s *Store) VerdictsOf(ctx context.Context, person string, notices []string) (map[string]bool, error) {
	out := map[string]bool{}
	if len(notices) == 0 {
		return out, nil
	}
	var c clause
	c.and("person = ?", person)
	in(&c, "notice", notices)
	return out, each(ctx, s, func(r *sql.Rows) error {
		var id string
		var useful int64
		err := r.Scan(&id, &useful)
		out[id] = useful != 0
		return err
	}, "SELECT notice, useful FROM notice_verdict"+c.where(), c.args...)
}

// Precisions gives for each rule how useful its last notices were found.
func (s *Store) Precisions(ctx context.Context, last int) (map[string]Precision, error) {
	return precision(ctx, s, last)
}

func precision(ctx context.Context, from asker, last int) (map[string]Precision, error) {
	out := map[string]Precision{}
	return out, each(ctx, from, func(r *sql.Rows) error {
		var p Precision
		err := r.Scan(&p.Rule, &p.Judged, &p.Useful)
		out[p.Rule] = p
		return err
	}, `SELECT rule, count(*), CAST(sum(useful) AS INTEGER) FROM (SELECT rule, useful,
		row_number() OVER (PARTITION BY rule ORDER BY at DESC, notice, person) AS place FROM notice_verdict) v WHERE place <= ? GROUP BY rule`, last)
}
