package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"ward/intake"
	"ward/store"
	"ward/web/ui"
)

// errNoIntake is the answer of a hub that takes nothing in.
var errNoIntake = refuse(http.StatusServiceUnavailable, "This hub takes no files.", "Ask the person who runs Ward.")

// intakeProblem turns an error of the intake into what the person reads. Others
// stay as they are.
func intakeProblem(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, intake.ErrTooLarge):
		return refuse(http.StatusRequestEntityTooLarge, "The file is larger than this hub takes.", "Split the capture, or ask the administrator for a higher limit.")
	case errors.Is(err, intake.ErrNoSpace):
		return refuse(http.StatusInsufficientStorage, "There is not enough free space on the hub's disk.", "Free some space, or ask the administrator. The upload goes on where it stopped.")
	case errors.Is(err, intake.ErrOffset):
		return refuse(http.StatusConflict, "This is not the next part of the upload.", "Go on at the place that is told.")
	case errors.Is(err, intake.ErrIncomplete):
		return refuse(http.StatusConflict, "The upload is not complete.", "Go on at the place that is told.")
	case errors.Is(err, intake.ErrDigest):
		return refuse(http.StatusUnprocessableEntity, "What arrived is not what was sent.", "Upload the file again.")
	case errors.Is(err, intake.ErrState):
		return refuse(http.StatusConflict, "This upload has ended.", "Choose the file again to begin a new one.")
	case errors.Is(err, intake.ErrBomb):
		return refuse(http.StatusUnprocessableEntity, "The packed file expands without end.", "It is refused. Unpack it yourself and look at what is in it.")
	case errors.Is(err, intake.ErrJoined):
		return refuse(http.StatusConflict, "This hour of a sensor is too old to be taken back alone.", "Hours that are some days old stand together.")
	case errors.Is(err, intake.ErrContent):
		return &Refusal{http.StatusUnprocessableEntity, ui.Problem{Message: "Ward cannot read this file.", Hint: plainCause(err.Error())}}
	}
	return err
}

// plainCause is the text of an error of the intake without the name of the package.
func plainCause(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	return strings.TrimPrefix(strings.TrimPrefix(text, "intake: "), "the content of the file cannot be read: ")
}

// partAnswer is what upload.js reads.
type partAnswer struct {
	ID       string            `json:"id,omitempty"`
	Received int64             `json:"received"`
	Size     int64             `json:"size,omitempty"`
	Chunk    int64             `json:"chunk,omitempty"`
	State    store.ImportState `json:"state,omitempty"`
	Link     string            `json:"link,omitempty"`
	Message  string            `json:"message,omitempty"`
	Hint     string            `json:"hint,omitempty"`
	Cause    string            `json:"cause,omitempty"`
}

// tell answers a step of an upload as JSON, a fault in the person's language.
func (s *Server) tell(w http.ResponseWriter, r *http.Request, a partAnswer, err error) error {
	status := http.StatusOK
	if err = intakeProblem(err); err != nil {
		var refusal *Refusal
		var large *http.MaxBytesError
		switch {
		case errors.As(err, &refusal):
		case errors.As(err, &large):
			refusal = &Refusal{http.StatusRequestEntityTooLarge, ui.Problem{Message: "This part of the upload is too large.", Hint: "Send smaller parts."}}
		case errors.Is(err, store.ErrNotFound):
			refusal = &Refusal{http.StatusNotFound, ui.Problem{Message: "This upload has ended.", Hint: "Choose the file again to begin a new one."}}
		case r.Context().Err() != nil:
			return r.Context().Err()
		default:
			id := ui.NewCause()
			s.Log.Error("upload failed", "cause", id, "path", r.URL.Path, "err", err)
			refusal = &Refusal{http.StatusInternalServerError, ui.Problem{Message: "Something went wrong in Ward.",
				Hint: "Try again. If it stays, give the cause number to the person who runs Ward.", Cause: id}}
		}
		status = refusal.Status
		a.Message, a.Hint, a.Cause = s.UI.T(r, refusal.Problem.Message), s.UI.T(r, refusal.Problem.Hint), refusal.Problem.Cause
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(a)
}
