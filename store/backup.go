package store

import (
	"bufio"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"
)

// A backup is the same for both databases, so that either can be restored from
// the other's: age over zstd over lines of JSON.
//
//	{"ward":"backup","format":1,"schema":5,"at":"..."}
//	{"table":"device","columns":["num","id",...]}
//	[1,"mac:...",...]            one line for each row; {"b":"..."} is base64
//	...
//	{"end":true,"rows":123,"sha256":"..."}   over all the lines before
const backupFormat = 1

// backupLine is every line that is no row.
type backupLine struct {
	Ward    string    `json:"ward,omitempty"`
	Format  int       `json:"format,omitempty"`
	Schema  int64     `json:"schema,omitempty"`
	At      time.Time `json:"at,omitzero"`
	Table   string    `json:"table,omitempty"`
	Columns []string  `json:"columns,omitempty"`
	End     bool      `json:"end,omitempty"`
	Rows    int64     `json:"rows,omitempty"`
	SHA256  string    `json:"sha256,omitempty"`
}

// Progress tells how many rows are done, in which table.
type Progress func(table string, rows int64)

// backup is one being written.
type backup struct {
	out      io.Writer
	sum      hash.Hash
	line     []byte
	rows     int64
	progress Progress
}

// Backup writes the whole store as it is at this moment, while work goes on,
// encrypted for the recipients. The key that seals secrets is not in it.
func (s *Store) Backup(ctx context.Context, w io.Writer, recipients []age.Recipient, progress Progress) error {
	if len(recipients) == 0 {
		return fmt.Errorf("store: a backup is always encrypted: name a recipient")
	}
	sealed, err := age.Encrypt(w, recipients...)
	if err != nil {
		return err
	}
	packed, err := zstd.NewWriter(sealed, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(packed, 1<<16)
	b := &backup{out: out, sum: sha256.New(), progress: progress}
	if err := s.backup(ctx, b); err != nil {
		packed.Close()
		return fmt.Errorf("store: backup: %w", err)
	}
	for _, end := range []func() error{out.Flush, packed.Close, sealed.Close} {
		if err := end(); err != nil {
			return fmt.Errorf("store: backup: %w", err)
		}
	}
	return nil
}

// backup writes the lines from one snapshot.
func (s *Store) backup(ctx context.Context, b *backup) error {
	have, _, err := s.schema(ctx)
	if err != nil {
		return err
	}
	o := &sql.TxOptions{ReadOnly: true}
	if s.dialect == postgres {
		o.Isolation = sql.LevelRepeatableRead
	}
	snapshot, err := s.read.BeginTx(ctx, o)
	if err != nil {
		return err
	}
	defer snapshot.Rollback()
	t := &tx{snapshot, s.dialect, ctx}
	tables, err := s.tables(ctx, t)
	if err != nil {
		return err
	}
	if err := b.say(backupLine{Ward: "backup", Format: backupFormat, Schema: have, At: s.Now()}); err != nil {
		return err
	}
	for i := range tables {
		if err := b.table(t, &tables[i]); err != nil {
			return fmt.Errorf("table %s: %w", tables[i].name, err)
		}
	}
	return b.say(backupLine{End: true, Rows: b.rows, SHA256: hex.EncodeToString(b.sum.Sum(nil))})
}

func (b *backup) say(l backupLine) error {
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	return b.write(append(text, '\n'))
}

func (b *backup) write(line []byte) error {
	b.sum.Write(line)
	_, err := b.out.Write(line)
	return err
}

// progressEvery is how many rows lie between two reports.
const progressEvery = 5000

func (b *backup) table(t *tx, of *table) error {
	if err := b.say(backupLine{Table: of.name, Columns: of.columns}); err != nil {
		return err
	}
	values := make([]any, len(of.columns))
	into := make([]any, len(of.columns))
	for i := range values {
		into[i] = &values[i]
	}
	return each(t.ctx, t, func(r *sql.Rows) error {
		if err := r.Scan(into...); err != nil {
			return err
		}
		b.line = append(b.line[:0], '[')
		for i, v := range values {
			if i > 0 {
				b.line = append(b.line, ',')
			}
			var err error
			if b.line, err = appendValue(b.line, v); err != nil {
				return err
			}
		}
		b.line = append(b.line, ']', '\n')
		if b.rows++; b.rows%progressEvery == 0 && b.progress != nil {
			b.progress(of.name, b.rows)
		}
		return b.write(b.line)
	}, "SELECT "+strings.Join(quotedAll(of.columns), ", ")+" FROM "+quoted(of.name))
}

// appendValue writes one value of a row; a real number always has a point or an
// exponent, so that it comes back as one.
func appendValue(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case float64:
		return strconv.AppendFloat(b, v, 'e', -1, 64), nil
	case bool:
		return strconv.AppendInt(b, bit(v), 10), nil
	case string:
		text, err := json.Marshal(v)
		return append(b, text...), err
	case []byte:
		b = append(b, `{"b":"`...)
		b = base64.StdEncoding.AppendEncode(b, v)
		return append(b, `"}`...), nil
	}
	return nil, fmt.Errorf("a value of type %T", v)
}
