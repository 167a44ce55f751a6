package auth

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"ward/people"
	"ward/store"
)

func queryEscape(s string) string { return url.QueryEscape(s) }

func emailKey(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// secondPage is the data of auth_second.
type secondPage struct {
	Next, Problem  string
	TOTP, Passkeys bool
}

func (a *Auth) showSecond(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	if v.login.Stage != store.StageSecond {
		see(w, r, "/")
		return nil
	}
	a.secondForm(w, r, http.StatusOK, safeNext(r.FormValue("next")), "")
	return nil
}

func (a *Auth) secondForm(w http.ResponseWriter, r *http.Request, status int, next, problem string) {
	p := visitOf(r.Context()).person
	a.page(w, r, status, "auth_second", "Second step", secondPage{next, problem, p.TOTP, p.Passkeys > 0 && a.webauthn != nil})
}

// second checks the code of the app, or a recovery code.
func (a *Auth) second(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	if v.login.Stage != store.StageSecond {
		return refuse(http.StatusConflict, "You are signed in already. Go to the start page.")
	}
	if err := a.allow(r); err != nil {
		return err
	}
	next, code := safeNext(r.PostFormValue("next")), strings.TrimSpace(r.PostFormValue("code"))
	account, address := "second:"+v.person.ID, addressSubject(r)
	ok, method, err := false, "", a.locked(r.Context(), account, address)
	if err == nil {
		ok, method, err = a.checkCode(r, v.person, code)
	}
	var refused *problem
	if errors.As(err, &refused) {
		a.secondForm(w, r, refused.status, next, refused.text)
		return nil
	}
	if err != nil {
		return err
	}
	if !ok {
		if err := a.failed(r, v.person, "code", account, address); err != nil {
			return err
		}
		a.secondForm(w, r, http.StatusUnauthorized, next, "The code is not right, or was used already. Wait for the next one in the app.")
		return nil
	}
	if err := a.Store.ClearLoginFailures(r.Context(), account); err != nil {
		return err
	}
	return a.start(w, r, v.person, store.StageComplete, method, next)
}

// checkCode takes a code of the app, each only once, or a recovery code.
func (a *Auth) checkCode(r *http.Request, p people.Person, code string) (ok bool, method string, err error) {
	ctx := r.Context()
	secret, last, err := a.Store.TOTP(ctx, p.ID)
	if errors.Is(err, store.ErrNotFound) {
		return false, "", nil
	}
	if err != nil {
		return false, "", err
	}
	if step, right := people.CheckTOTP(secret, strings.ReplaceAll(code, " ", ""), a.Now(), last); right {
		ok, err = a.Store.UseTOTP(ctx, p.ID, step)
		return ok, "password and code", err
	}
	ok, err = a.Store.UseRecoveryCode(ctx, p.ID, people.RecoveryHash(code), a.Now())
	return ok, "password and recovery code", err
}
