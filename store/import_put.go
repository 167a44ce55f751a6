package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// PutImport stores an import as it stands.
func (s *Store) PutImport(ctx context.Context, i Import) error {
	err := s.inTx(ctx, func(t *tx) error { return t.putImport(i) })
	if err == nil {
		s.changed(TopicImports, i.ID)
	}
	return err
}

func (t *tx) putImport(i Import) error {
	_, err := t.exec(`INSERT INTO import (id, at, state, sha256, document) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET at = excluded.at, state = excluded.state, sha256 = excluded.sha256, document = excluded.document`,
		i.ID, micros(i.At), string(i.State), i.SHA256, clean(asJSON(i)))
	return err
}

func scanImport(r *sql.Rows, i *Import) error { return r.Scan(document{i}) }

// Import gives one; ErrNotFound.
func (s *Store) Import(ctx context.Context, id string) (Import, error) {
	var i Import
	return i, one(s.row(ctx, "SELECT document FROM import WHERE id = ?", id), document{&i})
}

// ImportWithDigest gives the finished import with this content; ErrNotFound.
func (s *Store) ImportWithDigest(ctx context.Context, sha256 string) (Import, error) {
	var i Import
	return i, one(s.row(ctx, "SELECT document FROM import WHERE sha256 = ? AND state = ? ORDER BY at, id LIMIT 1", sha256, string(ImportDone)), document{&i})
}

// Imports lists imports, the newest first.
func (s *Store) Imports(ctx context.Context, states []ImportState, offset, limit int) ([]Import, int, error) {
	var c clause
	inWords(&c, "state", states)
	limit, offset = page(limit, offset)
	var total int
	if err := s.row(ctx, "SELECT count(*) FROM import"+c.where(), c.args...).Scan(&total); err != nil {
		return nil, 0, err
	}
	found, err := list(ctx, s, scanImport, "SELECT document FROM import"+c.where()+" ORDER BY at DESC, id LIMIT ? OFFSET ?", append(c.args, limit, offset)...)
	return found, total, err
}

// Finish stores, in one transaction, what an import told and that it is done.
func (s *Store) Finish(ctx context.Context, i Import, e Evidence) error {
	i.State = ImportDone
	if i.Finished.IsZero() {
		i.Finished = s.Now()
	}
	err := s.inTx(ctx, func(t *tx) error {
		if err := t.putImport(i); err != nil {
			return err
		}
		_, err := t.exec("INSERT INTO evidence (import, kind, document) VALUES (?, ?, ?) ON CONFLICT (import, kind) DO UPDATE SET document = excluded.document",
			i.ID, e.Kind, e.Blob)
		return err
	})
	if err == nil {
		s.changed(TopicImports, i.ID)
	}
	return err
}

// EachEvidence hands on every part of the inventory that holds.
func (s *Store) EachEvidence(ctx context.Context, use func(Evidence) error) error {
	return each(ctx, s, func(r *sql.Rows) error {
		var e Evidence
		if err := r.Scan(&e.Import, &e.Kind, &e.Blob); err != nil {
			return err
		}
		return use(e)
	}, `SELECT e.import, e.kind, e.document FROM import i JOIN evidence e ON e.import = i.id
		WHERE i.state = ? ORDER BY i.at, i.id, e.kind`, string(ImportDone))
}

// UndoImport takes an import back: its evidence and its sessions no longer
// count. The import itself stays in the list.
func (s *Store) UndoImport(ctx context.Context, id, reason string, by Actor) error {
	if err := needReason(reason); err != nil {
		return err
	}
	err := s.inTx(ctx, func(t *tx) error {
		var i Import
		if err := one(t.row("SELECT document FROM import WHERE id = ?", id), document{&i}); err != nil {
			return err
		}
		if i.State != ImportDone {
			return fmt.Errorf("%w: the import is %s, only one that is done can be taken back", ErrRefused, i.State)
		}
		i.State = ImportUndone
		if err := t.putImport(i); err != nil {
			return err
		}
		change := changeRow{at: s.Now(), kind: "import", text: "import " + i.Name + " was taken back: " + reason, cause: by.Name}
		if err := t.putChanges([]changeRow{change}); err != nil {
			return err
		}
		return t.audit(s.Now(), by, "import.undo", "import:"+id, reason)
	})
	if err == nil {
		s.changed(TopicImports, id)
		s.changed(TopicTraffic, "")
	}
	return err
}

// minReason is the shortest reason that says something, in letters.
const minReason = 10

func needReason(reason string) error {
	if len([]rune(strings.TrimSpace(reason))) < minReason {
		return fmt.Errorf("%w: give a reason of at least %d letters", ErrRefused, minReason)
	}
	return nil
}
