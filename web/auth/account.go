package auth

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"ward/people"
	"ward/store"
)

// accountPage is the data of auth_account.
type accountPage struct {
	Person     people.Person
	Passkeys   []store.Passkey
	CanPasskey bool
	CodesLeft  int
	Sessions   []store.Login
	Current    string // ID of this session
	Tokens     []store.Token
	Allowed    []people.Permission
	Languages  []string
	Now        time.Time
	NewToken   string // shown once, right after it was made
	Problem    string
	Fresh      bool // signed in a moment ago: factors and tokens can be changed
}

// languages are those the interface speaks; empty is the browser's choice.
var languages = []string{"", "en", "de"}

// themes are those the interface has; empty is the system's choice.
var themes = []string{"", "light", "dark"}

func (a *Auth) showAccount(w http.ResponseWriter, r *http.Request) error {
	return a.accountForm(w, r, http.StatusOK, "", "")
}

func (a *Auth) accountForm(w http.ResponseWriter, r *http.Request, status int, problem, token string) error {
	ctx, v, now := r.Context(), visitOf(r.Context()), a.Now()
	keys, err1 := a.Store.Passkeys(ctx, v.person.ID)
	left, err2 := a.Store.RecoveryCodesLeft(ctx, v.person.ID)
	logins, err3 := a.Store.Logins(ctx, v.person.ID, now)
	tokens, err4 := a.Store.Tokens(ctx, v.person.ID)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return err
	}
	a.page(w, r, status, "auth_account", "My account", accountPage{
		Person: v.person, Passkeys: keys, CanPasskey: a.webauthn != nil, CodesLeft: left, Sessions: logins, Current: v.login.ID,
		Tokens: tokens, Allowed: v.person.Allowed(), Languages: languages, Now: now, NewToken: token, Problem: problem,
		Fresh: now.Sub(v.login.Started) <= freshFor,
	})
	return nil
}

// setAccount sets name, language and theme. The e-mail address is changed by an
// administrator: single sign-on believes it.
func (a *Auth) setAccount(w http.ResponseWriter, r *http.Request) error {
	p := visitOf(r.Context()).person
	p.Name = label(r.PostFormValue("name"), p.Name)
	p.Language, p.Theme = r.PostFormValue("language"), r.PostFormValue("theme")
	if !slices.Contains(languages, p.Language) || !slices.Contains(themes, p.Theme) {
		return refuse(http.StatusUnprocessableEntity, "Choose a language and a theme from the lists.")
	}
	if err := a.Store.SetOwn(r.Context(), p); err != nil {
		return err
	}
	if err := a.audit(r.Context(), actor(p, r), "changed", p.ID, "name, language, theme"); err != nil {
		return err
	}
	see(w, r, "/account")
	return nil
}

// setPassword changes the password and ends the other sessions. The old one is
// asked for, and counts as an attempt to sign in.
func (a *Auth) setPassword(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visitOf(r.Context())
	if err := a.allow(r); err != nil {
		return err
	}
	if v.person.Password {
		_, ok, err := a.checkPassword(r, v.person.Email, r.PostFormValue("old"))
		if err != nil {
			return err
		}
		if !ok {
			return a.accountForm(w, r, http.StatusForbidden, "The present password is not right.", "")
		}
	} else if _, err := a.mayEnrol(r); err != nil {
		return err
	}
	if problem := newPasswordProblem(r, v.person.Name, v.person.Email); problem != "" {
		return a.accountForm(w, r, http.StatusUnprocessableEntity, problem, "")
	}
	hash, err := a.hasher.Hash(ctx, people.NormalPassword(r.PostFormValue("password")))
	if err != nil {
		return err
	}
	if err := a.Store.SetPassword(ctx, v.person.ID, hash); err != nil {
		return err
	}
	if err := a.Store.EndLogins(ctx, v.person.ID, v.login.ID); err != nil {
		return err
	}
	if err := a.audit(ctx, actor(v.person, r), "password_changed", v.person.ID, ""); err != nil {
		return err
	}
	see(w, r, "/account")
	return nil
}

// endSession ends one of the person's own sessions.
func (a *Auth) endSession(w http.ResponseWriter, r *http.Request) error {
	v, id := visitOf(r.Context()), r.PostFormValue("id")
	if err := a.Store.EndLogin(r.Context(), v.person.ID, id); err != nil {
		return err
	}
	if err := a.audit(r.Context(), actor(v.person, r), "session_ended", v.person.ID, id); err != nil {
		return err
	}
	see(w, r, "/account")
	return nil
}
