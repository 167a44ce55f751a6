package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"time"

	"ward/store"
)

// Limits of a file in a plain form, for browsers without JavaScript.
const (
	maxFile  = 2 << 30       // bytes; larger files go in parts or through the drop folder
	fileTime = 4 * time.Hour // to receive it over a slow line
)

// uploadFile takes a file of a plain form. Its size is known only at its end, so
// it waits in a file of its own before the intake is asked.
func (s *Server) uploadFile(w http.ResponseWriter, r *http.Request) error {
	if s.Intake == nil {
		return errNoIntake
	}
	name, f, err := s.takeFile(w, r, maxFile)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	i, err := s.Intake.Begin(r.Context(), name, info.Size(), "", actor(r))
	if err != nil {
		return intakeProblem(err)
	}
	if _, err := s.Intake.Append(r.Context(), i.ID, 0, f); err != nil {
		return intakeProblem(err)
	}
	if i, err = s.Intake.Complete(r.Context(), i.ID); err != nil {
		return intakeProblem(err)
	}
	http.Redirect(w, r, importLink(i.ID), http.StatusSeeOther)
	return nil
}

// takeFile writes the field "file" of a multipart form (RFC 7578) into a file
// for this request alone. The caller removes it.
func (s *Server) takeFile(w http.ResponseWriter, r *http.Request, limit int64) (name string, f *os.File, err error) {
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(fileTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return "", nil, err
	}
	if s.Intake != nil {
		size := r.ContentLength
		if size < 0 { // not told: as much as may come
			size = limit
		}
		if err := s.Intake.Room(size); err != nil {
			return "", nil, intakeProblem(err)
		}
	}
	r.Body = http.MaxBytesReader(w, r.Body, limit+maxForm)
	form, err := r.MultipartReader()
	if err != nil {
		return "", nil, errNoFile
	}
	part, err := fileOf(form)
	if err != nil {
		return "", nil, err
	}
	if f, err = os.CreateTemp(s.spool(), ".upload-*"); err != nil {
		return "", nil, err
	}
	n, err := io.Copy(f, io.LimitReader(part, limit+1))
	if err == nil && n > limit {
		err = refuse(http.StatusRequestEntityTooLarge, "The file is too large for a plain form.", "Use a browser with JavaScript, or the drop folder.")
	}
	if err == nil && n == 0 {
		err = errNoFile
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return "", nil, errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	return part.FileName(), f, nil
}

var errNoFile = refuse(http.StatusUnprocessableEntity, "No file was chosen.", "Choose a file, then send the form again.")

func fileOf(form *multipart.Reader) (*multipart.Part, error) {
	for {
		part, err := form.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return nil, errNoFile
		case err != nil:
			return nil, err
		case part.FormName() == "file" && part.FileName() != "":
			return part, nil
		}
	}
}

// spool is the folder for a file that waits: the data folder, whose disk is
// large enough, else the system's.
func (s *Server) spool() string {
	if s.Intake != nil {
		return s.Intake.Dir
	}
	return ""
}

// undoImport takes an import back, with a reason.
func (s *Server) undoImport(w http.ResponseWriter, r *http.Request) error {
	if s.Intake == nil {
		return errNoIntake
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	i, err := s.Store.Import(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if i.State != store.ImportDone {
		return refuse(http.StatusConflict, "Only an import that was read can be taken back.", "Wait until it is done, or cancel the upload.")
	}
	if err := s.Intake.Undo(r.Context(), i.ID, r.FormValue("reason"), actor(r)); err != nil {
		return intakeProblem(err)
	}
	s.done(w, r, importLink(i.ID))
	return nil
}
