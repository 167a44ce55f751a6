package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"strings"
)

// Setting reads the JSON value of a setting into v; ErrNotFound where it was
// never set, v is then untouched.
func (s *Store) Setting(ctx context.Context, name string, v any) error {
	var text string
	if err := one(s.row(ctx, "SELECT value FROM setting WHERE name = ?", name), &text); err != nil {
		return err
	}
	return json.Unmarshal([]byte(text), v)
}

// SetSetting stores a setting and writes the audit trail (without the value of a
// secret).
func (s *Store) SetSetting(ctx context.Context, name string, v any, by Actor) error {
	value, err := json.Marshal(v)
	if err != nil {
		return err
	}
	err = s.inTx(ctx, func(t *tx) error {
		if _, err := t.exec("INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, string(value)); err != nil {
			return err
		}
		return t.audit(s.Now(), by, "setting.set", "setting:"+name, string(value))
	})
	if err == nil {
		s.changed(TopicSettings, name)
	}
	return err
}

// Secret and SetSecret are the same for values that are sealed with the store's
// key (AES-256-GCM, the name as additional data).
func (s *Store) Secret(ctx context.Context, name string) ([]byte, error) {
	var sealed []byte
	if err := one(s.row(ctx, "SELECT sealed FROM secret WHERE name = ?", name), &sealed); err != nil {
		return nil, err
	}
	return s.openColumn("secret:"+name, sealed)
}

// SetSecret seals and stores a secret; empty removes it.
func (s *Store) SetSecret(ctx context.Context, name string, value []byte, by Actor) error {
	var sealed []byte
	if len(value) > 0 {
		var err error
		if sealed, err = s.sealColumn("secret:"+name, value); err != nil {
			return err
		}
	}
	err := s.inTx(ctx, func(t *tx) error {
		query, args, verb := "DELETE FROM secret WHERE name = ?", []any{name}, "secret.remove"
		if sealed != nil {
			query, verb = "INSERT INTO secret (name, sealed) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed", "secret.set"
			args = append(args, sealed)
		}
		if _, err := t.exec(query, args...); err != nil {
			return err
		}
		return t.audit(s.Now(), by, verb, "secret:"+name, "")
	})
	if err == nil {
		s.changed(TopicSettings, name)
	}
	return err
}

// View is a saved set of filters and columns of a person.
type View struct {
	ID     string `json:"id"`
	Owner  string `json:"owner"` // a person's ID
	Page   string `json:"page"`  // devices, worklist, vulnerabilities
	Name   string `json:"name"`
	Query  string `json:"query"` // of the page's URL
	Shared bool   `json:"shared"`
}

// Views lists a person's views of a page and the shared ones.
func (s *Store) Views(ctx context.Context, owner, page string) ([]View, error) {
	return list(ctx, s, func(r *sql.Rows, v *View) error {
		return r.Scan(&v.ID, &v.Owner, &v.Page, &v.Name, &v.Query, &v.Shared)
	}, `SELECT id, owner, page, name, query, shared <> 0 FROM saved_view
		WHERE page = ? AND (owner = ? OR shared <> 0) ORDER BY name, id`, page, owner)
}

// PutView stores a view; RemoveView removes one's own.
func (s *Store) PutView(ctx context.Context, v View, by Actor) error {
	if v.ID == "" {
		v.ID = newID()
	}
	if v.Owner == "" {
		v.Owner = by.ID
	}
	return s.inTx(ctx, func(t *tx) error {
		done, err := t.exec(`INSERT INTO saved_view (id, owner, page, name, query, shared) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET page = excluded.page, name = excluded.name, query = excluded.query, shared = excluded.shared
			WHERE saved_view.owner = excluded.owner`, clean(v.ID), v.Owner, clean(v.Page), clean(v.Name), clean(v.Query), bit(v.Shared))
		if err := some(done, err); err != nil {
			return err
		}
		return t.audit(s.Now(), by, "view.put", "view:"+v.ID, v.Name)
	})
}

// RemoveView removes a view of the actor's own.
func (s *Store) RemoveView(ctx context.Context, id string, by Actor) error {
	return s.inTx(ctx, func(t *tx) error {
		done, err := t.exec("DELETE FROM saved_view WHERE id = ? AND owner = ?", id, by.ID)
		if err := some(done, err); err != nil {
			return err
		}
		return t.audit(s.Now(), by, "view.remove", "view:"+id, "")
	})
}

// some turns "no row was touched" into ErrNotFound.
func some(r sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil {
		return err
	} else if n == 0 {
		return ErrNotFound
	}
	return nil
}

// newID makes an ID that nobody can guess.
func newID() string { return strings.ToLower(rand.Text()) }
