package web

import (
	"net/http"

	"ward/people"
	"ward/store"
)

// saveView keeps filters and columns of the device table under a name.
func (s *Server) saveView(w http.ResponseWriter, r *http.Request) error {
	who := people.FromContext(r.Context())
	v := store.View{Owner: who.Person.ID, Page: "devices", Name: r.FormValue("name"), Query: r.FormValue("query"), Shared: r.FormValue("shared") != ""}
	if v.Name == "" || len(v.Name) > maxText || len(v.Query) > 4096 {
		return refuse(http.StatusUnprocessableEntity, "A view needs a short name.", "Give it a name of up to 200 letters.")
	}
	if err := s.Store.PutView(r.Context(), v, actor(r)); err != nil {
		return err
	}
	http.Redirect(w, r, local("/devices?"+v.Query), http.StatusSeeOther)
	return nil
}

// removeView removes a view of one's own.
func (s *Server) removeView(w http.ResponseWriter, r *http.Request) error {
	if err := s.Store.RemoveView(r.Context(), r.FormValue("id"), actor(r)); err != nil {
		return err
	}
	http.Redirect(w, r, "/devices", http.StatusSeeOther)
	return nil
}
