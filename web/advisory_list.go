package web

import (
	"net/http"

	"ward/store"
	"ward/web/ui"
)

// advisoryPage is how many advisories the table shows at once.
const advisoryPage = 50

// advisoryTable is what the page of advisories shows.
type advisoryTable struct {
	Advisories []store.AdvisoryLine
	Total      int
	Filter     store.AdvisoryFilter
	Publishers []store.Facet
	Offset     int
	Limit      int
	Again      string // address of this page
}

// listAdvisories shows what publishers said, the newest revision first; htmx
// gets the table alone.
func (s *Server) listAdvisories(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f := store.AdvisoryFilter{Text: bounded(q.Get("text")), Ours: !q.Has("all"), Publisher: q.Get("publisher"), Offset: offset(r), Limit: advisoryPage}
	data := advisoryTable{Filter: f, Offset: f.Offset, Limit: advisoryPage, Again: "/advisories?" + q.Encode()}
	var err error
	if data.Advisories, data.Total, err = s.Store.AdvisoriesFor(r.Context(), f, scope(r)); err != nil {
		return err
	}
	if data.Publishers, err = s.Store.Publishers(r.Context()); err != nil {
		return err
	}
	if ui.IsHTMX(r) {
		s.UI.Fragment(w, r, http.StatusOK, "advisory_list", "advisory_results", data)
		return nil
	}
	s.UI.Page(w, r, http.StatusOK, "advisory_list", "Advisories", data)
	return nil
}
