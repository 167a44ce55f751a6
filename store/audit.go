package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// Actor is who does something: a person or a part of Ward itself.
type Actor struct {
	ID   string `json:"id"`             // a person's ID, "ward" for Ward itself, "cli" for the command line
	Name string `json:"name,omitempty"` // as it is shown
	From string `json:"from,omitempty"` // address the request came from
}

// Ward is the actor of what nobody asked for.
var Ward = Actor{ID: "ward", Name: "Ward"}

// Entry is one line of the audit trail: who saw, changed, approved or exported
// what. Each holds the hash of the one before, so that no line can be changed,
// taken out or put in unnoticed.
type Entry struct {
	Seq    int64     `json:"seq"`
	At     time.Time `json:"at"`
	Actor  Actor     `json:"actor"`
	Verb   string    `json:"verb"`             // "device.view", "decision.accept_risk", "import.upload", "person.sign_in", ...
	Object string    `json:"object,omitempty"` // "device:mac:...", "finding:... CVE-...", "person:..."
	Detail string    `json:"detail,omitempty"` // in words or JSON; never a secret
	Prev   string    `json:"prev"`
	Hash   string    `json:"hash"` // SHA-256 over all the fields before, hex
}

// AuditFilter chooses entries, the newest first.
type AuditFilter struct {
	Actor, Verb, Object, Text string
	Since, Until              time.Time
	Before                    int64 // Seq of the last one seen: the next page
	Limit                     int
}

// Audit appends an entry. Seq, At, Prev and Hash are set by the store.
func (s *Store) Audit(ctx context.Context, by Actor, verb, object, detail string) error {
	return s.inTx(ctx, func(t *tx) error { return t.audit(s.Now(), by, verb, object, detail) })
}

// audit appends an entry inside of the transaction of the action it is about.
func (t *tx) audit(now time.Time, by Actor, verb, object, detail string) error {
	if err := t.turn(turnAudit); err != nil {
		return err
	}
	e := Entry{At: fromMicros(micros(now)), Actor: Actor{clean(by.ID), clean(by.Name), clean(by.From)},
		Verb: clean(verb), Object: clean(object), Detail: clean(detail)}
	err := t.row("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").Scan(&e.Seq, &e.Prev)
	if err != nil && err != sql.ErrNoRows {
		return err
	}
	e.Seq++
	e.Hash = e.digest()
	_, err = t.exec(`INSERT INTO audit (seq, at, actor, actor_name, actor_from, verb, object, detail, prev, hash)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Seq, micros(e.At), e.Actor.ID, e.Actor.Name, e.Actor.From, e.Verb, e.Object, e.Detail, e.Prev, e.Hash)
	return err
}

// digest is the SHA-256 over the JSON of all fields but Hash, in their order.
func (e Entry) digest() string {
	e.Hash = ""
	sum := sha256.Sum256([]byte(asJSON(e)))
	return hex.EncodeToString(sum[:])
}

const entryColumns = "seq, at, actor, actor_name, actor_from, verb, object, detail, prev, hash"

func scanEntry(r *sql.Rows, e *Entry) error {
	return r.Scan(&e.Seq, stamp{&e.At}, &e.Actor.ID, &e.Actor.Name, &e.Actor.From, &e.Verb, &e.Object, &e.Detail, &e.Prev, &e.Hash)
}

// AuditTrail lists entries.
func (s *Store) AuditTrail(ctx context.Context, f AuditFilter) ([]Entry, error) {
	var c clause
	for _, is := range []struct{ column, value string }{{"actor", f.Actor}, {"verb", f.Verb}, {"object", f.Object}} {
		if is.value != "" {
			c.and(is.column+" = ?", is.value)
		}
	}
	c.words(s.dialect, "lower(actor_name || ' ' || verb || ' ' || object || ' ' || detail)", f.Text)
	if !f.Since.IsZero() {
		c.and("at >= ?", micros(f.Since))
	}
	if !f.Until.IsZero() {
		c.and("at < ?", micros(f.Until))
	}
	if f.Before > 0 {
		c.and("seq < ?", f.Before)
	}
	limit, _ := page(f.Limit, 0)
	return list(ctx, s, scanEntry, "SELECT "+entryColumns+" FROM audit"+c.where()+" ORDER BY seq DESC LIMIT ?", append(c.args, limit)...)
}

// AuditFault says where the chain is broken.
type AuditFault struct {
	Seq  int64
	Text string
}

// VerifyAudit goes through the whole chain and gives the number of entries, the
// last hash, and the faults.
func (s *Store) VerifyAudit(ctx context.Context) (entries int64, head string, faults []AuditFault, err error) {
	err = each(ctx, s, func(r *sql.Rows) error {
		var e Entry
		if err := scanEntry(r, &e); err != nil {
			return err
		}
		entries++
		switch {
		case e.Seq != entries:
			faults = append(faults, AuditFault{e.Seq, fmt.Sprintf("entry %d should stand here: an entry was taken out or put in", entries)})
			entries = e.Seq
		case e.Prev != head:
			faults = append(faults, AuditFault{e.Seq, "the hash of the entry before does not fit: that entry was changed or replaced"})
		}
		if e.digest() != e.Hash {
			faults = append(faults, AuditFault{e.Seq, "the entry does not fit its own hash: it was changed"})
		}
		if len(faults) > maxFaults {
			return errFaults
		}
		head = e.Hash
		return nil
	}, "SELECT "+entryColumns+" FROM audit ORDER BY seq")
	if err == errFaults {
		err = nil
	}
	return entries, head, faults, err
}

// maxFaults ends the search: the trail is worth nothing then.
const maxFaults = 1000

var errFaults = errors.New("too many faults")
