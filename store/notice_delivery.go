package store

import (
	"context"
	"database/sql"
	"time"
)

func scanDelivery(r *sql.Rows, d *Delivery) error {
	var interrupts int64
	err := r.Scan(&d.ID, &d.Channel, &d.Recipient, &d.Kind, &d.Level, &interrupts, &d.Batch, &d.Document, stamp{&d.Made}, stamp{&d.Due},
		stamp{&d.Next}, stamp{&d.Sent}, &d.Tries, &d.State, &d.Error)
	d.Interrupts = interrupts != 0
	return err
}

// DueDeliveries gives what a channel has to send at now, pages first.
func (s *Store) DueDeliveries(ctx context.Context, channel string, now time.Time, limit int) ([]Delivery, error) {
	return list(ctx, s, scanDelivery, "SELECT "+deliveryColumns+` FROM delivery WHERE state = 'queued' AND channel = ? AND next <= ?
		ORDER BY CASE level WHEN 'page' THEN 0 ELSE 1 END, next, id LIMIT ?`, channel, micros(now), limit)
}

// Delivered notes what came of a try: State, Tries, Next, Sent and Error.
func (s *Store) Delivered(ctx context.Context, d Delivery) error {
	err := s.inTx(ctx, func(t *tx) error {
		done, err := t.exec("UPDATE delivery SET state = ?, tries = ?, next = ?, sent = ?, error = ? WHERE id = ?",
			string(d.State), int64(d.Tries), micros(d.Next), micros(d.Sent), short(d.Error), d.ID)
		return some(done, err)
	})
	if err == nil {
		s.changed(TopicNotices, d.ID)
	}
	return err
}

// Deliveries lists the outbox, the newest first; no states: all.
func (s *Store) Deliveries(ctx context.Context, states []DeliveryState, offset, limit int) ([]Delivery, int, error) {
	var c clause
	inWords(&c, "state", states)
	limit, offset = page(limit, offset)
	var total int
	if err := s.row(ctx, "SELECT count(*) FROM delivery"+c.where(), c.args...).Scan(&total); err != nil {
		return nil, 0, err
	}
	out, err := list(ctx, s, scanDelivery, "SELECT "+deliveryColumns+" FROM delivery"+c.where()+" ORDER BY made DESC, id LIMIT ? OFFSET ?", append(c.args, limit, offset)...)
	return out, total, err
}

// DeliveryCounts counts the outbox by state.
func (s *Store) DeliveryCounts(ctx context.Context) (map[DeliveryState]int, error) {
	out := map[DeliveryState]int{}
	return out, each(ctx, s, func(r *sql.Rows) error {
		var state DeliveryState
		var n int
		err := r.Scan(&state, &n)
		out[state] = n
		return err
	}, "SELECT state, count(*) FROM delivery GROUP BY state")
}

// RetryDeliveries queues all that were given up once more.
func (s *Store) RetryDeliveries(ctx context.Context, by Actor) (int64, error) {
	var n int64
	err := s.inTx(ctx, func(t *tx) error {
		done, err := t.exec("UPDATE delivery SET state = 'queued', tries = 0, next = ?, error = '' WHERE state = 'failed'", micros(s.Now()))
		if err != nil {
			return err
		}
		if n, err = done.RowsAffected(); err != nil {
			return err
		}
		return t.audit(s.Now(), by, "delivery.retry", "", "")
	})
	if err == nil {
		s.changed(TopicNotices, "")
	}
	return n, err
}

// LastDigest gives when the newest digest of a recipient was due; the zero time
// where there was none.
func (s *Store) LastDigest(ctx context.Context, recipient string) (time.Time, error) {
	var at time.Time
	err := s.row(ctx, "SELECT coalesce(max(made), 0) FROM delivery WHERE recipient = ? AND kind = 'digest'", recipient).Scan(stamp{&at})
	return at, err
}
