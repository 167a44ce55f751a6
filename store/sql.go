package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// dialect is which of the two databases a Store speaks to.
type dialect uint8

const (
	sqlite dialect = iota
	postgres
)

// bind turns the ? of our SQL into $1, $2, ... for PostgreSQL. Our SQL has no ?
// inside of texts.
func (d dialect) bind(query string) string {
	if d == sqlite {
		return query
	}
	var b strings.Builder
	b.Grow(len(query) + 16)
	n := 0
	for i := range len(query) {
		if query[i] == '?' {
			n++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
			continue
		}
		b.WriteByte(query[i])
	}
	return b.String()
}

// query reads rows outside of a transaction.
func (s *Store) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return s.read.QueryContext(ctx, s.dialect.bind(query), args...)
}

// row reads one row outside of a transaction.
func (s *Store) row(ctx context.Context, query string, args ...any) *sql.Row {
	return s.read.QueryRowContext(ctx, s.dialect.bind(query), args...)
}

// tx is a write transaction. All SQL of it goes through its methods.
type tx struct {
	*sql.Tx
	dialect dialect
	ctx     context.Context
}

func (t *tx) exec(query string, args ...any) (sql.Result, error) {
	return t.ExecContext(t.ctx, t.dialect.bind(query), args...)
}

func (t *tx) query(query string, args ...any) (*sql.Rows, error) {
	return t.QueryContext(t.ctx, t.dialect.bind(query), args...)
}

func (t *tx) row(query string, args ...any) *sql.Row {
	return t.QueryRowContext(t.ctx, t.dialect.bind(query), args...)
}

func (t *tx) prepare(query string) (*sql.Stmt, error) {
	return t.PrepareContext(t.ctx, t.dialect.bind(query))
}

// inTx runs f in one write transaction: all of it is kept, or nothing.
func (s *Store) inTx(ctx context.Context, f func(*tx) error) error {
	t, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer t.Rollback()
	if err := f(&tx{t, s.dialect, ctx}); err != nil {
		return err
	}
	return t.Commit()
}

// micros is how times are stored: microseconds since 1970 UTC; 0 is no time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// fromMicros is the inverse of micros.
func fromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// stamp scans a stored time.
type stamp struct{ *time.Time }

// Scan reads microseconds (database/sql.Scanner).
func (s stamp) Scan(v any) error {
	n, _ := v.(int64)
	*s.Time = fromMicros(n)
	return nil
}

// asJSON stores a value as JSON text.
func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("store: " + err.Error()) // our own types always marshal
	}
	return string(b)
}

// document scans JSON text into the value it points to.
type document struct{ into any }

// Scan reads JSON text (database/sql.Scanner).
func (d document) Scan(v any) error {
	switch b := v.(type) {
	case string:
		if b == "" {
			return nil
		}
		return json.Unmarshal([]byte(b), d.into)
	case []byte:
		if len(b) == 0 {
			return nil
		}
		return json.Unmarshal(b, d.into)
	}
	return nil
}
