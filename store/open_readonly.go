package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
)

// ErrNoStore says that there is nothing to read.
var ErrNoStore = errors.New("store: there is no Ward store")

// OpenReadOnly opens a store that is there, to read it: for backup and for the
// doctor, while a hub works on the same file. It takes no lock, changes no
// schema and cannot write: SQLite opens the file for reading (mode=ro), and in
// WAL mode a reader sees one committed state, never hinders the writer, and
// leaves the folding-in of the log to it. Methods that write fail.
func OpenReadOnly(ctx context.Context, o Options) (*Store, error) {
	s, inPostgres, err := o.store()
	if err != nil {
		return nil, err
	}
	if inPostgres {
		err = s.openPostgresReadOnly(ctx, o.URL)
	} else {
		err = s.openSQLiteReadOnly(ctx, o.Path)
	}
	if err == nil {
		err = s.readable(ctx)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// readers of a store that is only read.
const readOnlyReaders = 4

func (s *Store) openSQLiteReadOnly(ctx context.Context, path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: no file %s", ErrNoStore, path)
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%w: %s is no file", ErrNoStore, path)
	}
	s.dialect = sqlite
	v := url.Values{"mode": {"ro"}, "_txlock": {"deferred"}}
	v["_pragma"] = []string{"query_only(1)", "busy_timeout(10000)", "temp_store(MEMORY)", fmt.Sprintf("cache_size(%d)", cachePages)}
	name := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + v.Encode()
	if s.read, err = sql.Open("sqlite", name); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(readOnlyReaders)
	s.write = s.read
	if err := s.read.PingContext(ctx); err != nil {
		return fmt.Errorf("%w: %s cannot be read as one: %w", ErrNoStore, path, err)
	}
	return nil
}

func (s *Store) openPostgresReadOnly(ctx context.Context, at string) error {
	u, err := url.Parse(at)
	if err != nil {
		return fmt.Errorf("store: the address of the database cannot be read") // err would show its password
	}
	q := u.Query()
	q.Set("default_transaction_read_only", "on")
	u.RawQuery = q.Encode()
	return s.openPostgres(ctx, u.String())
}

// readable refuses what is no store, and one of a newer Ward.
func (s *Store) readable(ctx context.Context) error {
	var have sql.NullInt64
	if err := s.row(ctx, "SELECT max(version_id) FROM goose_db_version").Scan(&have); err != nil {
		return fmt.Errorf("%w: it has no schema of Ward (%w)", ErrNoStore, err)
	}
	steps, err := s.steps()
	if err != nil {
		return err
	}
	if sources := steps.ListSources(); have.Int64 > sources[len(sources)-1].Version {
		return ErrNewer
	}
	return nil
}
