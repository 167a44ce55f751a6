package store

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"regexp"
	"strings"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema forward from any released version. Each file below
// migrations is one step; a released step is never edited.
func (s *Store) migrate(ctx context.Context) error {
	files, err := s.dialect.migrations()
	if err != nil {
		return err
	}
	name := goose.DialectSQLite3
	if s.dialect == postgres {
		name = goose.DialectPostgres
	}
	p, err := goose.NewProvider(name, s.write, files, goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	if sources := p.ListSources(); len(sources) > 0 && have > sources[len(sources)-1].Version {
		return ErrNewer
	}
	if _, err = p.Up(ctx); errors.Is(err, goose.ErrNoNextVersion) {
		return nil
	}
	return err
}

// migrations gives the steps in the words of the dialect.
func (d dialect) migrations() (fs.FS, error) {
	all, err := fs.Sub(migrations, "migrations")
	if err != nil || d == sqlite {
		return all, err
	}
	return translated{all}, nil
}

// translated reads our SQL, written for SQLite, as PostgreSQL.
type translated struct{ fs.FS }

// words are the few that differ.
var words = []struct {
	from *regexp.Regexp
	to   string
}{
	{regexp.MustCompile(`\bINTEGER\b`), "BIGINT"},
	{regexp.MustCompile(`\bREAL\b`), "DOUBLE PRECISION"},
	{regexp.MustCompile(`\bBLOB\b`), "BYTEA"},
	{regexp.MustCompile(`\) (WITHOUT ROWID, )?STRICT;`), ");"},
}

// Open translates the file (io/fs.FS).
func (t translated) Open(name string) (fs.File, error) {
	f, err := t.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return f, err
	}
	defer f.Close()
	b, err := fs.ReadFile(t.FS, name)
	if err != nil {
		return nil, err
	}
	for _, w := range words {
		b = w.from.ReplaceAll(b, []byte(w.to))
	}
	return newTextFile(f, b)
}
