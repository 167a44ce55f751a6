package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"ward/people"
	"ward/store"
)

// Limits of an upload in parts.
const (
	partSize = 8 << 20          // bytes of a part that upload.js sends
	maxPart  = 4 * partSize     // bytes of a part that is taken
	partTime = 10 * time.Minute // to receive one part over a slow line
)

// beginUpload opens an upload in parts: name, size and, where known, sha256.
func (s *Server) beginUpload(w http.ResponseWriter, r *http.Request) error {
	if s.Intake == nil {
		return s.tell(w, r, partAnswer{}, errNoIntake)
	}
	size, err := strconv.ParseInt(r.FormValue("size"), 10, 64)
	if err != nil || size <= 0 {
		return s.tell(w, r, partAnswer{}, refuse(http.StatusUnprocessableEntity, "The file is empty.", "Choose a file with content."))
	}
	i, err := s.Intake.Begin(r.Context(), r.FormValue("name"), size, r.FormValue("sha256"), actor(r))
	return s.tell(w, r, partAnswer{ID: i.ID, Size: i.Size, Chunk: partSize, State: i.State, Link: importLink(i.ID)}, err)
}

// myUpload gives an upload that the person began.
func (s *Server) myUpload(r *http.Request) (store.Import, error) {
	if s.Intake == nil {
		return store.Import{}, errNoIntake
	}
	i, err := s.Store.Import(r.Context(), r.PathValue("id"))
	if err != nil {
		return i, err
	}
	if me := people.FromContext(r.Context()).Person; i.Via != "upload" || i.By != me.Name && i.By != me.ID {
		return i, store.ErrNotFound
	}
	return i, nil
}

// showUpload tells where to go on.
func (s *Server) showUpload(w http.ResponseWriter, r *http.Request) error {
	i, err := s.myUpload(r)
	return s.tell(w, r, partAnswer{ID: i.ID, Received: i.Received, Size: i.Size, Chunk: partSize, State: i.State}, err)
}

// addPart takes one part. The answer tells how many bytes are safe, also when
// something went wrong: that is where to go on.
func (s *Server) addPart(w http.ResponseWriter, r *http.Request) error {
	i, err := s.myUpload(r)
	if err != nil {
		return s.tell(w, r, partAnswer{}, err)
	}
	at, err := strconv.ParseInt(r.URL.Query().Get("offset"), 10, 64)
	if err != nil || at < 0 {
		return s.tell(w, r, partAnswer{ID: i.ID, Received: i.Received}, refuse(http.StatusBadRequest, "This is not the next part of the upload.", "Go on at the place that is told."))
	}
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(partTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	received, err := s.Intake.Append(r.Context(), i.ID, at, http.MaxBytesReader(w, r.Body, maxPart))
	return s.tell(w, r, partAnswer{ID: i.ID, Received: received, Size: i.Size, State: i.State}, err)
}

// completeUpload checks the whole and queues it.
func (s *Server) completeUpload(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	i, err := s.myUpload(r)
	if err == nil {
		i, err = s.Intake.Complete(r.Context(), i.ID)
	}
	return s.tell(w, r, partAnswer{ID: i.ID, Received: i.Received, Size: i.Size, State: i.State, Link: importLink(i.ID)}, err)
}

// cancelUpload ends an upload the person no longer wants.
func (s *Server) cancelUpload(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	i, err := s.myUpload(r)
	if err == nil {
		err = s.Intake.Cancel(r.Context(), i.ID, actor(r))
	}
	if r.Header.Get("Accept") == "application/json" {
		return s.tell(w, r, partAnswer{ID: i.ID}, err)
	}
	if err != nil {
		return intakeProblem(err)
	}
	http.Redirect(w, r, "/imports", http.StatusSeeOther)
	return nil
}
