package store

import (
	"context"
	"database/sql"
	"strings"
)

// The parts of the store whose writers take turns (PostgreSQL; SQLite has one
// writer anyway).
const (
	turnAudit int64 = 0x57415244 + iota
	turnInventory
	turnWork
	turnAdvisories
)

// turn waits until no other transaction writes the part.
func (t *tx) turn(part int64) error {
	if t.dialect != postgres {
		return nil
	}
	_, err := t.exec("SELECT pg_advisory_xact_lock(?)", part)
	return err
}

// rowsAtOnce bounds the rows of one INSERT; variablesAtOnce its variables.
const (
	rowsAtOnce      = 200
	variablesAtOnce = 6000
)

// insert writes many rows with few statements. tail is what follows VALUES,
// e.g. ON CONFLICT DO NOTHING.
func (t *tx) insert(into, tail string, rows [][]any) error {
	for len(rows) > 0 {
		n := min(len(rows), rowsAtOnce, max(1, variablesAtOnce/len(rows[0])))
		one := "(" + marks(len(rows[0])) + ")"
		args := make([]any, 0, n*len(rows[0]))
		for _, r := range rows[:n] {
			args = append(args, r...)
		}
		q := "INSERT INTO " + into + " VALUES " + strings.TrimSuffix(strings.Repeat(one+",", n), ",") + " " + tail
		if _, err := t.exec(q, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// asker is what reads rows: the Store or a transaction.
type asker interface {
	ask(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func (s *Store) ask(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return s.query(ctx, query, args...)
}

func (t *tx) ask(_ context.Context, query string, args ...any) (*sql.Rows, error) {
	return t.query(query, args...)
}

// each calls f for each row.
func each(ctx context.Context, from asker, f func(*sql.Rows) error, query string, args ...any) error {
	rows, err := from.ask(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// list collects what scan reads from each row.
func list[T any](ctx context.Context, from asker, scan func(*sql.Rows, *T) error, query string, args ...any) ([]T, error) {
	out := []T{}
	err := each(ctx, from, func(r *sql.Rows) error {
		var v T
		if err := scan(r, &v); err != nil {
			return err
		}
		out = append(out, v)
		return nil
	}, query, args...)
	return out, err
}

// column collects one column.
func column[T any](ctx context.Context, from asker, query string, args ...any) ([]T, error) {
	return list(ctx, from, func(r *sql.Rows, v *T) error { return r.Scan(v) }, query, args...)
}

// one reads a single value; a missing row is ErrNotFound.
func one(r *sql.Row, into ...any) error {
	err := r.Scan(into...)
	if err == sql.ErrNoRows {
		return ErrNotFound
	}
	return err
}

// bit stores a bool.
func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
