package store

import (
	"context"
	"time"
)

// Passkey is a WebAuthn credential of a person.
type Passkey struct {
	ID         string    `json:"id"` // credential ID, base64url
	Person     string    `json:"person"`
	Name       string    `json:"name"` // the person's word for it
	Credential []byte    `json:"-"`    // the credential record as JSON; sealed at rest
	Created    time.Time `json:"created"`
	Used       time.Time `json:"last_used,omitzero"`
}

// Passkeys lists a person's passkeys, the oldest first.
func (s *Store) Passkeys(ctx context.Context, person string) ([]Passkey, error) {
	rows, err := s.query(ctx, `SELECT id, name, credential, created, used FROM passkey WHERE person = ? ORDER BY created, id`, person)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	keys := []Passkey{}
	for rows.Next() {
		k := Passkey{Person: person}
		var sealed []byte
		if err := rows.Scan(&k.ID, &k.Name, &sealed, stamp{&k.Created}, stamp{&k.Used}); err != nil {
			return nil, err
		}
		if k.Credential, err = s.openColumn(passkeyPlace(k), sealed); err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, rows.Err()
}

func passkeyPlace(k Passkey) string { return "passkey:" + k.Person + ":" + k.ID }

// AddPasskey stores a new passkey; ErrConflict where the credential is known.
func (s *Store) AddPasskey(ctx context.Context, k Passkey) error {
	sealed, err := s.sealColumn(passkeyPlace(k), k.Credential)
	if err != nil {
		return err
	}
	err = s.inTx(ctx, func(t *tx) error {
		var n int
		if err := t.row(`SELECT count(*) FROM passkey WHERE id = ?`, k.ID).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return ErrConflict
		}
		_, err := t.exec(`INSERT INTO passkey (id, person, name, credential, created) VALUES (?, ?, ?, ?, ?)`,
			k.ID, k.Person, k.Name, sealed, micros(k.Created))
		return err
	})
	if err == nil {
		s.changed(TopicPeople, k.Person)
	}
	return err
}

// UsePasskey stores the credential record after a sign-in (its counter) and when.
func (s *Store) UsePasskey(ctx context.Context, k Passkey, now time.Time) error {
	sealed, err := s.sealColumn(passkeyPlace(k), k.Credential)
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(t *tx) error {
		return mustChange(t.exec(`UPDATE passkey SET credential = ?, used = ? WHERE id = ? AND person = ?`, sealed, micros(now), k.ID, k.Person))
	})
}

// RemovePasskey removes a person's passkey; ErrNotFound.
func (s *Store) RemovePasskey(ctx context.Context, person, id string) error {
	err := s.inTx(ctx, func(t *tx) error {
		return mustChange(t.exec(`DELETE FROM passkey WHERE id = ? AND person = ?`, id, person))
	})
	if err == nil {
		s.changed(TopicPeople, person)
	}
	return err
}
