package store

import (
	"context"
	"database/sql"
	"slices"
	"time"
)

// turnNotices is the turn of those who decide on notices: budgets hold only if
// one decides after the other.
const turnNotices int64 = 0x57415264

// interruptMemory is how far back interruptions are remembered: longer than two
// shifts.
const interruptMemory = 48 * time.Hour

// NoticeRound is one decision on notices.
type NoticeRound struct {
	Keys     []NoticeKey   // what the events are about
	Window   time.Duration // in which the same key is the same notice
	Verdicts int           // how many of a rule's last verdicts count
	// Decide is pure: it gives new and changed notices and the messages about
	// them. It may be called again if the database asks for it.
	Decide func(NoticeMemory) ([]Notice, []Delivery)
}

// AddNotices decides and stores notices with their deliveries in one
// transaction, so that a restart neither loses nor doubles one. A delivery that
// is there already is left as it is.
func (s *Store) AddNotices(ctx context.Context, r NoticeRound) error {
	var deliveries []Delivery
	err := s.inTx(ctx, func(t *tx) error {
		if err := t.turn(turnNotices); err != nil {
			return err
		}
		m, err := t.noticeMemory(s.Now(), &r)
		if err != nil {
			return err
		}
		var notices []Notice
		notices, deliveries = r.Decide(m)
		if err := t.putNotices(notices); err != nil {
			return err
		}
		return t.putDeliveries(deliveries)
	})
	if err == nil {
		s.changed(TopicNotices, "")
	}
	return err
}

func (t *tx) noticeMemory(now time.Time, r *NoticeRound) (NoticeMemory, error) {
	m := NoticeMemory{Recent: map[NoticeKey]Notice{}, Interrupts: map[string][]Interrupt{}}
	subjects := make([]string, 0, len(r.Keys))
	for _, k := range r.Keys {
		subjects = append(subjects, clean(k.Subject))
	}
	slices.Sort(subjects)
	for some := range slices.Chunk(slices.Compact(subjects), rowsAtOnce) {
		var c clause
		c.and("first > ?", micros(now.Add(-r.Window)))
		in(&c, "subject", some)
		found, err := list(t.ctx, t, scanNotice, "SELECT "+noticeColumns+" FROM notice n"+c.where()+" ORDER BY first", c.args...)
		if err != nil {
			return m, err
		}
		for _, n := range found {
			m.Recent[NoticeKey{n.Subject, n.Rule}] = n
		}
	}
	err := each(t.ctx, t, func(rows *sql.Rows) error {
		var who string
		var i Interrupt
		err := rows.Scan(&who, stamp{&i.Due}, &i.Level)
		m.Interrupts[who] = append(m.Interrupts[who], i)
		return err
	}, "SELECT recipient, due, level FROM delivery WHERE interrupts = 1 AND due > ? ORDER BY due", micros(now.Add(-interruptMemory)))
	if err != nil {
		return m, err
	}
	m.Precision, err = precision(t.ctx, t, r.Verdicts)
	return m, err
}

const noticeInsert = "notice (id, rule, subject, device, department, level, weight, batch, name, place, body, cause, link, times, first, last)"

func (t *tx) putNotices(notices []Notice) error {
	rows := make([][]any, 0, len(notices))
	for i := range notices {
		n := &notices[i]
		rows = append(rows, []any{n.ID, n.Rule, clean(n.Subject), clean(string(n.Device)), clean(n.Department), string(n.Level), int64(n.Weight), n.Batch,
			short(n.Name), short(n.Place), short(n.Text), short(n.Cause), clean(n.Link), int64(n.Times), micros(n.First), micros(n.Last)})
	}
	return t.insert(noticeInsert, `ON CONFLICT (id) DO UPDATE SET level = excluded.level, weight = excluded.weight, batch = excluded.batch,
		body = excluded.body, cause = excluded.cause, times = excluded.times, last = excluded.last`, rows)
}

const deliveryColumns = "id, channel, recipient, kind, level, interrupts, batch, document, made, due, next, sent, tries, state, error"

func (t *tx) putDeliveries(deliveries []Delivery) error {
	rows := make([][]any, 0, len(deliveries))
	for i := range deliveries {
		d := &deliveries[i]
		rows = append(rows, []any{d.ID, d.Channel, d.Recipient, d.Kind, string(d.Level), bit(d.Interrupts), d.Batch, clean(d.Document),
			micros(d.Made), micros(d.Due), micros(d.Due), int64(0), int64(0), string(DeliveryQueued), ""})
	}
	return t.insert("delivery ("+deliveryColumns+")", "ON CONFLICT (id) DO NOTHING", rows)
}
