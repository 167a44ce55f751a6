package store

import (
	"context"
	"time"

	"ward/people"
)

// failuresRead bounds how many failures of a subject are looked at; the wait is
// longest well before.
const failuresRead = 100

// AddLoginFailures keeps a failed sign-in of each subject ("account:..." or
// "address:..."). Subjects are stored hashed: what was typed into the field may
// be a password. Failures older than a day are removed.
func (s *Store) AddLoginFailures(ctx context.Context, now time.Time, subjects ...string) error {
	return s.inTx(ctx, func(t *tx) error {
		if _, err := t.exec(`DELETE FROM login_failure WHERE at < ?`, micros(now.Add(-24*time.Hour))); err != nil {
			return err
		}
		for _, subject := range subjects {
			if _, err := t.exec(`INSERT INTO login_failure (subject, at) VALUES (?, ?)`, people.SecretHash(subject), micros(now)); err != nil {
				return err
			}
		}
		return nil
	})
}

// LoginFailures gives when the last failed sign-ins of a subject were.
func (s *Store) LoginFailures(ctx context.Context, subject string) ([]time.Time, error) {
	rows, err := s.query(ctx, `SELECT at FROM login_failure WHERE subject = ? ORDER BY at DESC LIMIT ?`, people.SecretHash(subject), failuresRead)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []time.Time
	for rows.Next() {
		var at time.Time
		if err := rows.Scan(stamp{&at}); err != nil {
			return nil, err
		}
		all = append(all, at)
	}
	return all, rows.Err()
}

// ClearLoginFailures forgets those of a subject, after a sign-in that succeeded.
func (s *Store) ClearLoginFailures(ctx context.Context, subject string) error {
	return s.inTx(ctx, func(t *tx) error {
		_, err := t.exec(`DELETE FROM login_failure WHERE subject = ?`, people.SecretHash(subject))
		return err
	})
}
