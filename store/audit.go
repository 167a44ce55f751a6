package store

import (
	"context"
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
	panic("not built")
}

// AuditTrail lists entries.
func (s *Store) AuditTrail(ctx context.Context, f AuditFilter) ([]Entry, error) { panic("not built") }

// AuditFault says where the chain is broken.
type AuditFault struct {
	Seq  int64
	Text string
}

// VerifyAudit goes through the whole chain and gives the number of entries, the
// last hash, and the faults.
func (s *Store) VerifyAudit(ctx context.Context) (entries int64, head string, faults []AuditFault, err error) {
	panic("not built")
}
