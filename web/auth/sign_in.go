package auth

import (
	"context"
	"errors"
	"net/http"

	"ward/people"
	"ward/store"
)

// signInPage is the data of auth_sign_in.
type signInPage struct {
	Email, Next, Problem string
	SSO, Passkeys        bool
}

func (a *Auth) showSignIn(w http.ResponseWriter, r *http.Request) error {
	return a.signInForm(w, r, http.StatusOK, signInPage{Next: safeNext(r.FormValue("next"))})
}

func (a *Auth) signInForm(w http.ResponseWriter, r *http.Request, status int, p signInPage) error {
	sso, err := a.ssoSettings(r.Context())
	if err != nil {
		return err
	}
	p.SSO, p.Passkeys = sso.Issuer != "", a.webauthn != nil
	a.page(w, r, status, "auth_sign_in", "Sign in", p)
	return nil
}

// allow counts an attempt of the address of the request.
func (a *Auth) allow(r *http.Request) error {
	if a.attempts.Allow(people.AddressKey(from(r)), a.Now()) {
		return nil
	}
	return refuse(http.StatusTooManyRequests, "Too many attempts from your address. Wait a minute and try again.")
}

// signIn checks e-mail address and password. An unknown person, a disabled one
// and a wrong password take the same way and give the same answer.
func (a *Auth) signIn(w http.ResponseWriter, r *http.Request) error {
	if err := a.allow(r); err != nil {
		return err
	}
	email, password, next := r.PostFormValue("email"), r.PostFormValue("password"), safeNext(r.PostFormValue("next"))
	p, ok, err := a.checkPassword(r, email, password)
	var refused *problem
	if errors.As(err, &refused) {
		return a.signInForm(w, r, refused.status, signInPage{Email: email, Next: next, Problem: refused.text})
	}
	if err != nil {
		return err
	}
	if !ok {
		return a.signInForm(w, r, http.StatusUnauthorized, signInPage{Email: email, Next: next,
			Problem: "E-mail address or password is not right. If you forgot it, ask an administrator for a recovery link."})
	}
	stage := store.StageComplete
	switch {
	case p.HasSecondFactor():
		stage = store.StageSecond
	case p.NeedsSecondFactor():
		stage = store.StageEnrol
	}
	return a.start(w, r, p, stage, "password", next)
}

// checkPassword tells whether the password is right. A problem says that the
// account or the address has to wait.
func (a *Auth) checkPassword(r *http.Request, email, password string) (people.Person, bool, error) {
	ctx := r.Context()
	account, address := accountSubject(email), addressSubject(r)
	if err := a.locked(ctx, account, address); err != nil {
		return people.Person{}, false, err
	}
	p, err := a.Store.PersonByEmail(ctx, email)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return p, false, err
	}
	hash, err := a.Store.PasswordHash(ctx, p.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return p, false, err
	}
	if len(password) > 4*people.MaxPassword {
		password, hash = "", "" // too long to be anybody's: the same work, never right
	}
	ok, err := a.hasher.Verify(ctx, hash, people.NormalPassword(password))
	if err != nil {
		return p, false, err
	}
	if err := a.locked(ctx, account, address); err != nil { // others may have failed meanwhile
		return p, false, err
	}
	if ok && !p.Disabled {
		return p, true, nil
	}
	return p, false, a.failed(r, p, "password", account, address)
}

func accountSubject(email string) string { return "account:" + emailKey(email) }

func addressSubject(r *http.Request) string { return "address:" + people.AddressKey(from(r)) }

var errLocked = refuse(http.StatusTooManyRequests, "Too many failed attempts. Wait a little, at most 15 minutes, and try again, or use a passkey.")

// locked gives a problem where one of the two has to wait.
func (a *Auth) locked(ctx context.Context, account, address string) error {
	now := a.Now()
	for _, l := range []struct {
		subject string
		rule    people.Lockout
	}{{account, people.AccountLockout}, {address, people.AddressLockout}} {
		failures, err := a.Store.LoginFailures(ctx, l.subject)
		if err != nil {
			return err
		}
		if !l.rule.Until(failures, now).IsZero() {
			return errLocked
		}
	}
	return nil
}

// failed keeps a failed attempt. What was typed is not written down: it may be a
// password in the wrong field.
func (a *Auth) failed(r *http.Request, p people.Person, how, account, address string) error {
	ctx := r.Context()
	if err := a.Store.AddLoginFailures(ctx, a.Now(), account, address); err != nil {
		return err
	}
	by := store.Actor{ID: "nobody", From: from(r)}
	detail := how + ", unknown person"
	if p.ID != "" {
		detail = how
	}
	if err := a.audit(ctx, by, "sign_in_failed", p.ID, detail); err != nil {
		return err
	}
	if wait := a.locked(ctx, account, address); wait != nil {
		var known *problem
		if !errors.As(wait, &known) {
			return wait
		}
		return a.audit(ctx, by, "locked", p.ID, "after failed attempts; it ends by itself")
	}
	return nil
}

// start begins a new session in the browser, ends the one it had, and goes on.
func (a *Auth) start(w http.ResponseWriter, r *http.Request, p people.Person, stage store.Stage, method, next string) error {
	if err := a.newSession(w, r, p, stage, method); err != nil {
		return err
	}
	switch stage {
	case store.StageSecond:
		next = "/sign-in/second?next=" + queryEscape(next)
	case store.StageEnrol:
		next = "/account/second"
	}
	see(w, r, next)
	return nil
}

// newSession gives the browser a new secret: one that somebody put there before
// the sign-in is worth nothing after it.
func (a *Auth) newSession(w http.ResponseWriter, r *http.Request, p people.Person, stage store.Stage, method string) error {
	ctx := r.Context()
	if v := visitOf(ctx); v != nil {
		if err := a.Store.EndLogin(ctx, v.person.ID, v.login.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	secret, _, err := a.Store.StartLogin(ctx, store.Login{Person: p.ID, Stage: stage, Method: method, Address: from(r), Agent: r.UserAgent()}, a.Now())
	if err != nil {
		return err
	}
	if stage == store.StageComplete {
		if err := a.Store.ClearLoginFailures(ctx, accountSubject(p.Email)); err != nil {
			return err
		}
		if err := a.audit(ctx, actor(p, r), "sign_in", p.ID, method); err != nil {
			return err
		}
	}
	a.setSession(w, secret)
	return nil
}
