package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"
	_ "modernc.org/sqlite"             // registers the driver "sqlite"
)

// The page caches of SQLite connections in KiB, negative as SQLite wants it: the
// writer's holds a large batch, every reader of the pool has its own.
const (
	writerCache = -65536
	cachePages  = -16384
)

// checkpointPages is how many pages the log has before they are copied into the
// file: 64 MiB, so that pages which many commits touch are copied once.
const checkpointPages = 16384

// openSQLite locks and opens the file: one writer, some readers, WAL.
func (s *Store) openSQLite(ctx context.Context, path string) error {
	if path == "" {
		return fmt.Errorf("store: no file named")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	var err error
	if s.lock, err = lockFile(path + ".lock"); err != nil {
		return err
	}
	s.dialect = sqlite
	if f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600); err != nil { // SQLite would let others read it
		return err
	} else if err := f.Close(); err != nil {
		return err
	}
	if s.write, err = sql.Open("sqlite", sqliteName(path, false)); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if err := s.write.PingContext(ctx); err != nil {
		return fmt.Errorf("store: open %s: %w", path, err)
	}
	if s.read, err = sql.Open("sqlite", sqliteName(path, true)); err != nil {
		return err
	}
	readers := max(4, 2*runtime.NumCPU())
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	return nil
}

// sqliteName is the data source name with every pragma said.
func sqliteName(path string, readOnly bool) string {
	v := url.Values{}
	v.Add("_pragma", "journal_mode(WAL)")
	v.Add("_pragma", "synchronous(FULL)")
	v.Add("_pragma", "foreign_keys(1)")
	v.Add("_pragma", "busy_timeout(10000)")
	v.Add("_pragma", "temp_store(MEMORY)")
	cache := writerCache
	v.Add("_pragma", fmt.Sprintf("wal_autocheckpoint(%d)", checkpointPages))
	v.Set("_txlock", "immediate")
	if readOnly {
		cache = cachePages
		v.Add("_pragma", "query_only(1)")
		v.Set("_txlock", "deferred")
	}
	v.Add("_pragma", fmt.Sprintf("cache_size(%d)", cache))
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + v.Encode()
}

// openPostgres opens the pool.
func (s *Store) openPostgres(ctx context.Context, at string) error {
	s.dialect = postgres
	db, err := sql.Open("pgx", at)
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(16)
	s.write, s.read = db, db
	if err := db.PingContext(ctx); err != nil {
		return fmt.Errorf("store: reach the PostgreSQL database: %w", err)
	}
	return nil
}
