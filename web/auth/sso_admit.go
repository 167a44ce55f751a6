package auth

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"ward/people"
	"ward/store"
)

// admit gives the person behind the claims: the one with the subject, else the
// one with the verified e-mail address, else a new one. Where the settings map
// groups, the provider's word on roles and departments counts each time.
func (a *Auth) admit(r *http.Request, settings people.SSO, c ssoClaims) (people.Person, error) {
	ctx := r.Context()
	p, known, err := a.find(ctx, c)
	if err != nil {
		return p, err
	}
	if p.Disabled {
		return p, refuse(http.StatusForbidden, "Your account in Ward is switched off. Ask an administrator.")
	}
	roles, departments, why := settings.Map(c.groups, p)
	if why != "" {
		if err := a.audit(ctx, store.Actor{ID: "nobody", From: from(r)}, "sign_in_failed", p.ID, "single sign-on: "+why); err != nil {
			return p, err
		}
		return p, refuse(http.StatusForbidden, "You may not use Ward: "+why+". Ask an administrator.")
	}
	if !known {
		return a.newcomer(ctx, c, roles, departments)
	}
	before := p
	p.OIDC, p.Roles, p.Departments = c.Subject, roles, departments
	err = a.Store.SetPerson(ctx, p)
	if errors.Is(err, store.ErrLastAdministrator) { // somebody must be left who can set this right
		p.Roles = before.Roles
		err = a.Store.SetPerson(ctx, p)
	}
	if err != nil {
		return p, err
	}
	return p, a.auditRoles(ctx, store.Ward, before, p, "by single sign-on")
}

// find looks for the person. An address alone is believed only where the
// provider verified it and no other subject has the account.
func (a *Auth) find(ctx context.Context, c ssoClaims) (p people.Person, known bool, err error) {
	p, err = a.Store.PersonByOIDC(ctx, c.Subject)
	if err == nil || !errors.Is(err, store.ErrNotFound) {
		return p, err == nil, err
	}
	if c.Email == "" || !c.Verified {
		return p, false, refuse(http.StatusForbidden, "The single sign-on provider gives no verified e-mail address. Ask who runs it, or sign in with your password.")
	}
	p, err = a.Store.PersonByEmail(ctx, c.Email)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return people.Person{}, false, nil
	case err == nil && p.OIDC != "":
		return p, false, refuse(http.StatusForbidden, "Your e-mail address belongs to another account of the single sign-on provider. Ask an administrator.")
	}
	return p, err == nil, err
}

func (a *Auth) newcomer(ctx context.Context, c ssoClaims, roles []people.Role, departments []string) (people.Person, error) {
	name := label(c.Name, label(c.Username, c.Email))
	p, err := a.Store.AddPerson(ctx, people.Person{Name: name, Email: c.Email, Roles: roles, Departments: departments, OIDC: c.Subject, Created: a.Now()})
	if err != nil {
		return p, err
	}
	return p, a.audit(ctx, store.Ward, "added", p.ID, "by single sign-on, roles "+roleWords(roles))
}

// auditRoles writes down who got which roles and departments, if that changed.
func (a *Auth) auditRoles(ctx context.Context, by store.Actor, before, after people.Person, how string) error {
	if slices.Equal(before.Roles, after.Roles) && slices.Equal(before.Departments, after.Departments) {
		return nil
	}
	return a.audit(ctx, by, "role_changed", after.ID, "from "+roleWords(before.Roles)+" "+departmentWords(before.Departments)+
		" to "+roleWords(after.Roles)+" "+departmentWords(after.Departments)+" "+how)
}
