package auth

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"ward/people"
	"ward/store"
)

// peoplePage is the data of auth_people.
type peoplePage struct {
	People []people.Person
	Roles  []people.Role
}

func (a *Auth) listPeople(w http.ResponseWriter, r *http.Request) error {
	all, err := a.Store.Persons(r.Context())
	if err != nil {
		return err
	}
	a.page(w, r, http.StatusOK, "auth_people", "People", peoplePage{all, people.Roles})
	return nil
}

// linkPage is the data of auth_link: a link to hand over, shown once.
type linkPage struct {
	Person   people.Person
	Link     string
	Expires  time.Time
	Recovery bool
}

// invite adds a person and shows the one-time link to hand over.
func (a *Auth) invite(w http.ResponseWriter, r *http.Request) error {
	p := people.Person{Name: label(r.PostFormValue("name"), ""), Email: emailTrim(r.PostFormValue("email")), Created: a.Now()}
	if problem := personProblem(p.Name, p.Email); problem != "" {
		return refuse(http.StatusUnprocessableEntity, problem)
	}
	var err error
	if p.Roles, p.Departments, err = rolesOf(r); err != nil {
		return err
	}
	if p, err = a.Store.AddPerson(r.Context(), p); err != nil {
		return err
	}
	detail := "roles " + roleWords(p.Roles) + ", departments " + departmentWords(p.Departments)
	if err := a.audit(r.Context(), a.by(r), "invited", p.ID, detail); err != nil {
		return err
	}
	return a.handOver(w, r, p, store.LinkInvite)
}

// by is who does something to others: a session or a token.
func (a *Auth) by(r *http.Request) store.Actor {
	return actor(people.FromContext(r.Context()).Person, r)
}

// handOver makes a link and shows it.
func (a *Auth) handOver(w http.ResponseWriter, r *http.Request, p people.Person, kind store.LinkKind) error {
	secret, l, err := a.Store.NewLink(r.Context(), kind, p.ID, a.Now())
	if err != nil {
		return err
	}
	a.page(w, r, http.StatusOK, "auth_link", "One-time link",
		linkPage{p, a.Base.JoinPath("/join", secret).String(), l.Expires, kind == store.LinkRecovery})
	return nil
}

// rolesOf reads roles and departments of a form. Departments stand one a line.
func rolesOf(r *http.Request) (roles []people.Role, departments []string, err error) {
	if err := r.ParseForm(); err != nil {
		return nil, nil, refuse(http.StatusBadRequest, "The form could not be read. Load the page again.")
	}
	for _, role := range people.Roles { // in the order of the table, each once
		if slices.Contains(r.PostForm["role"], string(role)) {
			roles = append(roles, role)
		}
	}
	if len(roles) == 0 || len(roles) != len(r.PostForm["role"]) {
		return nil, nil, refuse(http.StatusUnprocessableEntity, "Choose at least one role from the list.")
	}
	for _, d := range strings.Split(r.PostFormValue("departments"), "\n") {
		if d = label(d, ""); d != "" && !slices.Contains(departments, d) {
			departments = append(departments, d)
		}
	}
	return roles, departments, nil
}

// personPage is the data of auth_person.
type personPage struct {
	Person      people.Person
	Roles       []people.Role
	Departments string // one a line
	Sessions    []store.Login
	Tokens      []store.Token
	Now         time.Time
	Self        bool
}

func (a *Auth) showPerson(w http.ResponseWriter, r *http.Request) error {
	p, err := a.Store.Person(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	logins, err1 := a.Store.Logins(r.Context(), p.ID, a.Now())
	tokens, err2 := a.Store.Tokens(r.Context(), p.ID)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	a.page(w, r, http.StatusOK, "auth_person", p.Name, personPage{p, people.Roles, strings.Join(p.Departments, "\n"),
		logins, tokens, a.Now(), p.ID == people.FromContext(r.Context()).Person.ID})
	return nil
}

// setPerson sets name, address, roles and departments. Who loses or gains a role
// does so with the next click: roles are read at each request.
func (a *Auth) setPerson(w http.ResponseWriter, r *http.Request) error {
	before, err := a.Store.Person(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	after := before
	after.Name, after.Email = label(r.PostFormValue("name"), ""), emailTrim(r.PostFormValue("email"))
	if problem := personProblem(after.Name, after.Email); problem != "" {
		return refuse(http.StatusUnprocessableEntity, problem)
	}
	if after.Roles, after.Departments, err = rolesOf(r); err != nil {
		return err
	}
	if err := a.Store.SetPerson(r.Context(), after); err != nil {
		return err
	}
	if after.NeedsSecondFactor() && !before.NeedsSecondFactor() && !after.HasSecondFactor() && after.OIDC == "" {
		// The new role counts only with a second factor: the next sign-in asks for it.
		if err := a.Store.EndLogins(r.Context(), after.ID, ""); err != nil {
			return err
		}
	}
	if before.Name != after.Name || before.Email != after.Email {
		if err := a.audit(r.Context(), a.by(r), "changed", after.ID, "name or e-mail address"); err != nil {
			return err
		}
	}
	if err := a.auditRoles(r.Context(), a.by(r), before, after, ""); err != nil {
		return err
	}
	see(w, r, "/people/"+after.ID)
	return nil
}

func (a *Auth) disablePerson(w http.ResponseWriter, r *http.Request) error {
	return a.setDisabled(w, r, true, "disabled")
}

func (a *Auth) enablePerson(w http.ResponseWriter, r *http.Request) error {
	return a.setDisabled(w, r, false, "enabled")
}

func (a *Auth) setDisabled(w http.ResponseWriter, r *http.Request, disabled bool, verb string) error {
	p, err := a.Store.Person(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	p.Disabled = disabled
	if err := a.Store.SetPerson(r.Context(), p); err != nil {
		return err
	}
	if err := a.audit(r.Context(), a.by(r), verb, p.ID, ""); err != nil {
		return err
	}
	see(w, r, "/people/"+p.ID)
	return nil
}

// linkPerson makes a new link for somebody: another invitation for who has no
// way in yet, else a recovery.
func (a *Auth) linkPerson(w http.ResponseWriter, r *http.Request) error {
	p, err := a.Store.Person(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if p.Disabled {
		return refuse(http.StatusConflict, "This person is switched off. Switch the account on first.")
	}
	kind := store.LinkRecovery
	if !p.Password && p.Passkeys == 0 {
		kind = store.LinkInvite
	}
	if err := a.audit(r.Context(), a.by(r), string(kind)+"_link", p.ID, ""); err != nil {
		return err
	}
	return a.handOver(w, r, p, kind)
}

// signOutPerson ends all sessions of somebody.
func (a *Auth) signOutPerson(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := a.Store.EndLogins(r.Context(), id, ""); err != nil {
		return err
	}
	if err := a.audit(r.Context(), a.by(r), "session_ended", id, "all"); err != nil {
		return err
	}
	see(w, r, "/people/"+id)
	return nil
}
