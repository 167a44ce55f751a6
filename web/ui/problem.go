package ui

import (
	"crypto/rand"
	"encoding/base32"
	"net/http"
)

// Problem is what a person reads when something did not work.
type Problem struct {
	Message string // what did not work, an English text of the catalogue
	Hint    string // what to do next, an English text of the catalogue
	Cause   string // ID under which the log has the cause; empty: there is none to look up
	Status  int    // set by Error
}

// NewCause makes an ID that joins what a person saw with the log.
func NewCause() string {
	var b [5]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	return base32.StdEncoding.EncodeToString(b[:])
}

// Error answers with a problem: a whole page, or the notice area for htmx.
func (u *UI) Error(w http.ResponseWriter, r *http.Request, status int, p Problem) {
	p.Status = status
	if IsHTMX(r) {
		w.Header().Set("HX-Retarget", "#notice")
		w.Header().Set("HX-Reswap", "innerHTML")
		u.Fragment(w, r, status, "error", "notice_problem", p)
		return
	}
	u.Page(w, r, status, "error", p.Message, p)
}

// Fail answers for an error nobody foresaw: the cause goes to the log, its ID to
// the person.
func (u *UI) Fail(w http.ResponseWriter, r *http.Request, err error) {
	id := NewCause()
	u.Log.Error("request failed", "cause", id, "method", r.Method, "path", r.URL.Path, "err", err)
	u.Error(w, r, http.StatusInternalServerError, Problem{Message: "Something went wrong in Ward.",
		Hint: "Try again. If it stays, give the cause number to the person who runs Ward.", Cause: id})
}
