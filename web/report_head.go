package web

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"ward/people"
	"ward/report/paper"
)

// reportHead is what stands on every page of a report, in words of the reader.
func (s *Server) reportHead(r *http.Request, title string) (paper.Head, error) {
	h := paper.Head{Site: s.siteName(r.Context()), Title: s.UI.T(r, title), At: s.Store.Now().In(s.UI.Zone), By: people.FromContext(r.Context()).Person.Name,
		T: func(text string, args ...any) string { return s.UI.T(r, text, args...) }}
	h.Scope = h.T("All departments")
	if only := scope(r); len(only) > 0 {
		h.Scope = h.T("Departments: %s", strings.Join(only, ", "))
	}
	coverage, err := s.watched(r, &h)
	if err != nil {
		return h, err
	}
	feeds, err := s.feedsRead(r, &h)
	h.Rests = append(coverage, feeds...)
	return h, err
}

// siteName is the name of the hospital, as it is set; "Ward" without one.
func (s *Server) siteName(ctx context.Context) string {
	var site string
	if err := s.Store.Setting(ctx, SettingSite, &site); err != nil || site == "" {
		return "Ward" // a report is no place to complain about a missing setting
	}
	return site
}

// watched says how long and on how many taps was watched.
func (s *Server) watched(r *http.Request, h *paper.Head) ([]string, error) {
	if s.Triage == nil {
		return []string{h.T("It is not known how long was watched.")}, nil
	}
	c, err := s.Triage.Coverage(r.Context())
	if err != nil {
		return nil, err
	}
	if c.Hours <= 0 {
		return []string{h.T("No traffic was watched: this is the maintenance record alone.")}, nil
	}
	text := h.T("Watched: %s hours; taps: %d.", strconv.FormatFloat(c.Hours, 'f', 1, 64), c.Taps)
	if !c.Full() {
		text += " " + h.T("Too short to say that something is not there: that takes 30 days.")
	}
	return []string{text}, nil
}

// feedsRead says how old the vulnerability feeds are.
func (s *Server) feedsRead(r *http.Request, h *paper.Head) ([]string, error) {
	feeds, err := s.Store.Feeds(r.Context())
	if err != nil {
		return nil, err
	}
	var oldest time.Time
	var name string
	var stale []string
	n := 0
	for i := range feeds {
		f := &feeds[i]
		if !f.Enabled {
			continue
		}
		if n++; !f.Updated.IsZero() && (oldest.IsZero() || f.Updated.Before(oldest)) {
			oldest, name = f.Updated, f.Name
		}
		if f.Stale(s.Store.Now()) {
			stale = append(stale, f.Name)
		}
	}
	if oldest.IsZero() {
		return []string{h.T("No vulnerability feed was read: what is wrong with devices is not known.")}, nil
	}
	text := h.T("Feeds: %d, checked last on %s or later (%s).", n, oldest.In(s.UI.Zone).Format(time.DateOnly), name)
	if len(stale) > 0 {
		text += " " + h.T("Stale: %s.", strings.Join(stale, ", "))
	}
	return []string{text}, nil
}

// sendPDF answers with a whole PDF, and writes into the audit trail that it did:
// nothing leaves unnoticed, not even when the sending fails.
func (s *Server) sendPDF(w http.ResponseWriter, r *http.Request, name, object string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	if err := s.Store.Audit(r.Context(), actor(r), "report.pdf", object, r.URL.RawQuery); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", `attachment; filename="`+name+"-"+s.Store.Now().Format(time.DateOnly)+`.pdf"`)
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	h.Set("Cache-Control", "no-store")
	if _, err := w.Write(b.Bytes()); err != nil {
		s.Log.Info("report not taken", "err", err)
	}
	return nil
}

// printed notes that a print view was opened.
func (s *Server) printed(r *http.Request, object string) error {
	return s.Store.Audit(r.Context(), actor(r), "report.print", object, r.URL.RawQuery)
}
