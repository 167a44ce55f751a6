package web

import (
	"net/http"

	"ward/store"
	"ward/vuln/advisory"
)

// advisoryData is one advisory with everything known about it.
type advisoryData struct {
	advisory.Advisory
	Link      string // the publisher's page, http or https
	Parts     []advisoryPart
	Cut       int // vulnerabilities that are not shown
	Named     []string
	MoreNamed int
	Revisions []store.Revision
	Findings  []foundOn
	Total     int
	Offset    int
	Limit     int
	Spared    []sparedGroup
	Groups    int // of spared devices
}

// showAdvisory shows what a publisher says in its own words, what its revisions
// changed, and which devices it concerns and which not.
func (s *Server) showAdvisory(w http.ResponseWriter, r *http.Request) error {
	revisions, err := s.Store.Revisions(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	a := revisions[0].Advisory
	data := advisoryData{Advisory: a, Link: webLink(a.URL), Revisions: revisions, Offset: offset(r), Limit: findingPage}
	for i := range a.Vulnerabilities[:min(len(a.Vulnerabilities), maxFlaws)] {
		data.Parts = append(data.Parts, partOf(&a, &a.Vulnerabilities[i]))
	}
	data.Cut = len(a.Vulnerabilities) - len(data.Parts)
	for i := range a.Products[:min(len(a.Products), maxProducts)] {
		data.Named = append(data.Named, productName(&a.Products[i]))
	}
	data.MoreNamed = len(a.Products) - len(data.Named)
	page, err := s.Store.Findings(r.Context(), store.FindingFilter{Advisory: a.ID, Departments: scope(r), Offset: data.Offset, Limit: findingPage})
	if err != nil {
		return err
	}
	data.Total = page.Total
	if data.Findings, err = s.foundOn(r, page.Findings); err != nil {
		return err
	}
	if data.Spared, data.Groups, err = s.spared(r, a.ID); err != nil {
		return err
	}
	s.UI.Page(w, r, http.StatusOK, "advisory_show", a.ID, data)
	return nil
}
