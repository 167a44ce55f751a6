package store

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"slices"
	"strings"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"
)

// Errors of a restore.
var (
	ErrNotEmpty = errors.New("store: there is data already: restore into a new place")
	ErrDamaged  = errors.New("store: the backup is damaged or not complete")
)

// maxLine bounds one row of a backup, in bytes: a large part of an inventory.
const maxLine = 1 << 30

// Restore makes a new store of a backup. What is there is never touched: a store
// with data is refused, and after an error nothing is left of the attempt.
func Restore(ctx context.Context, r io.Reader, identities []age.Identity, o Options) error {
	open, err := age.Decrypt(r, identities...)
	if err != nil {
		return fmt.Errorf("store: the backup cannot be opened with this key: %w", err)
	}
	lines, err := zstd.NewReader(open, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	defer lines.Close()
	in := &restoring{in: bufio.NewReaderSize(lines, 1<<16), sum: sha256.New()}
	if o.URL != "" {
		return in.into(ctx, o)
	}
	return in.intoFile(ctx, o)
}

// seeded are tables that have rows from the beginning.
var seeded = []string{"traffic_state"}

// intoFile restores beside the place of the new file and moves it there last.
func (in *restoring) intoFile(ctx context.Context, o Options) error {
	lock, err := lockFile(o.Path + ".lock")
	if err != nil {
		return err
	}
	defer lock.release()
	if _, err := os.Lstat(o.Path); err == nil {
		return fmt.Errorf("%w: %s", ErrNotEmpty, o.Path)
	}
	beside := o
	beside.Path = o.Path + ".restoring"
	clear := func() {
		for _, end := range []string{"", "-wal", "-shm", ".lock"} {
			os.Remove(beside.Path + end)
		}
	}
	clear()
	defer clear()
	if err := in.into(ctx, beside); err != nil {
		return err
	}
	return os.Rename(beside.Path, o.Path)
}

// restoring is a backup being read.
type restoring struct {
	in      *bufio.Reader
	sum     hash.Hash
	digest  string // of the lines before the last one read
	rows    int64
	t       *tx
	tables  []table
	current *table
	pending [][]any
}

// next reads a line.
func (in *restoring) next() ([]byte, error) {
	in.digest = hex.EncodeToString(in.sum.Sum(nil))
	var line []byte
	for {
		part, err := in.in.ReadSlice('\n')
		line = append(line, part...)
		if err == nil {
			break
		}
		if !errors.Is(err, bufio.ErrBufferFull) || len(line) > maxLine {
			return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
		}
	}
	in.sum.Write(line)
	return line, nil
}

func (in *restoring) into(ctx context.Context, o Options) error {
	line, err := in.next()
	if err != nil {
		return err
	}
	var head backupLine
	if err := json.Unmarshal(line, &head); err != nil || head.Ward != "backup" {
		return fmt.Errorf("%w: this is no backup of Ward", ErrDamaged)
	}
	s := &Store{now: o.Now, key: o.Key}
	defer s.Close()
	if o.URL != "" {
		err = s.openPostgres(ctx, o.URL)
	} else {
		err = s.openSQLite(ctx, o.Path)
	}
	if err != nil {
		return err
	}
	steps, err := s.steps()
	if err != nil {
		return err
	}
	sources := steps.ListSources()
	if head.Format != backupFormat || head.Schema > sources[len(sources)-1].Version {
		return fmt.Errorf("%w: use the Ward that wrote the backup, or a newer one", ErrNewer)
	}
	if _, err := steps.UpTo(ctx, head.Schema); err != nil {
		return err
	}
	if err := s.inTx(ctx, func(t *tx) error { return in.all(s, t) }); err != nil {
		return err
	}
	return s.migrate(ctx)
}

// all reads everything after the head, in one transaction.
func (in *restoring) all(s *Store, t *tx) error {
	in.t = t
	var err error
	if in.tables, err = s.tables(t.ctx, t); err != nil {
		return err
	}
	for _, of := range in.tables {
		if slices.Contains(seeded, of.name) {
			if _, err := t.exec("DELETE FROM " + quoted(of.name)); err != nil {
				return err
			}
			continue
		}
		var n int
		if err := t.row("SELECT 1 FROM " + quoted(of.name) + " LIMIT 1").Scan(&n); err == nil {
			return fmt.Errorf("%w: table %s has rows", ErrNotEmpty, of.name)
		} else if err != sql.ErrNoRows {
			return err
		}
	}
	for {
		line, err := in.next()
		if err != nil {
			return err
		}
		if line[0] == '[' {
			err = in.row(line)
		} else {
			var end bool
			if end, err = in.section(line); end && err == nil {
				return in.sequences()
			}
		}
		if err != nil {
			return err
		}
	}
}

// section reads a line that begins a table or ends the backup.
func (in *restoring) section(line []byte) (end bool, err error) {
	var l backupLine
	if err := json.Unmarshal(line, &l); err != nil {
		return false, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if err := in.flush(); err != nil {
		return false, err
	}
	if l.End {
		if l.Rows != in.rows || l.SHA256 != in.digest {
			return false, fmt.Errorf("%w: the digest does not fit", ErrDamaged)
		}
		return true, nil
	}
	at := slices.IndexFunc(in.tables, func(t table) bool { return t.name == l.Table })
	if at < 0 {
		return false, fmt.Errorf("%w: unknown table %q", ErrDamaged, l.Table)
	}
	for _, c := range l.Columns {
		if !slices.Contains(in.tables[at].columns, c) {
			return false, fmt.Errorf("%w: unknown column %q of table %s", ErrDamaged, c, l.Table)
		}
	}
	in.current = &table{name: l.Table, columns: l.Columns}
	return false, nil
}

// row reads one row.
func (in *restoring) row(line []byte) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	var values []any
	if err := d.Decode(&values); err != nil || in.current == nil || len(values) != len(in.current.columns) || len(values) == 0 {
		return fmt.Errorf("%w: row %d", ErrDamaged, in.rows+1)
	}
	for i, v := range values {
		var err error
		if values[i], err = valueOf(v); err != nil {
			return fmt.Errorf("%w: row %d: %w", ErrDamaged, in.rows+1, err)
		}
	}
	in.rows++
	in.pending = append(in.pending, values)
	if len(in.pending) < rowsAtOnce {
		return nil
	}
	return in.flush()
}

// valueOf is the inverse of appendValue.
func valueOf(v any) (any, error) {
	switch v := v.(type) {
	case json.Number:
		if strings.ContainsAny(string(v), ".eE") {
			return v.Float64()
		}
		return v.Int64()
	case map[string]any:
		var b struct{ B []byte }
		err := json.Unmarshal([]byte(asJSON(v)), &b)
		if b.B == nil {
			b.B = []byte{}
		}
		return b.B, err
	case nil, string:
		return v, nil
	}
	return nil, fmt.Errorf("a value of type %T", v)
}

func (in *restoring) flush() error {
	if len(in.pending) == 0 {
		return nil
	}
	err := in.t.insert(quoted(in.current.name)+" ("+strings.Join(quotedAll(in.current.columns), ", ")+")", "", in.pending)
	in.pending = in.pending[:0]
	return err
}

// sequences makes PostgreSQL count on from the highest number (SQLite does so
// by itself).
func (in *restoring) sequences() error {
	if in.t.dialect != postgres {
		return nil
	}
	type identity struct{ table, column string }
	found, err := list(in.t.ctx, in.t, func(r *sql.Rows, i *identity) error { return r.Scan(&i.table, &i.column) },
		"SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = current_schema() AND is_identity = 'YES' AND table_name NOT LIKE 'goose_%'")
	if err != nil {
		return err
	}
	for _, i := range found {
		q := fmt.Sprintf("SELECT setval(pg_get_serial_sequence('%s', '%s'), (SELECT coalesce(max(%s), 0) + 1 FROM %s), false)",
			quoted(i.table), i.column, quoted(i.column), quoted(i.table))
		if _, err := in.t.exec(q); err != nil {
			return err
		}
	}
	return nil
}
