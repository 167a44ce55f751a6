package store

import "context"

// Setting reads the JSON value of a setting into v; ErrNotFound where it was
// never set, v is then untouched.
func (s *Store) Setting(ctx context.Context, name string, v any) error { panic("not built") }

// SetSetting stores a setting and writes the audit trail (without the value of a
// secret).
func (s *Store) SetSetting(ctx context.Context, name string, v any, by Actor) error {
	panic("not built")
}

// Secret and SetSecret are the same for values that are sealed with the store's
// key (AES-256-GCM, the name as additional data).
func (s *Store) Secret(ctx context.Context, name string) ([]byte, error) { panic("not built") }

// SetSecret seals and stores a secret; empty removes it.
func (s *Store) SetSecret(ctx context.Context, name string, value []byte, by Actor) error {
	panic("not built")
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
func (s *Store) Views(ctx context.Context, owner, page string) ([]View, error) { panic("not built") }

// PutView stores a view; RemoveView removes one's own.
func (s *Store) PutView(ctx context.Context, v View, by Actor) error { panic("not built") }

// RemoveView removes a view of the actor's own.
func (s *Store) RemoveView(ctx context.Context, id string, by Actor) error { panic("not built") }
