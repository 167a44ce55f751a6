package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

const decisionQuery = `SELECT x.id, x.kind, coalesce(d.id, ''), x.vulnerability, x.field, x.value, x.reason, s.state, x.author, x.at, x.expires,
	s.second_by, s.second_at, s.second_reason FROM decision_state s JOIN decision x ON x.id = s.decision LEFT JOIN device d ON d.num = s.device`

func scanDecision(r interface{ Scan(...any) error }, d *Decision) error {
	return r.Scan(&d.ID, &d.Kind, &d.Device, &d.Vulnerability, &d.Field, &d.Value, &d.Reason, &d.State, &d.By, stamp{&d.At}, stamp{&d.Expires},
		&d.SecondBy, stamp{&d.SecondAt}, &d.SecondReason)
}

// Decision gives one decision; ErrNotFound.
func (s *Store) Decision(ctx context.Context, id string) (Decision, error) {
	var d Decision
	err := scanDecision(s.row(ctx, decisionQuery+" WHERE s.decision = ?", id), &d)
	if err == sql.ErrNoRows {
		err = ErrNotFound
	}
	return d, err
}

// Second is the second person's word on a proposed decision. The same person is
// refused.
func (s *Store) Second(ctx context.Context, id string, approve bool, reason string, by Actor) (Decision, error) {
	if err := needReason(reason); err != nil {
		return Decision{}, err
	}
	return s.advance(ctx, id, reason, by, func(d *Decision) (DecisionState, error) {
		switch {
		case d.State != Proposed:
			return "", fmt.Errorf("%w: it is %s, not proposed", ErrConflict, d.State)
		case d.By == by.ID:
			return "", fmt.Errorf("%w: the second person must be another one than the first", ErrRefused)
		case !approve:
			return Refused, nil
		case !d.Expires.IsZero() && !d.Expires.After(s.Now()):
			return "", fmt.Errorf("%w: its time is over, propose it again", ErrRefused)
		}
		return InForce, nil
	})
}

// Revoke undoes a decision, with a reason.
func (s *Store) Revoke(ctx context.Context, id, reason string, by Actor) (Decision, error) {
	if err := needReason(reason); err != nil {
		return Decision{}, err
	}
	return s.advance(ctx, id, reason, by, func(d *Decision) (DecisionState, error) {
		if d.State != InForce && d.State != Proposed {
			return "", fmt.Errorf("%w: it is %s already", ErrConflict, d.State)
		}
		return Revoked, nil
	})
}

// advance brings a decision into the state that next gives.
func (s *Store) advance(ctx context.Context, id, reason string, by Actor, next func(*Decision) (DecisionState, error)) (Decision, error) {
	now := fromMicros(micros(s.Now()))
	reason = clean(reason)
	var d Decision
	err := s.inTx(ctx, func(t *tx) error {
		if err := t.turn(turnWork); err != nil {
			return err
		}
		if err := scanDecision(t.row(decisionQuery+" WHERE s.decision = ?", id), &d); err == sql.ErrNoRows {
			return ErrNotFound
		} else if err != nil {
			return err
		}
		state, err := next(&d)
		if err != nil {
			return err
		}
		d.State, d.SecondBy, d.SecondAt, d.SecondReason = state, by.ID, now, reason
		_, err = t.exec("UPDATE decision_state SET state = ?, second_by = ?, second_at = ?, second_reason = ? WHERE decision = ?",
			string(state), by.ID, micros(now), reason, id)
		if err != nil {
			return err
		}
		return t.step(&d, state, reason, now, by)
	})
	if err != nil {
		return Decision{}, err
	}
	s.decided(&d)
	return d, nil
}

// Decisions lists decisions.
func (s *Store) Decisions(ctx context.Context, f DecisionFilter) ([]Decision, error) {
	var c clause
	if f.Device != "" {
		n, err := s.number(ctx, f.Device)
		if err != nil {
			return nil, err
		}
		c.and("s.device IN (0, ?)", n)
		if f.Vulnerability == "" { // a word on every device counts for those that have it
			c.and("(s.device <> 0 OR s.vulnerability IN (SELECT v.id FROM finding f JOIN vulnerability v ON v.num = f.vulnerability WHERE f.device = ?))", n)
		}
	}
	if f.Vulnerability != "" {
		c.and("s.vulnerability = ?", f.Vulnerability)
	}
	inWords(&c, "x.kind", f.Kinds)
	inWords(&c, "s.state", f.States)
	limit, offset := page(f.Limit, f.Offset)
	return list(ctx, s, func(r *sql.Rows, d *Decision) error { return scanDecision(r, d) },
		decisionQuery+c.where()+" ORDER BY s.at DESC, s.decision LIMIT ? OFFSET ?", append(c.args, limit, offset)...)
}

// ExpireDecisions ends those whose time is over at the store's clock and gives
// them, so that their devices are assessed anew.
func (s *Store) ExpireDecisions(ctx context.Context) ([]Decision, error) {
	now := s.Now()
	over := []Decision{}
	err := s.inTx(ctx, func(t *tx) error {
		if err := t.turn(turnWork); err != nil {
			return err
		}
		var err error
		over, err = list(ctx, t, func(r *sql.Rows, d *Decision) error { return scanDecision(r, d) },
			decisionQuery+" WHERE s.expires > 0 AND s.expires <= ? AND s.state IN (?, ?) ORDER BY s.decision", micros(now), string(InForce), string(Proposed))
		if err != nil {
			return err
		}
		for i := range over {
			if err := t.expire(&over[i], now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := range over {
		s.decided(&over[i])
	}
	return over, nil
}

func (t *tx) expire(d *Decision, now time.Time) error {
	d.State = Expired
	if _, err := t.exec("UPDATE decision_state SET state = ? WHERE decision = ?", string(Expired), d.ID); err != nil {
		return err
	}
	return t.step(d, Expired, "its time is over", now, Ward)
}
