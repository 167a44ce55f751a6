package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"

	"ward/people"
)

// Errors about persons.
var (
	ErrEmailTaken        = errors.New("store: somebody has this e-mail address already")
	ErrLastAdministrator = errors.New("store: this is the last administrator who can sign in: make another one first")
)

const personColumns = `p.id, p.name, p.email, p.roles, p.departments, p.language, p.theme, p.disabled, p.created, p.seen,
	CASE WHEN p.password <> '' THEN 1 ELSE 0 END, CASE WHEN p.totp IS NOT NULL THEN 1 ELSE 0 END,
	(SELECT count(*) FROM passkey k WHERE k.person = p.id), p.oidc`

type personRow interface{ Scan(...any) error }

func scanPerson(row personRow, more ...any) (people.Person, error) {
	var p people.Person
	var disabled, password, totp int64
	to := []any{&p.ID, &p.Name, &p.Email, document{&p.Roles}, document{&p.Departments}, &p.Language, &p.Theme, &disabled,
		stamp{&p.Created}, stamp{&p.Seen}, &password, &totp, &p.Passkeys, &p.OIDC}
	err := row.Scan(append(to, more...)...)
	if errors.Is(err, sql.ErrNoRows) {
		return p, ErrNotFound
	}
	p.Disabled, p.Password, p.TOTP = disabled != 0, password != 0, totp != 0
	return p, err
}

func emailKey(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// Person gives one person; ErrNotFound.
func (s *Store) Person(ctx context.Context, id string) (people.Person, error) {
	return scanPerson(s.row(ctx, `SELECT `+personColumns+` FROM person p WHERE p.id = ?`, id))
}

// PersonByEmail gives the person with the e-mail address, in any capitals; ErrNotFound.
func (s *Store) PersonByEmail(ctx context.Context, email string) (people.Person, error) {
	return scanPerson(s.row(ctx, `SELECT `+personColumns+` FROM person p WHERE p.email_key = ?`, emailKey(email)))
}

// PersonByOIDC gives the person with the subject at the single sign-on provider; ErrNotFound.
func (s *Store) PersonByOIDC(ctx context.Context, subject string) (people.Person, error) {
	if subject == "" {
		return people.Person{}, ErrNotFound
	}
	return scanPerson(s.row(ctx, `SELECT `+personColumns+` FROM person p WHERE p.oidc = ?`, subject))
}

// Persons lists all persons by name.
func (s *Store) Persons(ctx context.Context) ([]people.Person, error) {
	rows, err := s.query(ctx, `SELECT `+personColumns+` FROM person p ORDER BY lower(p.name), p.id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := []people.Person{}
	for rows.Next() {
		p, err := scanPerson(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, rows.Err()
}

// AddPerson stores a new person and gives it with its ID. The store's clock sets
// Created where it is zero.
func (s *Store) AddPerson(ctx context.Context, p people.Person) (people.Person, error) {
	p.ID = uuid.NewString()
	if p.Created.IsZero() {
		p.Created = s.Now()
	}
	err := s.inTx(ctx, func(t *tx) error {
		if err := t.freeEmail(p); err != nil {
			return err
		}
		_, err := t.exec(`INSERT INTO person (id, name, email, email_key, roles, departments, language, theme, disabled, created, oidc)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, p.ID, p.Name, strings.TrimSpace(p.Email), emailKey(p.Email), asJSON(p.Roles),
			asJSON(p.Departments), p.Language, p.Theme, asFlag(p.Disabled), micros(p.Created), p.OIDC)
		return err
	})
	if err != nil {
		return people.Person{}, err
	}
	s.changed(TopicPeople, p.ID)
	return p, nil
}

// freeEmail refuses an address that somebody else has.
func (t *tx) freeEmail(p people.Person) error {
	var n int
	err := t.row(`SELECT count(*) FROM person WHERE email_key = ? AND id <> ?`, emailKey(p.Email), p.ID).Scan(&n)
	if err == nil && n > 0 {
		return ErrEmailTaken
	}
	return err
}

// SetPerson stores name, address, roles, departments, language, theme, single
// sign-on subject and whether the person is disabled. A disabled person's
// sessions end. The last administrator can be neither disabled nor demoted.
func (s *Store) SetPerson(ctx context.Context, p people.Person) error {
	err := s.inTx(ctx, func(t *tx) error {
		if err := t.freeEmail(p); err != nil {
			return err
		}
		if p.Disabled || !slices.Contains(p.Roles, people.Administrator) {
			if err := t.otherAdministrator(p.ID); err != nil {
				return err
			}
		}
		r, err := t.exec(`UPDATE person SET name = ?, email = ?, email_key = ?, roles = ?, departments = ?, language = ?,
			theme = ?, disabled = ?, oidc = ? WHERE id = ?`, p.Name, strings.TrimSpace(p.Email), emailKey(p.Email), asJSON(p.Roles),
			asJSON(p.Departments), p.Language, p.Theme, asFlag(p.Disabled), p.OIDC, p.ID)
		if err := mustChange(r, err); err != nil || !p.Disabled {
			return err
		}
		_, err = t.exec(`DELETE FROM login WHERE person = ?`, p.ID)
		return err
	})
	if err == nil {
		s.changed(TopicPeople, p.ID)
	}
	return err
}

// otherAdministrator refuses where the person is the only administrator.
func (t *tx) otherAdministrator(id string) error {
	rows, err := t.query(`SELECT id, roles FROM person WHERE disabled = 0`)
	if err != nil {
		return err
	}
	defer rows.Close()
	is, others := false, 0
	for rows.Next() {
		var one string
		var roles []people.Role
		if err := rows.Scan(&one, document{&roles}); err != nil {
			return err
		}
		switch admin := slices.Contains(roles, people.Administrator); {
		case admin && one == id:
			is = true
		case admin:
			others++
		}
	}
	if is && others == 0 {
		return ErrLastAdministrator
	}
	return rows.Err()
}

// asFlag is how a truth is stored.
func asFlag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// mustChange gives ErrNotFound where nothing was changed.
func mustChange(r sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := r.RowsAffected()
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}
