package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// PasswordHash gives the hash of a person's password, empty for none; ErrNotFound.
func (s *Store) PasswordHash(ctx context.Context, person string) (string, error) {
	var hash string
	err := s.row(ctx, `SELECT password FROM person WHERE id = ?`, person).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) {
		return "", ErrNotFound
	}
	return hash, err
}

// SetPassword stores the hash of a person's password.
func (s *Store) SetPassword(ctx context.Context, person, hash string) error {
	err := s.inTx(ctx, func(t *tx) error {
		return mustChange(t.exec(`UPDATE person SET password = ? WHERE id = ?`, hash, person))
	})
	if err == nil {
		s.changed(TopicPeople, person)
	}
	return err
}

// TOTP gives the secret of a person's second factor app and the last step that
// was used; ErrNotFound for none.
func (s *Store) TOTP(ctx context.Context, person string) (secret []byte, step int64, err error) {
	var sealed []byte
	err = s.row(ctx, `SELECT totp, totp_step FROM person WHERE id = ?`, person).Scan(&sealed, &step)
	if errors.Is(err, sql.ErrNoRows) || err == nil && sealed == nil {
		return nil, 0, ErrNotFound
	}
	if err != nil {
		return nil, 0, err
	}
	secret, err = s.openColumn("person.totp:"+person, sealed)
	return secret, step, err
}

// SetTOTP seals and stores the secret together with the step of the code that
// proved it and the hashes of new recovery codes. An empty secret removes all.
func (s *Store) SetTOTP(ctx context.Context, person string, secret []byte, step int64, recovery []string) error {
	var sealed []byte
	if len(secret) > 0 {
		var err error
		if sealed, err = s.sealColumn("person.totp:"+person, secret); err != nil {
			return err
		}
	}
	err := s.inTx(ctx, func(t *tx) error {
		if err := mustChange(t.exec(`UPDATE person SET totp = ?, totp_step = ? WHERE id = ?`, sealed, step, person)); err != nil {
			return err
		}
		if _, err := t.exec(`DELETE FROM recovery_code WHERE person = ?`, person); err != nil {
			return err
		}
		for _, hash := range recovery {
			if _, err := t.exec(`INSERT INTO recovery_code (person, hash) VALUES (?, ?)`, person, hash); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		s.changed(TopicPeople, person)
	}
	return err
}

// UseTOTP keeps the step of a code; false if that step or a later one was used
// already, also at the very same time.
func (s *Store) UseTOTP(ctx context.Context, person string, step int64) (fresh bool, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		err := mustChange(t.exec(`UPDATE person SET totp_step = ? WHERE id = ? AND totp IS NOT NULL AND totp_step < ?`, step, person, step))
		fresh = err == nil
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		return err
	})
	return fresh && err == nil, err
}

// UseRecoveryCode takes a recovery code; false if there is none such unused one.
func (s *Store) UseRecoveryCode(ctx context.Context, person, hash string, now time.Time) (fresh bool, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		err := mustChange(t.exec(`UPDATE recovery_code SET used = ? WHERE person = ? AND hash = ? AND used = 0`, micros(now), person, hash))
		fresh = err == nil
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		return err
	})
	return fresh && err == nil, err
}

// RecoveryCodesLeft counts the unused ones.
func (s *Store) RecoveryCodesLeft(ctx context.Context, person string) (n int, err error) {
	err = s.row(ctx, `SELECT count(*) FROM recovery_code WHERE person = ? AND used = 0`, person).Scan(&n)
	return n, err
}

// ForgetFactors takes away a person's password, second factor, passkeys,
// sessions and API tokens: the recovery of an account whose owner lost them, or
// that somebody else had.
func (s *Store) ForgetFactors(ctx context.Context, person string, now time.Time) error {
	err := s.inTx(ctx, func(t *tx) error {
		if err := mustChange(t.exec(`UPDATE person SET password = '', totp = NULL, totp_step = 0 WHERE id = ?`, person)); err != nil {
			return err
		}
		for _, q := range []string{`DELETE FROM recovery_code WHERE person = ?`, `DELETE FROM passkey WHERE person = ?`, `DELETE FROM login WHERE person = ?`} {
			if _, err := t.exec(q, person); err != nil {
				return err
			}
		}
		_, err := t.exec(`UPDATE api_token SET revoked = ? WHERE person = ? AND revoked = 0`, micros(now), person)
		return err
	})
	if err == nil {
		s.changed(TopicPeople, person)
	}
	return err
}
