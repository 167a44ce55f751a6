package web

import (
	"net/http"
	"slices"
	"time"

	"ward/asset/device"
	"ward/people"
	"ward/store"
	"ward/web/ui"
)

// actor is who does it, for the audit trail.
func actor(r *http.Request) store.Actor {
	who := people.FromContext(r.Context())
	return store.Actor{ID: who.Person.ID, Name: who.Person.Name, From: who.From}
}

// mine gives a device if the person's departments reach it.
func (s *Server) mine(r *http.Request, id device.ID) (*device.Device, error) {
	d, err := s.Store.Device(r.Context(), id)
	if err != nil {
		return nil, err
	}
	if only := scope(r); len(only) > 0 && !slices.Contains(only, d.Department) {
		return nil, store.ErrNotFound
	}
	return d, nil
}

// names gives the names of all persons by their IDs, for pages that show who.
func (s *Server) names(r *http.Request) (map[string]string, []people.Person, error) {
	list, err := s.Store.Persons(r.Context())
	if err != nil {
		return nil, nil, err
	}
	out := map[string]string{store.Ward.ID: store.Ward.Name, "cli": "command line"}
	active := list[:0:0]
	for _, p := range list {
		out[p.ID] = p.Name
		if !p.Disabled && p.May(people.DoWork) {
			active = append(active, p)
		}
	}
	return out, active, nil
}

// parseDay reads the value of a date field, as the end of that day.
func (s *Server) parseDay(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, text, s.UI.Zone)
	if err != nil {
		return time.Time{}, refuse(http.StatusUnprocessableEntity, "This is no date.", "Write it as year-month-day, for example 2026-11-24.")
	}
	return t.Add(24*time.Hour - time.Second).UTC(), nil
}

// done answers after a change: for htmx the block given, else the page again.
func (s *Server) done(w http.ResponseWriter, r *http.Request, back string) {
	if ui.IsHTMX(r) {
		w.Header().Set("HX-Refresh", "true")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	http.Redirect(w, r, local(back), http.StatusSeeOther)
}
