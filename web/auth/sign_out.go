package auth

import (
	"errors"
	"net/http"

	"ward/store"
)

// signOut ends this session, with everywhere=1 all of the person.
func (a *Auth) signOut(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	detail, end := "", func() error { return a.Store.EndLogin(r.Context(), v.person.ID, v.login.ID) }
	if r.PostFormValue("everywhere") != "" && v.login.Stage == store.StageComplete {
		detail, end = "everywhere", func() error { return a.Store.EndLogins(r.Context(), v.person.ID, "") }
	}
	if err := end(); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	a.setCookie(w, sessionCookie, "", -1)
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	if err := a.audit(r.Context(), actor(v.person, r), "sign_out", v.person.ID, detail); err != nil {
		return err
	}
	see(w, r, "/sign-in")
	return nil
}
