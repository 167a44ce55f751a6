package auth

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"ward/people"
	"ward/store"
)

// visit is a browser session with its person, complete or not.
type visit struct {
	login  store.Login
	person people.Person
}

type visitKey struct{}

// visitOf gives the browser session of a request, nil for none.
func visitOf(ctx context.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	return v
}

// Who finds out who is behind each request: by the API token in the
// Authorization header, else by the session cookie. people.FromContext gives it
// to next; it is nil for nobody, and for somebody whose sign-in still lacks the
// second factor.
func (a *Auth) Who(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, err := a.identify(r)
		if err != nil {
			a.fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func (a *Auth) identify(r *http.Request) (context.Context, error) {
	ctx := r.Context()
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, secret, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return ctx, nil
		}
		t, p, err := a.Store.TokenOf(ctx, strings.TrimSpace(secret), a.Now())
		if errors.Is(err, store.ErrNotFound) {
			return ctx, nil
		}
		only := append([]people.Permission{}, t.Scope...) // never nil: nil would mean everything
		return people.NewContext(ctx, &people.Who{Person: p, Token: t.ID, Only: only, From: from(r)}), err
	}
	secret := a.cookie(r, sessionCookie)
	if secret == "" {
		return ctx, nil
	}
	l, p, err := a.Store.LoginOf(ctx, secret, a.Now())
	if errors.Is(err, store.ErrNotFound) {
		return ctx, nil
	}
	if err != nil {
		return ctx, err
	}
	ctx = context.WithValue(ctx, visitKey{}, &visit{l, p})
	if l.Stage != store.StageComplete {
		return ctx, nil
	}
	return people.NewContext(ctx, &people.Who{Person: p, Session: l.ID, From: from(r)}), nil
}

// Require lets only those to next who have the permission; an empty one asks
// for anybody who is signed in. Who must stand before it.
func (a *Auth) Require(what people.Permission, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := people.FromContext(r.Context())
		switch {
		case who == nil:
			a.turnAway(w, r)
		case what != "" && !who.May(what):
			a.fail(w, r, refuse(http.StatusForbidden, "Your roles, or the scope of the token, do not allow this. An administrator can change roles on the page People."))
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// turnAway sends a person to the next step of the sign-in and tells a program
// that it needs a token.
func (a *Auth) turnAway(w http.ResponseWriter, r *http.Request) {
	if wantsJSON(r) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="Ward"`)
		a.fail(w, r, refuse(http.StatusUnauthorized, "Sign in, or send a valid API token as Authorization: Bearer ward_..."))
		return
	}
	next := "/"
	if r.Method == http.MethodGet {
		next = r.URL.RequestURI()
	}
	v := visitOf(r.Context())
	switch {
	case v != nil && v.login.Stage == store.StageSecond:
		see(w, r, "/sign-in/second")
	case v != nil && v.login.Stage == store.StageEnrol:
		see(w, r, "/account/second")
	default:
		see(w, r, signInPath(next))
	}
}
