package web

import (
	"net/http"
	"strconv"
	"time"

	"ward/people"
	"ward/store"
)

// auditPage is how many entries the page shows at once.
const auditPage = 100

// auditTable is what the page of the audit trail shows.
type auditTable struct {
	Entries []store.Entry
	People  []people.Person
	Filter  store.AuditFilter
	Since   string // as typed
	Until   string
	Next    int64 // number to go on before; 0: this is all
	Proof   *proof
}

// listAudit shows who did what, the newest first. Reading it is an entry, too.
func (s *Server) listAudit(w http.ResponseWriter, r *http.Request) error {
	if err := wholeSite(r); err != nil {
		return err
	}
	if err := s.Store.Audit(r.Context(), actor(r), "audit.view", "audit", r.URL.RawQuery); err != nil {
		return err
	}
	return s.auditTrail(w, r, nil)
}

// wholeSite refuses what speaks of all departments to who sees some.
func wholeSite(r *http.Request) error {
	if len(scope(r)) == 0 {
		return nil
	}
	return refuse(http.StatusForbidden, "You see some departments only.", "This page speaks of all departments: ask somebody who sees all of them.")
}

func (s *Server) auditTrail(w http.ResponseWriter, r *http.Request, p *proof) error {
	f, err := s.auditFilter(r)
	if err != nil {
		return err
	}
	data := auditTable{Filter: f, Since: r.FormValue("since"), Until: r.FormValue("until"), Proof: p}
	f.Limit = auditPage + 1
	if data.Entries, err = s.Store.AuditTrail(r.Context(), f); err != nil {
		return err
	}
	if len(data.Entries) > auditPage {
		data.Entries = data.Entries[:auditPage]
		data.Next = data.Entries[auditPage-1].Seq
	}
	if data.People, err = s.Store.Persons(r.Context()); err != nil {
		return err
	}
	s.UI.Page(w, r, http.StatusOK, "audit_list", "Audit", data)
	return nil
}

// auditFilter reads the query of the page's address.
func (s *Server) auditFilter(r *http.Request) (store.AuditFilter, error) {
	q := r.URL.Query()
	f := store.AuditFilter{Actor: q.Get("actor"), Verb: q.Get("verb"), Object: q.Get("object"), Text: q.Get("text")}
	if len(f.Text) > maxText {
		f.Text = f.Text[:maxText]
	}
	var err error
	if f.Since, err = s.parseDay(q.Get("since")); err != nil {
		return f, err
	}
	if !f.Since.IsZero() { // parseDay gives the end of a day, this is its begin
		f.Since = f.Since.Add(time.Second - 24*time.Hour)
	}
	if f.Until, err = s.parseDay(q.Get("until")); err != nil {
		return f, err
	}
	if n, err := strconv.ParseInt(q.Get("before"), 10, 64); err == nil {
		f.Before = n
	}
	return f, nil
}
