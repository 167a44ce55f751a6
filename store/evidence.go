package store

import (
	"context"
	"database/sql"
)

// Evidence gives the parts that one import told, none where it told nothing.
func (s *Store) Evidence(ctx context.Context, importID string) ([]Evidence, error) {
	return list(ctx, s, func(r *sql.Rows, e *Evidence) error { return r.Scan(&e.Import, &e.Kind, &e.Blob) },
		"SELECT import, kind, document FROM evidence WHERE import = ? ORDER BY kind", importID)
}

// JoinEvidence puts one part in the place of several: into is stored, those of
// the imports in gone are removed, in one transaction. The imports stay.
func (s *Store) JoinEvidence(ctx context.Context, into Evidence, gone []string) error {
	return s.inTx(ctx, func(t *tx) error {
		for _, id := range gone {
			if _, err := t.exec("DELETE FROM evidence WHERE import = ? AND kind = ?", id, into.Kind); err != nil {
				return err
			}
		}
		_, err := t.exec("INSERT INTO evidence (import, kind, document) VALUES (?, ?, ?) ON CONFLICT (import, kind) DO UPDATE SET document = excluded.document",
			into.Import, into.Kind, into.Blob)
		return err
	})
}
