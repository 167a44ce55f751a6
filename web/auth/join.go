package auth

import (
	"errors"
	"net/http"
	"strings"

	"ward/people"
	"ward/store"
)

func emailTrim(email string) string { return strings.TrimSpace(email) }

// showJoin is where an invitation or a recovery link leads. A link of the
// demonstration signs in at once.
func (a *Auth) showJoin(w http.ResponseWriter, r *http.Request) error {
	l, p, err := a.linked(r)
	if err != nil {
		return err
	}
	if l.Kind != store.LinkSignIn {
		a.page(w, r, http.StatusOK, "auth_join", "Welcome to Ward", welcomePage{r.PathValue("secret"), p.Name, p.Email, "", l.Kind == store.LinkRecovery})
		return nil
	}
	if !loopback(a.Base.Hostname()) {
		return errLink
	}
	if _, err := a.Store.UseLink(r.Context(), r.PathValue("secret"), a.Now()); errors.Is(err, store.ErrNotFound) {
		return errLink
	} else if err != nil {
		return err
	}
	return a.start(w, r, p, store.StageComplete, "link", "/")
}

// linked gives the link of the request and its person.
func (a *Auth) linked(r *http.Request) (store.Link, people.Person, error) {
	l, err := a.link(r, store.LinkInvite, store.LinkRecovery, store.LinkSignIn)
	if err != nil {
		return l, people.Person{}, err
	}
	p, err := a.Store.Person(r.Context(), l.Person)
	if errors.Is(err, store.ErrNotFound) || p.Disabled {
		return l, p, errLink
	}
	return l, p, err
}

// join sets the password. After a recovery everything the account had before is
// gone: whoever has it now starts anew.
func (a *Auth) join(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	l, p, err := a.linked(r)
	if err != nil {
		return err
	}
	if l.Kind == store.LinkSignIn {
		return errLink
	}
	if problem := newPasswordProblem(r, p.Name, p.Email); problem != "" {
		a.page(w, r, http.StatusUnprocessableEntity, "auth_join", "Welcome to Ward",
			welcomePage{r.PathValue("secret"), p.Name, p.Email, problem, l.Kind == store.LinkRecovery})
		return nil
	}
	hash, err := a.hasher.Hash(ctx, people.NormalPassword(r.PostFormValue("password")))
	if err != nil {
		return err
	}
	if _, err := a.Store.UseLink(ctx, r.PathValue("secret"), a.Now()); errors.Is(err, store.ErrNotFound) {
		return errLink
	} else if err != nil {
		return err
	}
	if err := a.Store.ForgetFactors(ctx, p.ID, a.Now()); err != nil {
		return err
	}
	if err := a.Store.SetPassword(ctx, p.ID, hash); err != nil {
		return err
	}
	if err := a.audit(ctx, actor(p, r), "password_changed", p.ID, "by the link of kind "+string(l.Kind)); err != nil {
		return err
	}
	if err := a.Store.ClearLoginFailures(ctx, accountSubject(p.Email)); err != nil {
		return err
	}
	stage := store.StageComplete
	if p.NeedsSecondFactor() {
		stage = store.StageEnrol
	}
	return a.start(w, r, p, stage, "link", "/")
}
