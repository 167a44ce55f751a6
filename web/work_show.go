package web

import (
	"net/http"

	"ward/people"
	"ward/store"
)

// workData is one piece of work with everything.
type workData struct {
	workLine
	All      []store.DeviceLine
	Comments []store.Comment
	History  []store.Change
}

// maxListed is how many devices the page of one piece of work lists.
const maxListed = 200

// showWork shows one piece of work: steps with sources, devices, effect, remarks.
func (s *Server) showWork(w http.ResponseWriter, r *http.Request) error {
	x, err := s.Store.WorkFor(r.Context(), r.PathValue("key"), scope(r))
	if err != nil {
		return err
	}
	data := workData{}
	if data.workLine, err = s.workLine(r, x, nil); err != nil {
		return err
	}
	if data.Names, data.People, err = s.names(r); err != nil {
		return err
	}
	data.workLine.May = people.FromContext(r.Context()).May(people.DoWork)
	for _, id := range x.Devices[:min(len(x.Devices), maxListed)] {
		d, err := s.line(r, id)
		if err != nil {
			return err
		}
		data.All = append(data.All, d)
	}
	if data.Comments, err = s.Store.Comments(r.Context(), "work:"+x.Key); err != nil {
		return err
	}
	s.UI.Page(w, r, http.StatusOK, "work_show", "Work", data)
	return nil
}
