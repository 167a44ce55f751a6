package web

import (
	"net/http"

	"ward/web/ui"
)

// setTour opens or closes the guided tour of a demonstration.
func (s *Server) setTour(w http.ResponseWriter, r *http.Request) error {
	if v := r.FormValue("tour"); v == "on" || v == "off" {
		keep(w, r, ui.TourCookie, v)
	}
	http.Redirect(w, r, local(r.FormValue("back")), http.StatusSeeOther)
	return nil
}
