package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"ward/people"
)

// Ends of a browser session [E].
const (
	LoginIdle     = 30 * time.Minute // without a request
	LoginAbsolute = 12 * time.Hour   // a shift
	loginTouch    = time.Minute      // how exactly the last request is kept
)

// Stage is what a browser session still lacks; only a complete one may see data.
type Stage string

// Stages.
const (
	StageComplete Stage = ""
	StageSecond   Stage = "second" // the password was right, the second factor is missing
	StageEnrol    Stage = "enrol"  // the roles need a second factor and the person has none yet
)

// Login is one session of a browser. Its secret is never stored, only the
// SHA-256 of it.
type Login struct {
	ID      string    `json:"id"`
	Person  string    `json:"person"`
	Stage   Stage     `json:"stage,omitempty"`
	Method  string    `json:"method"` // password, password and code, passkey, single sign-on, link
	Started time.Time `json:"started"`
	Used    time.Time `json:"last_used"`
	Address string    `json:"address"`
	Agent   string    `json:"agent"` // the browser's own words
}

// maxAgent bounds what is kept of the browser's words.
const maxAgent = 200

const loginColumns = `l.id, l.person, l.stage, l.method, l.started, l.used, l.address, l.agent`

func (l *Login) columns() []any {
	return []any{&l.ID, &l.Person, &l.Stage, &l.Method, stamp{&l.Started}, stamp{&l.Used}, &l.Address, &l.Agent}
}

// StartLogin begins a session and gives the secret of its cookie. ID is set
// here. Sessions that ended are removed on the way.
func (s *Store) StartLogin(ctx context.Context, l Login, now time.Time) (secret string, login Login, err error) {
	secret, l.ID = people.NewSecret(), uuid.NewString()
	l.Started, l.Used, l.Agent = now, now, l.Agent[:min(len(l.Agent), maxAgent)]
	err = s.inTx(ctx, func(t *tx) error {
		if _, err := t.exec(`DELETE FROM login WHERE used <= ? OR started <= ?`, micros(now.Add(-LoginIdle)), micros(now.Add(-LoginAbsolute))); err != nil {
			return err
		}
		if _, err := t.exec(`INSERT INTO login (id, hash, person, stage, method, started, used, address, agent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			l.ID, people.SecretHash(secret), l.Person, l.Stage, l.Method, micros(now), micros(now), l.Address, l.Agent); err != nil {
			return err
		}
		if l.Stage != StageComplete {
			return nil
		}
		_, err := t.exec(`UPDATE person SET seen = ? WHERE id = ?`, micros(now), l.Person)
		return err
	})
	return secret, l, err
}

// LoginOf gives the session with the secret and its person, and keeps that it
// was used; ErrNotFound for an unknown or ended one, or a disabled person.
func (s *Store) LoginOf(ctx context.Context, secret string, now time.Time) (Login, people.Person, error) {
	var l Login
	p, err := scanPerson(s.row(ctx, `SELECT `+personColumns+`, `+loginColumns+` FROM login l JOIN person p ON p.id = l.person
		WHERE l.hash = ? AND l.used > ? AND l.started > ? AND p.disabled = 0`, people.SecretHash(secret),
		micros(now.Add(-LoginIdle)), micros(now.Add(-LoginAbsolute))), l.columns()...)
	if err != nil || now.Sub(l.Used) < loginTouch {
		return l, p, err
	}
	l.Used = now
	return l, p, s.inTx(ctx, func(t *tx) error {
		_, err := t.exec(`UPDATE login SET used = ? WHERE id = ?`, micros(now), l.ID)
		return err
	})
}

// Logins lists a person's sessions that have not ended, the last used first.
func (s *Store) Logins(ctx context.Context, person string, now time.Time) ([]Login, error) {
	rows, err := s.query(ctx, `SELECT `+loginColumns+` FROM login l WHERE l.person = ? AND l.used > ? AND l.started > ?
		ORDER BY l.used DESC, l.id`, person, micros(now.Add(-LoginIdle)), micros(now.Add(-LoginAbsolute)))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := []Login{}
	for rows.Next() {
		var l Login
		if err := rows.Scan(l.columns()...); err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return all, rows.Err()
}

// EndLogin ends one session of a person; ErrNotFound.
func (s *Store) EndLogin(ctx context.Context, person, id string) error {
	return s.inTx(ctx, func(t *tx) error {
		return mustChange(t.exec(`DELETE FROM login WHERE person = ? AND id = ?`, person, id))
	})
}

// EndLogins ends all sessions of a person but one (empty: all).
func (s *Store) EndLogins(ctx context.Context, person, but string) error {
	return s.inTx(ctx, func(t *tx) error {
		_, err := t.exec(`DELETE FROM login WHERE person = ? AND id <> ?`, person, but)
		return err
	})
}
