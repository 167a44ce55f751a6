package web

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"time"

	"ward/store"
)

// exportAudit writes the chosen entries as CSV (RFC 4180), the newest first, and
// into the trail that it did. The hashes let somebody else check the chain.
func (s *Server) exportAudit(w http.ResponseWriter, r *http.Request) error {
	if err := wholeSite(r); err != nil {
		return err
	}
	f, err := s.auditFilter(r)
	if err != nil {
		return err
	}
	if err := s.Store.Audit(r.Context(), actor(r), "audit.export", "audit", r.URL.RawQuery); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="audit-`+s.Store.Now().Format(time.DateOnly)+`.csv"`)
	h.Set("Cache-Control", "no-store")
	out := csv.NewWriter(w)
	out.Write([]string{"number", "time", "who", "who_id", "from", "verb", "object", "detail", "before_hash", "hash"})
	f.Limit = auditPage
	for {
		entries, err := s.Store.AuditTrail(r.Context(), f)
		for i := range entries {
			out.Write(entryRow(&entries[i]))
		}
		if out.Flush(); err == nil {
			err = out.Error()
		}
		if err != nil { // half a file must not look whole
			s.Log.Error("export ended early", "err", err)
			panic(http.ErrAbortHandler)
		}
		if len(entries) < auditPage {
			return nil
		}
		f.Before = entries[len(entries)-1].Seq
	}
}

func entryRow(e *store.Entry) []string {
	row := []string{strconv.FormatInt(e.Seq, 10), stamp(e.At), e.Actor.Name, e.Actor.ID, e.Actor.From, e.Verb, e.Object, e.Detail, e.Prev, e.Hash}
	for i := range row {
		row[i] = harmless(row[i])
	}
	return row
}
