package store

import (
	"context"

	"ward/people"
)

// SetOwn stores what a person may say about himself: name, language, theme. It
// leaves everything else as it is now, not as it was when the request of the
// person began: roles and accounts may have been taken away meanwhile.
func (s *Store) SetOwn(ctx context.Context, p people.Person) error {
	err := s.inTx(ctx, func(t *tx) error {
		return mustChange(t.exec(`UPDATE person SET name = ?, language = ?, theme = ? WHERE id = ?`, p.Name, p.Language, p.Theme, p.ID))
	})
	if err == nil {
		s.changed(TopicPeople, p.ID)
	}
	return err
}
