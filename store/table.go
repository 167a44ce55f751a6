package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// table is one of our tables as the database describes it.
type table struct {
	name    string
	columns []string
	parents []string // tables that its foreign keys name
}

// tables describes all our tables, each after those that it refers to.
func (s *Store) tables(ctx context.Context, from asker) ([]table, error) {
	names := "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose_%' ORDER BY name"
	columns := "SELECT name FROM pragma_table_info(?) ORDER BY cid"
	parents := `SELECT DISTINCT "table" FROM pragma_foreign_key_list(?)`
	if s.dialect == postgres {
		names = `SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'
			AND table_name NOT LIKE 'goose_%' ORDER BY table_name`
		columns = `SELECT column_name::text FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = ?::text ORDER BY ordinal_position`
		parents = `SELECT DISTINCT p.relname::text FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_class p ON p.oid = c.confrelid
			WHERE c.contype = 'f' AND r.relnamespace = current_schema()::regnamespace AND r.relname = ?::text`
	}
	found, err := list(ctx, from, func(r *sql.Rows, t *table) error { return r.Scan(&t.name) }, names)
	if err != nil {
		return nil, err
	}
	for i := range found {
		t := &found[i]
		if t.columns, err = column[string](ctx, from, columns, t.name); err != nil {
			return nil, err
		}
		if t.parents, err = column[string](ctx, from, parents, t.name); err != nil {
			return nil, err
		}
	}
	return sorted(found)
}

// sorted puts each table after its parents.
func sorted(found []table) ([]table, error) {
	var out []table
	placed := map[string]bool{}
	for len(out) < len(found) {
		before := len(out)
		for _, t := range found {
			ready := !slices.ContainsFunc(t.parents, func(p string) bool { return p != t.name && !placed[p] })
			if !placed[t.name] && ready {
				out, placed[t.name] = append(out, t), true
			}
		}
		if len(out) == before {
			return nil, fmt.Errorf("store: tables refer to each other in a circle")
		}
	}
	return out, nil
}

// quoted writes a name of a table or column.
func quoted(name string) string { return `"` + name + `"` }

func quotedAll(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = quoted(n)
	}
	return out
}
