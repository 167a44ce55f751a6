package web

import (
	"net/http"
	"time"

	"ward/store"
)

// proof is the result of going through the whole chain.
type proof struct {
	Entries int64
	Head    string
	Faults  []store.AuditFault
	More    int // faults that are not listed
	At      time.Time
}

// maxFaults is how many faults the page lists.
const maxFaults = 20

// verifyAudit goes through the audit trail and shows whether it was changed. The
// check itself is an entry.
func (s *Server) verifyAudit(w http.ResponseWriter, r *http.Request) error {
	if err := wholeSite(r); err != nil {
		return err
	}
	p := &proof{At: s.Store.Now()}
	var err error
	if p.Entries, p.Head, p.Faults, err = s.Store.VerifyAudit(r.Context()); err != nil {
		return err
	}
	result := "unbroken"
	if len(p.Faults) > 0 {
		result = "broken"
	}
	if len(p.Faults) > maxFaults {
		p.Faults, p.More = p.Faults[:maxFaults], len(p.Faults)-maxFaults
	}
	if err := s.Store.Audit(r.Context(), actor(r), "audit.verify", "audit", result+" "+p.Head); err != nil {
		return err
	}
	return s.auditTrail(w, r, p)
}
