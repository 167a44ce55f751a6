package auth

import (
	"context"
	"errors"
	"net/http"
	"net/mail"
	"net/url"
	"slices"
	"time"

	"ward/people"
	"ward/store"
)

// FirstRunLink gives the one-time link with which the first administrator is
// made, for the terminal; empty when there is an administrator already.
func FirstRunLink(ctx context.Context, s *store.Store, base *url.URL, now time.Time) (string, error) {
	if has, err := hasAdministrator(ctx, s); err != nil || has {
		return "", err
	}
	secret, _, err := s.NewLink(ctx, store.LinkFirst, "", now)
	return base.JoinPath("/welcome", secret).String(), err
}

// RecoveryLink gives a one-time link with which the person with the address
// starts anew: password, second factors, sessions and tokens are taken away when
// it is used. For the terminal of who lost everything; store.ErrNotFound.
func RecoveryLink(ctx context.Context, s *store.Store, base *url.URL, email string, now time.Time, by store.Actor) (string, error) {
	p, err := s.PersonByEmail(ctx, email)
	if err != nil {
		return "", err
	}
	secret, _, err := s.NewLink(ctx, store.LinkRecovery, p.ID, now)
	if err != nil {
		return "", err
	}
	return base.JoinPath("/join", secret).String(), s.Audit(ctx, by, "person.recovery_link", "person:"+p.ID, "")
}

// SignInLink gives a one-time link that signs a person in without anything
// else. It is for `ward demo` on localhost only.
func SignInLink(ctx context.Context, s *store.Store, base *url.URL, person string, now time.Time) (string, error) {
	if !loopback(base.Hostname()) {
		return "", errors.New("auth: a sign-in link is for localhost only")
	}
	secret, _, err := s.NewLink(ctx, store.LinkSignIn, person, now)
	return base.JoinPath("/join", secret).String(), err
}

func hasAdministrator(ctx context.Context, s *store.Store) (bool, error) {
	all, err := s.Persons(ctx)
	return slices.ContainsFunc(all, func(p people.Person) bool {
		return !p.Disabled && slices.Contains(p.Roles, people.Administrator)
	}), err
}

// welcomePage is the data of auth_welcome and auth_join.
type welcomePage struct {
	Secret, Name, Email, Problem string
	Recovery                     bool
}

var errLink = refuse(http.StatusNotFound, "This link was used already or is too old. Ask for a new one; for the first start run Ward again: it prints one.")

// link looks at the link of the request.
func (a *Auth) link(r *http.Request, kinds ...store.LinkKind) (store.Link, error) {
	if err := a.allow(r); err != nil {
		return store.Link{}, err
	}
	l, err := a.Store.LinkOf(r.Context(), r.PathValue("secret"), a.Now())
	if errors.Is(err, store.ErrNotFound) || err == nil && !slices.Contains(kinds, l.Kind) {
		return l, errLink
	}
	return l, err
}

func (a *Auth) showWelcome(w http.ResponseWriter, r *http.Request) error {
	if _, err := a.link(r, store.LinkFirst); err != nil {
		return err
	}
	a.page(w, r, http.StatusOK, "auth_welcome", "Welcome to Ward", welcomePage{Secret: r.PathValue("secret")})
	return nil
}

// welcome makes the first administrator.
func (a *Auth) welcome(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if _, err := a.link(r, store.LinkFirst); err != nil {
		return err
	}
	form := welcomePage{Secret: r.PathValue("secret"), Name: label(r.PostFormValue("name"), ""), Email: r.PostFormValue("email")}
	password := r.PostFormValue("password")
	if form.Problem = personProblem(form.Name, form.Email); form.Problem == "" {
		form.Problem = newPasswordProblem(r, form.Name, form.Email)
	}
	if form.Problem != "" {
		a.page(w, r, http.StatusUnprocessableEntity, "auth_welcome", "Welcome to Ward", form)
		return nil
	}
	if has, err := hasAdministrator(ctx, a.Store); err != nil {
		return err
	} else if has {
		return errLink
	}
	hash, err := a.hasher.Hash(ctx, people.NormalPassword(password))
	if err != nil {
		return err
	}
	if _, err := a.Store.UseLink(ctx, form.Secret, a.Now()); errors.Is(err, store.ErrNotFound) {
		return errLink
	} else if err != nil {
		return err
	}
	p, err := a.Store.AddPerson(ctx, people.Person{Name: form.Name, Email: form.Email, Roles: []people.Role{people.Administrator}, Created: a.Now()})
	if err != nil {
		return err
	}
	if err := a.Store.SetPassword(ctx, p.ID, hash); err != nil {
		return err
	}
	if err := a.audit(ctx, actor(p, r), "added", p.ID, "first administrator, by the link in the terminal"); err != nil {
		return err
	}
	return a.start(w, r, p, store.StageEnrol, "first-run link", "/")
}

// personProblem says what is wrong with a name or an e-mail address.
func personProblem(name, email string) string {
	if name == "" {
		return "Give a name: others see it beside your decisions."
	}
	if m, err := mail.ParseAddress(email); err != nil || m.Address != emailTrim(email) || len(email) > 200 {
		return "Give an e-mail address such as name@hospital.org."
	}
	return ""
}

// newPasswordProblem says what is wrong with the password in the form.
func newPasswordProblem(r *http.Request, own ...string) string {
	if r.PostFormValue("password") != r.PostFormValue("again") {
		return "The two passwords are not the same. Type them again."
	}
	return people.PasswordProblem(r.PostFormValue("password"), own...)
}
