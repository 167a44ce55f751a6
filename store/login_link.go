package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"ward/people"
)

// LinkKind is what a one-time link is for.
type LinkKind string

// Kinds of links.
const (
	LinkFirst    LinkKind = "first_run" // makes the first administrator
	LinkInvite   LinkKind = "invite"    // a new person sets a password
	LinkRecovery LinkKind = "recovery"  // a person starts anew: all factors are taken away
	LinkSignIn   LinkKind = "sign_in"   // signs in without anything else: the demonstration only
)

// Lifetimes of links [E].
const (
	LinkShort = time.Hour          // first run, recovery
	LinkLong  = 7 * 24 * time.Hour // invitation
)

// Link is a one-time link. Only the SHA-256 of its secret is stored.
type Link struct {
	Kind    LinkKind
	Person  string // empty for LinkFirst
	Expires time.Time
}

// NewLink makes a link and gives its secret. Older unused ones for the same
// purpose and person end.
func (s *Store) NewLink(ctx context.Context, kind LinkKind, person string, now time.Time) (secret string, l Link, err error) {
	life := LinkShort
	if kind == LinkInvite {
		life = LinkLong
	}
	secret, l = people.NewSecret(), Link{kind, person, now.Add(life)}
	err = s.inTx(ctx, func(t *tx) error {
		if _, err := t.exec(`DELETE FROM login_link WHERE kind = ? AND person = ? OR expires < ?`, kind, person, micros(now)); err != nil {
			return err
		}
		_, err := t.exec(`INSERT INTO login_link (hash, kind, person, created, expires) VALUES (?, ?, ?, ?, ?)`,
			people.SecretHash(secret), kind, person, micros(now), micros(l.Expires))
		return err
	})
	return secret, l, err
}

// LinkOf looks at a link without using it; ErrNotFound for an unknown, used or
// ended one.
func (s *Store) LinkOf(ctx context.Context, secret string, now time.Time) (Link, error) {
	var l Link
	err := s.row(ctx, `SELECT kind, person, expires FROM login_link WHERE hash = ? AND used = 0 AND expires > ?`,
		people.SecretHash(secret), micros(now)).Scan(&l.Kind, &l.Person, stamp{&l.Expires})
	if errors.Is(err, sql.ErrNoRows) {
		return l, ErrNotFound
	}
	return l, err
}

// UseLink takes a link: of two who try at once one gets it, the other
// ErrNotFound.
func (s *Store) UseLink(ctx context.Context, secret string, now time.Time) (Link, error) {
	l, err := s.LinkOf(ctx, secret, now)
	if err != nil {
		return l, err
	}
	return l, s.inTx(ctx, func(t *tx) error {
		return mustChange(t.exec(`UPDATE login_link SET used = ? WHERE hash = ? AND used = 0 AND expires > ?`, micros(now), people.SecretHash(secret), micros(now)))
	})
}
