package auth

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"ward/people"
	"ward/store"
)

// maxForm bounds the body of a request to this package, bytes.
const maxForm = 64 << 10

// problem is an error with words for the person who sees it.
type problem struct {
	status int
	text   string // what happened and what to do next
}

func (p *problem) Error() string { return p.text }

// refuse gives a problem.
func refuse(status int, text string) error { return &problem{status, text} }

// explained puts the errors that persons can do something about into words.
func explained(err error) (p *problem, known bool) {
	if errors.As(err, &p) {
		return p, true
	}
	switch {
	case errors.Is(err, people.ErrBusy):
		return &problem{http.StatusServiceUnavailable, "Many people sign in right now. Wait a few seconds and try again."}, true
	case errors.Is(err, store.ErrNotFound):
		return &problem{http.StatusNotFound, "This does not exist, or not any more. Go back and load the page again."}, true
	case errors.Is(err, store.ErrEmailTaken):
		return &problem{http.StatusConflict, "Somebody has this e-mail address already. Look in the list of people."}, true
	case errors.Is(err, store.ErrLastAdministrator):
		return &problem{http.StatusConflict, "This is the last administrator. Make somebody else administrator first."}, true
	case errors.Is(err, store.ErrTokenLife):
		return &problem{http.StatusUnprocessableEntity, "Choose an end for the token, at most one year ahead."}, true
	case errors.Is(err, store.ErrTokenScope):
		return &problem{http.StatusUnprocessableEntity, "Choose at least one permission for the token."}, true
	}
	return &problem{http.StatusInternalServerError, "Something went wrong in Ward. Try again; if it stays, ask who runs Ward to look into its log."}, false
}

// messagePage is the data of auth_message.
type messagePage struct {
	Text string
	Back string // where the link leads
}

// fail answers with an error: JSON where the caller speaks it, else a page.
func (a *Auth) fail(w http.ResponseWriter, r *http.Request, err error) {
	p, known := explained(err)
	if !known {
		a.Log.Error("request failed", "method", r.Method, "path", r.Pattern, "err", err)
	}
	if wantsJSON(r) {
		writeJSON(w, p.status, map[string]string{"error": p.text})
		return
	}
	back := "/"
	if FromContext(r.Context()) == nil {
		back = "/sign-in"
	}
	a.page(w, r, p.status, "auth_message", title(p.status), messagePage{p.text, back})
}

func title(status int) string {
	switch status {
	case http.StatusNotFound:
		return "Not found"
	case http.StatusForbidden:
		return "Not allowed"
	case http.StatusInternalServerError:
		return "Something went wrong"
	}
	return "This did not work"
}

// FromContext gives who is signed in, nil for nobody.
var FromContext = people.FromContext

// wantsJSON tells whether the caller is a program.
func wantsJSON(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/api/") || r.Header.Get("Authorization") != "" ||
		strings.HasPrefix(r.Header.Get("Accept"), "application/json")
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v) // the caller may be gone: nothing to do about it
}

// page renders a page that no cache may keep.
func (a *Auth) page(w http.ResponseWriter, r *http.Request, status int, name, title string, data any) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "same-origin")
	a.Render(w, r, status, name, title, data)
}

// see sends the browser to another page of Ward.
func see(w http.ResponseWriter, r *http.Request, path string) {
	http.Redirect(w, r, path, http.StatusSeeOther)
}
