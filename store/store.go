// Package store is everything Ward remembers: one concrete Store over a SQLite
// file or a PostgreSQL database, one file per noun. SQL is written once, in the
// common words of both; domain types are scanned from rows as they stand.
//
// Nothing accepted is lost: what must survive is committed before it is
// acknowledged, and a second process on the same SQLite file is refused.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Options say where a Store lives.
type Options struct {
	// Path is the SQLite file; its folder is made. URL (postgres://...) takes
	// precedence.
	Path string
	URL  string
	// Now is the clock, time.Now when nil: a demonstration runs in fast time.
	Now func() time.Time
	// Key seals secrets at rest (32 bytes); see Sealed.
	Key []byte
}

// Errors that callers tell apart.
var (
	ErrNotFound = errors.New("store: not found")
	ErrConflict = errors.New("store: changed by somebody else in the meantime")
	ErrInUse    = errors.New("store: the file is in use by another Ward process")
	ErrRefused  = errors.New("store: refused")
	ErrNewer    = errors.New("store: the file was written by a newer Ward")
)

// ErrURL says that a database URL is not understood.
var ErrURL = errors.New("store: a database URL begins with postgres:// ; without one the SQLite file of the data folder is used")

// postgres tells whether the options name a PostgreSQL database.
func (o Options) postgres() (bool, error) {
	switch {
	case o.URL == "":
		return false, nil
	case strings.HasPrefix(o.URL, "postgres://"), strings.HasPrefix(o.URL, "postgresql://"):
		return true, nil
	}
	return false, ErrURL
}

// Store remembers. It is safe for concurrent use.
type Store struct {
	write   *sql.DB // SQLite: one connection; PostgreSQL: the pool
	read    *sql.DB
	dialect dialect
	now     func() time.Time
	key     []byte
	lock    *fileLock // SQLite only
	events  broker
	traffic trafficIndex
	facets  facetCache
}

// store is a Store that is not open yet, and which database it is for.
func (o Options) store() (s *Store, inPostgres bool, err error) {
	s = &Store{now: o.Now, key: o.Key}
	if s.now == nil {
		s.now = time.Now
	}
	inPostgres, err = o.postgres()
	return s, inPostgres, err
}

// Open opens or makes the store and brings its schema up to date.
func Open(ctx context.Context, o Options) (*Store, error) {
	s, inPostgres, err := o.store()
	if err != nil {
		return nil, err
	}
	if inPostgres {
		err = s.openPostgres(ctx, o.URL)
	} else {
		err = s.openSQLite(ctx, o.Path)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	if err := s.migrate(ctx); err != nil {
		s.Close()
		return nil, fmt.Errorf("store: bring the schema up to date: %w", err)
	}
	return s, nil
}

// Close ends all work. A second Close does nothing.
func (s *Store) Close() error {
	var errs []error
	if s.read != nil && s.read != s.write {
		errs = append(errs, s.read.Close())
	}
	if s.write != nil {
		errs = append(errs, s.write.Close())
	}
	s.events.close() // the pools stay: whoever still reads in the background gets an error, not nil
	errs = append(errs, s.lock.release())
	s.lock = nil
	return errors.Join(errs...)
}

// Now is the store's clock.
func (s *Store) Now() time.Time { return s.now().UTC() }

// Postgres tells whether the store is a PostgreSQL database.
func (s *Store) Postgres() bool { return s.dialect == postgres }
