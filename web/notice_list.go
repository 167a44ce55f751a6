package web

import (
	"net/http"
	"strconv"

	"ward/notify"
	"ward/people"
	"ward/store"
)

// noticePage is how many notices stand on a page.
const noticePage = 50

// noticeLine is a notice with what the person said about it.
type noticeLine struct {
	store.Notice
	Title          string
	Judged, Useful bool
}

// listNotices shows what Ward had to tell, also what no message was sent about,
// and asks whether it was useful.
func (s *Server) listNotices(w http.ResponseWriter, r *http.Request) error {
	offset, err := strconv.Atoi(r.FormValue("offset"))
	if err != nil || offset < 0 {
		offset = 0
	}
	notices, err := s.Store.Notices(r.Context(), store.NoticeFilter{Departments: scope(r), Offset: offset, Limit: noticePage + 1})
	if err != nil {
		return err
	}
	data := struct {
		Lines       []noticeLine
		Offset      int
		Limit       int
		Total       int
		Interrupted bool
	}{Offset: offset, Limit: noticePage, Total: offset + len(notices)}
	ids := make([]string, len(notices))
	for i := range notices {
		ids[i] = notices[i].ID
	}
	said, err := s.Store.VerdictsOf(r.Context(), people.FromContext(r.Context()).Person.ID, ids)
	if err != nil {
		return err
	}
	for _, n := range notices[:min(len(notices), noticePage)] {
		useful, judged := said[n.ID]
		data.Lines = append(data.Lines, noticeLine{n, notify.RuleNamed(n.Rule).Title, judged, useful})
	}
	s.UI.Page(w, r, http.StatusOK, "notice_list", "Notifications", data)
	return nil
}

// judgeNotice notes whether a notice was useful: rules that are not go to the
// digest (SR-53).
func (s *Server) judgeNotice(w http.ResponseWriter, r *http.Request) error {
	n, err := s.Store.Notice(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if n.Device != "" {
		if _, err := s.mine(r, n.Device); err != nil {
			return err
		}
	}
	useful := r.FormValue("useful")
	if useful != "yes" && useful != "no" {
		return refuse(http.StatusUnprocessableEntity, "Say whether it was useful.", "Choose yes or no.")
	}
	if err := s.Store.Judge(r.Context(), n.ID, useful == "yes", actor(r)); err != nil {
		return err
	}
	s.done(w, r, "/notifications")
	return nil
}
