package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Diagnosis is the answer of one check. Hint says what to do where it is not OK.
type Diagnosis struct {
	What   string `json:"what"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"`
	Hint   string `json:"hint,omitempty"`
}

// check is one examination; those below it say nothing where it fails but that
// it did.
type check struct {
	what  string
	look  func(*Store, context.Context) (detail string, err error)
	hint  string
	below []check
}

// checks is the tree of what Check looks at.
var checks = []check{
	{"answers", (*Store).answers, "start the database, and see that its disk is there", []check{
		{"schema", (*Store).fitsSchema, "start this version of Ward once, it brings the schema up to date; or install the version that wrote it", []check{
			{"content", (*Store).whole, "stop Ward, keep a copy of the files, and restore the last backup with ward restore", []check{
				{"references", (*Store).references, "restore the last backup, and report this: it is a fault of Ward", nil},
				{"sums", (*Store).sumsFit, "assess all devices anew; report this: it is a fault of Ward", nil},
				{"audit trail", (*Store).trail, "somebody changed the audit trail: keep a copy, tell the security officer, compare with the last backup", nil},
			}},
			{"clock", (*Store).clock, "set the clock of this computer (NTP)", nil},
		}},
		{"journal", (*Store).journal, "a backup or a page holds an old state for long: end it, or start Ward again", nil},
	}},
	{"permissions", (*Store).permissions, "chmod 600 the file and 700 its folder: it holds secrets", nil},
	{"free space", (*Store).room, "make room, or shorten what is kept under Settings", nil},
}

// Check examines the store.
func (s *Store) Check(ctx context.Context) []Diagnosis {
	return s.examine(ctx, checks, "")
}

func (s *Store) examine(ctx context.Context, list []check, failed string) []Diagnosis {
	var out []Diagnosis
	for _, c := range list {
		d := Diagnosis{What: c.what}
		if failed != "" {
			d.Detail = "not looked at, because this failed: " + failed
		} else {
			detail, err := c.look(s, ctx)
			d.OK, d.Detail = err == nil, detail
			if err != nil {
				d.Detail, d.Hint = err.Error(), c.hint
			}
		}
		below := failed
		if !d.OK && below == "" {
			below = c.what
		}
		out = append(append(out, d), s.examine(ctx, c.below, below)...)
	}
	return out
}

func (s *Store) answers(ctx context.Context) (string, error) {
	return "", s.read.PingContext(ctx)
}

func (s *Store) fitsSchema(ctx context.Context) (string, error) {
	have, known, err := s.schema(ctx)
	if err == nil && have != known {
		err = fmt.Errorf("the store has version %d, this Ward knows %d", have, known)
	}
	return fmt.Sprintf("version %d", have), err
}

// whole looks for damage in the file (SQLite); PostgreSQL is asked to read all
// rows.
func (s *Store) whole(ctx context.Context) (string, error) {
	if s.dialect == sqlite {
		found, err := column[string](ctx, s, "PRAGMA quick_check(10)")
		if err == nil && (len(found) != 1 || found[0] != "ok") {
			err = errors.New(strings.Join(found, "; "))
		}
		return "", err
	}
	tables, err := s.tables(ctx, s)
	if err != nil {
		return "", err
	}
	for _, t := range tables {
		var n int64
		if err := s.row(ctx, "SELECT count(*) FROM "+quoted(t.name)+" x WHERE x IS NOT NULL").Scan(&n); err != nil {
			return "", fmt.Errorf("table %s: %w", t.name, err)
		}
	}
	return fmt.Sprintf("%d tables", len(tables)), nil
}

// orphans are rows that name something that is not there.
var orphans = []struct{ what, query string }{
	{"findings without a device", "SELECT count(*) FROM finding f WHERE NOT EXISTS (SELECT 1 FROM device d WHERE d.num = f.device)"},
	{"devices without a document", "SELECT count(*) FROM device d WHERE NOT EXISTS (SELECT 1 FROM device_document x WHERE x.device = d.num)"},
	{"work on no device", "SELECT count(*) FROM work_device w WHERE NOT EXISTS (SELECT 1 FROM device d WHERE d.num = w.device)"},
	{"findings without a text", `SELECT count(*) FROM finding f WHERE NOT EXISTS (SELECT 1 FROM text t WHERE t.num = f.finding)
		OR NOT EXISTS (SELECT 1 FROM text t WHERE t.num = f.assessment) OR NOT EXISTS (SELECT 1 FROM text t WHERE t.num = f.why)`},
	{"decisions without a state", "SELECT count(*) FROM decision x WHERE NOT EXISTS (SELECT 1 FROM decision_state s WHERE s.decision = x.id)"},
}

func (s *Store) references(ctx context.Context) (string, error) {
	var found []string
	if s.dialect == sqlite {
		broken, err := column[string](ctx, s, `SELECT DISTINCT "table" FROM pragma_foreign_key_check`)
		if err != nil {
			return "", err
		}
		for _, t := range broken {
			found = append(found, "broken foreign keys in "+t)
		}
	}
	for _, o := range orphans {
		var n int64
		if err := s.row(ctx, o.query).Scan(&n); err != nil {
			return "", err
		}
		if n > 0 {
			found = append(found, fmt.Sprintf("%d %s", n, o.what))
		}
	}
	if len(found) > 0 {
		return "", errors.New(strings.Join(found, "; "))
	}
	return "", nil
}

// sumsFit compares the number of findings that devices and vulnerabilities keep.
func (s *Store) sumsFit(ctx context.Context) (string, error) {
	var open, devices, vulnerabilities int64
	err := s.row(ctx, `SELECT (SELECT count(*) FROM finding WHERE closed = 0), (SELECT coalesce(sum(findings), 0) FROM device),
		(SELECT coalesce(sum(devices), 0) FROM vulnerability)`).Scan(&open, &devices, &vulnerabilities)
	if err == nil && (open != devices || open != vulnerabilities) {
		err = fmt.Errorf("%d open findings, but devices count %d and vulnerabilities %d", open, devices, vulnerabilities)
	}
	return fmt.Sprintf("%d open findings", open), err
}

func (s *Store) trail(ctx context.Context) (string, error) {
	n, head, faults, err := s.VerifyAudit(ctx)
	if err == nil && len(faults) > 0 {
		err = fmt.Errorf("%d faults, the first at entry %d: %s", len(faults), faults[0].Seq, faults[0].Text)
	}
	if len(head) > 16 {
		head = head[:16]
	}
	return fmt.Sprintf("%d entries, the last %s", n, head), err
}

// clockSlack is how far the clock may lie behind what was written.
const clockSlack = 5 * time.Minute

func (s *Store) clock(ctx context.Context) (string, error) {
	var last int64
	if err := s.row(ctx, "SELECT coalesce(max(at), 0) FROM audit").Scan(&last); err != nil {
		return "", err
	}
	now := s.Now()
	if at := fromMicros(last); now.Add(clockSlack).Before(at) {
		return "", fmt.Errorf("the clock says %s, but an entry was written at %s", now.Format(time.DateTime), at.Format(time.DateTime))
	}
	return now.Format(time.RFC3339), nil
}

// maxJournal is a write-ahead log that should have been folded in, in bytes.
const maxJournal = 1 << 30

func (s *Store) journal(ctx context.Context) (string, error) {
	if s.dialect == postgres {
		return "PostgreSQL looks after it", nil
	}
	path, err := s.file(ctx)
	if err != nil {
		return "", err
	}
	i, err := os.Stat(path + "-wal")
	switch {
	case errors.Is(err, os.ErrNotExist):
		return "empty", nil
	case err != nil:
		return "", err
	case i.Size() > maxJournal:
		return "", fmt.Errorf("the write-ahead log has %d MB", i.Size()>>20)
	}
	return fmt.Sprintf("%d kB", i.Size()>>10), nil
}

// file is the path of the SQLite file.
func (s *Store) file(ctx context.Context) (string, error) {
	var path string
	err := s.row(ctx, "SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&path)
	return path, err
}

func (s *Store) permissions(ctx context.Context) (string, error) {
	if s.dialect == postgres {
		return "PostgreSQL looks after it", nil
	}
	path, err := s.file(ctx)
	if err != nil {
		return "", err
	}
	for _, p := range []string{path, filepath.Dir(path)} {
		i, err := os.Stat(p)
		if err != nil {
			return "", err
		}
		if open := i.Mode().Perm() & 0o077; open != 0 && checkModes {
			return "", fmt.Errorf("%s may be read by others (mode %04o)", p, i.Mode().Perm())
		}
	}
	return "", nil
}

// minRoom is the free space below which nothing large should begin, in bytes.
const minRoom = 1 << 30

func (s *Store) room(ctx context.Context) (string, error) {
	if s.dialect == postgres {
		return "PostgreSQL looks after it", nil
	}
	path, err := s.file(ctx)
	if err != nil {
		return "", err
	}
	free, err := freeSpace(filepath.Dir(path))
	if err == nil && free < minRoom {
		err = fmt.Errorf("only %d MB are free", free>>20)
	}
	return fmt.Sprintf("%d GB free", free>>30), err
}
