package store

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"ward/people"
)

// MaxTokenLife is the longest an API token may live.
const MaxTokenLife = 366 * 24 * time.Hour

// tokenTouch is how exactly the last use is kept.
const tokenTouch = time.Minute

// Errors about tokens.
var (
	ErrTokenLife  = errors.New("store: a token needs an end in the future, at most one year ahead")
	ErrTokenScope = errors.New("store: a token needs at least one permission, and only such as exist")
)

// Token is an API token of a person: what it may do at most, and until when. Its
// secret is never stored, only the SHA-256 of it.
type Token struct {
	ID      string              `json:"id"`
	Person  string              `json:"person"`
	Name    string              `json:"name"` // what it is for
	Scope   []people.Permission `json:"scope"`
	Created time.Time           `json:"created"`
	Expires time.Time           `json:"expires"`
	Used    time.Time           `json:"last_used,omitzero"`
	Revoked time.Time           `json:"revoked,omitzero"`
}

const tokenColumns = `t.id, t.person, t.name, t.scope, t.created, t.expires, t.used, t.revoked`

func (t *Token) columns() []any {
	return []any{&t.ID, &t.Person, &t.Name, document{&t.Scope}, stamp{&t.Created}, stamp{&t.Expires}, stamp{&t.Used}, stamp{&t.Revoked}}
}

// NewToken makes a token of Person, Name, Scope and Expires and gives its
// secret, which is shown once.
func (s *Store) NewToken(ctx context.Context, t Token, now time.Time) (secret string, token Token, err error) {
	if !t.Expires.After(now) || t.Expires.Sub(now) > MaxTokenLife {
		return "", Token{}, ErrTokenLife
	}
	if len(t.Scope) == 0 {
		return "", Token{}, ErrTokenScope
	}
	for _, p := range t.Scope {
		if !p.Valid() {
			return "", Token{}, ErrTokenScope
		}
	}
	secret = people.TokenPrefix + people.NewSecret()
	t.ID, t.Created = uuid.NewString(), now
	err = s.inTx(ctx, func(x *tx) error {
		_, err := x.exec(`INSERT INTO api_token (id, hash, person, name, scope, created, expires) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			t.ID, people.SecretHash(secret), t.Person, t.Name, asJSON(t.Scope), micros(now), micros(t.Expires))
		return err
	})
	if err == nil {
		s.changed(TopicPeople, t.Person)
	}
	return secret, t, err
}

// TokenOf gives the token with the secret and its person, and keeps that it was
// used; ErrNotFound for an unknown, revoked or ended one, or a disabled person.
func (s *Store) TokenOf(ctx context.Context, secret string, now time.Time) (Token, people.Person, error) {
	var t Token
	if !strings.HasPrefix(secret, people.TokenPrefix) {
		return t, people.Person{}, ErrNotFound
	}
	p, err := scanPerson(s.row(ctx, `SELECT `+personColumns+`, `+tokenColumns+` FROM api_token t JOIN person p ON p.id = t.person
		WHERE t.hash = ? AND t.expires > ? AND t.revoked = 0 AND p.disabled = 0`, people.SecretHash(secret), micros(now)), t.columns()...)
	if err != nil || now.Sub(t.Used) < tokenTouch {
		return t, p, err
	}
	t.Used = now
	return t, p, s.inTx(ctx, func(x *tx) error {
		_, err := x.exec(`UPDATE api_token SET used = ? WHERE id = ?`, micros(now), t.ID)
		return err
	})
}

// Tokens lists the tokens of a person (empty: of all), the newest first, those
// that ended among them.
func (s *Store) Tokens(ctx context.Context, person string) ([]Token, error) {
	rows, err := s.query(ctx, `SELECT `+tokenColumns+` FROM api_token t WHERE ? = '' OR t.person = ? ORDER BY t.created DESC, t.id`, person, person)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := []Token{}
	for rows.Next() {
		var t Token
		if err := rows.Scan(t.columns()...); err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, rows.Err()
}

// RevokeToken ends a token of a person (empty: of anybody); ErrNotFound.
func (s *Store) RevokeToken(ctx context.Context, person, id string, now time.Time) error {
	err := s.inTx(ctx, func(t *tx) error {
		return mustChange(t.exec(`UPDATE api_token SET revoked = ? WHERE id = ? AND (? = '' OR person = ?) AND revoked = 0`, micros(now), id, person, person))
	})
	if err == nil {
		s.changed(TopicPeople, person)
	}
	return err
}
