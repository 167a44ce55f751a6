package web

import (
	"net/http"
	"strconv"

	"ward/people"
	"ward/store"
	"ward/web/ui"
)

// setWork changes state, assignee or due date of a piece of work. Fields that
// the form does not have stay.
func (s *Server) setWork(w http.ResponseWriter, r *http.Request) error {
	old, err := s.Store.WorkFor(r.Context(), r.PathValue("key"), scope(r))
	if err != nil {
		return err
	}
	version, err := strconv.Atoi(r.FormValue("version"))
	if err != nil {
		version = old.Version
	}
	c := store.WorkChange{Reason: r.FormValue("reason")}
	if r.PostForm.Has("state") {
		state := store.WorkState(r.PostForm.Get("state"))
		c.State = &state
	}
	if r.PostForm.Has("assignee") {
		who := r.PostForm.Get("assignee")
		if who != "" {
			if _, err := s.Store.Person(r.Context(), who); err != nil {
				return err
			}
		}
		c.Assignee = &who
	}
	if r.PostForm.Has("due") {
		due, err := s.parseDay(r.PostForm.Get("due"))
		if err != nil {
			return err
		}
		c.Due = &due
	}
	x, err := s.Store.SetWork(r.Context(), old.Key, version, c, actor(r))
	if err != nil {
		return err
	}
	if !ui.IsHTMX(r) {
		http.Redirect(w, r, ui.WorkLink(x.Key), http.StatusSeeOther)
		return nil
	}
	l, err := s.workLine(r, x, nil)
	if err != nil {
		return err
	}
	if l.Names, l.People, err = s.names(r); err != nil {
		return err
	}
	l.May = people.FromContext(r.Context()).May(people.DoWork)
	s.UI.Fragment(w, r, http.StatusOK, "work_list", "work_changed", workChanged{l, old})
	return nil
}

// workChanged is a piece of work with what it was before, for undo.
type workChanged struct {
	workLine
	Old store.Work
}
