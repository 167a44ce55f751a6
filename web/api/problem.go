package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"ward/intake"
	"ward/store"
	"ward/triage"
	"ward/web/ui"
)

const problemType = "application/problem+json"

// Problem says why there is no answer and what to do (RFC 9457).
type Problem struct {
	Title  string              `json:"title" doc:"what kind of problem it is"`
	Status int                 `json:"status" doc:"that of HTTP"`
	Detail string              `json:"detail,omitempty" doc:"what happened this time"`
	Hint   string              `json:"hint" doc:"what to do next"`
	Cause  string              `json:"cause,omitempty" doc:"number by which the hub's log tells more"`
	Errors []*huma.ErrorDetail `json:"errors,omitempty" doc:"which parts of the request are wrong"`

	header http.Header
}

func (p *Problem) Error() string { return p.Detail }

// GetStatus is for huma.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders is for huma.
func (p *Problem) GetHeaders() http.Header { return p.header }

// ContentType is for huma.
func (p *Problem) ContentType(string) string { return problemType }

func refuse(status int, detail, hint string) *Problem {
	return &Problem{Title: http.StatusText(status), Status: status, Detail: detail, Hint: hint}
}

// withHint makes a Problem of what huma refuses by itself.
func withHint(_ huma.Context, _ string, v any) (any, error) {
	e, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := refuse(e.Status, e.Detail, "Look at errors and at the OpenAPI document: "+Prefix+"/openapi.json.")
	p.Errors = e.Errors
	return p, nil
}

// problem turns the error of an operation into what is answered. The text of an
// error that is not meant for people goes into the log.
func (s *service) problem(ctx context.Context, operation string, err error) error {
	var p *Problem
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, store.ErrNotFound), errors.Is(err, triage.ErrNoDevice):
		return refuse(http.StatusNotFound, "There is no such thing, or not in your departments.", "Look for it in the list; devices may have been merged.")
	case errors.Is(err, store.ErrConflict):
		return refuse(http.StatusConflict, "Somebody else changed this in the meantime.", "Read it again and send the change with its new ETag in If-Match.")
	case errors.Is(err, store.ErrRefused):
		_, why, _ := strings.Cut(err.Error(), store.ErrRefused.Error()+": ")
		return refuse(http.StatusUnprocessableEntity, "Ward cannot take this as it is.", sentence(why, "Check the fields and send it again."))
	case context.Cause(ctx) != nil:
		return refuse(http.StatusServiceUnavailable, "The request ended before the answer was ready.", "Ask again.")
	}
	if p := uploadProblem(err); p != nil {
		return p
	}
	p = refuse(http.StatusInternalServerError, "Something went wrong in Ward.", "Try again. If it stays, give the cause number to the person who runs Ward.")
	p.Cause = ui.NewCause()
	s.Log.Error("api", "operation", operation, "cause", p.Cause, "err", err)
	return p
}

// uploadProblem names those of intake, whose texts say what to do.
func uploadProblem(err error) *Problem {
	for _, x := range []struct {
		err    error
		status int
	}{{intake.ErrTooLarge, http.StatusRequestEntityTooLarge}, {intake.ErrNoSpace, http.StatusInsufficientStorage}, {intake.ErrOffset, http.StatusConflict},
		{intake.ErrIncomplete, http.StatusConflict}, {intake.ErrDigest, http.StatusUnprocessableEntity}, {intake.ErrState, http.StatusConflict},
		{intake.ErrContent, http.StatusUnprocessableEntity}, {intake.ErrBomb, http.StatusUnprocessableEntity}, {intake.ErrJoined, http.StatusConflict}} {
		if errors.Is(err, x.err) {
			return refuse(x.status, "The import cannot go on.", sentence(strings.TrimPrefix(err.Error(), "intake: "), ""))
		}
	}
	return nil
}

// sentence makes one of an error's words.
func sentence(words, otherwise string) string {
	if words = strings.TrimRight(words, ".\n "); words == "" {
		return otherwise
	}
	return capital(words) + "."
}
