package auth

import (
	"net/http"
	"strconv"
	"time"

	"ward/people"
	"ward/store"
)

// makeToken makes an API token of the person and shows it once. It may do at
// most what its scope says and the person may do at the time of use.
func (a *Auth) makeToken(w http.ResponseWriter, r *http.Request) error {
	v, err := a.mayEnrol(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return refuse(http.StatusBadRequest, "The form could not be read. Load the page again.")
	}
	days, err := strconv.Atoi(r.PostFormValue("days"))
	if err != nil || days < 1 || days > 366 {
		return store.ErrTokenLife
	}
	t := store.Token{Person: v.person.ID, Name: label(r.PostFormValue("name"), ""), Expires: a.Now().Add(time.Duration(days) * 24 * time.Hour)}
	if t.Name == "" {
		return refuse(http.StatusUnprocessableEntity, "Say what the token is for, so that it can be told apart later.")
	}
	for _, s := range r.PostForm["scope"] {
		what := people.Permission(s)
		if !v.person.May(what) {
			return refuse(http.StatusForbidden, "A token cannot do more than you may do yourself.")
		}
		t.Scope = append(t.Scope, what)
	}
	secret, t, err := a.Store.NewToken(r.Context(), t, a.Now())
	if err != nil {
		return err
	}
	detail := t.ID + " " + t.Name + ": " + scopeWords(t.Scope) + " until " + t.Expires.Format(time.DateOnly)
	if err := a.audit(r.Context(), actor(v.person, r), "token_made", v.person.ID, detail); err != nil {
		return err
	}
	return a.accountForm(w, r, http.StatusOK, "", secret)
}

// revokeToken ends one of the person's own tokens.
func (a *Auth) revokeToken(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	return a.revoke(w, r, v.person, v.person.ID, "/account")
}

// revokeAnyToken ends anybody's token.
func (a *Auth) revokeAnyToken(w http.ResponseWriter, r *http.Request) error {
	return a.revoke(w, r, people.FromContext(r.Context()).Person, "", "/settings/tokens")
}

func (a *Auth) revoke(w http.ResponseWriter, r *http.Request, by people.Person, owner, next string) error {
	id := r.PostFormValue("id")
	if err := a.Store.RevokeToken(r.Context(), owner, id, a.Now()); err != nil {
		return err
	}
	if err := a.audit(r.Context(), actor(by, r), "token_revoked", owner, id); err != nil {
		return err
	}
	see(w, r, next)
	return nil
}

// tokensPage is the data of auth_tokens.
type tokensPage struct {
	Tokens []store.Token
	Names  map[string]string // of persons by ID
	Now    time.Time
}

// listTokens shows the tokens of everybody.
func (a *Auth) listTokens(w http.ResponseWriter, r *http.Request) error {
	tokens, err := a.Store.Tokens(r.Context(), "")
	if err != nil {
		return err
	}
	all, err := a.Store.Persons(r.Context())
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, p := range all {
		names[p.ID] = p.Name
	}
	a.page(w, r, http.StatusOK, "auth_tokens", "API tokens", tokensPage{tokens, names, a.Now()})
	return nil
}
