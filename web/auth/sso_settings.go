package auth

import (
	"net/http"
	"net/url"
	"strings"

	"ward/people"
)

// ssoPage is the data of auth_sso.
type ssoPage struct {
	SSO                people.SSO
	Roles, Departments string // "group = role", one a line
	Return             string // address to enter at the provider
	Problem            string
}

func (a *Auth) showSSOSettings(w http.ResponseWriter, r *http.Request) error {
	s, err := a.ssoSettings(r.Context())
	if err != nil {
		return err
	}
	var roles, departments strings.Builder
	for _, m := range s.Roles {
		roles.WriteString(m.Value + " = " + string(m.Role) + "\n")
	}
	for _, m := range s.Departments {
		departments.WriteString(m.Value + " = " + m.Department + "\n")
	}
	a.ssoForm(w, r, http.StatusOK, ssoPage{SSO: s, Roles: roles.String(), Departments: departments.String()})
	return nil
}

func (a *Auth) ssoForm(w http.ResponseWriter, r *http.Request, status int, p ssoPage) {
	p.Return = a.Base.JoinPath("/sign-in/sso/return").String()
	a.page(w, r, status, "auth_sso", "Single sign-on", p)
}

// setSSOSettings stores the settings. An empty secret leaves the one that is
// there.
func (a *Auth) setSSOSettings(w http.ResponseWriter, r *http.Request) error {
	form := ssoPage{Roles: r.PostFormValue("roles"), Departments: r.PostFormValue("departments")}
	s := people.SSO{
		Issuer: strings.TrimSpace(r.PostFormValue("issuer")), ClientID: label(r.PostFormValue("client_id"), ""),
		Claim: label(r.PostFormValue("claim"), ""), Strict: r.PostFormValue("strict") != "",
	}
	form.SSO = s
	var problem string
	if s.Roles, s.Departments, problem = mappings(form.Roles, form.Departments); problem == "" {
		problem = issuerProblem(s)
	}
	if problem != "" {
		form.Problem = problem
		a.ssoForm(w, r, http.StatusUnprocessableEntity, form)
		return nil
	}
	if err := a.Store.SetSetting(r.Context(), ssoSetting, s, a.by(r)); err != nil {
		return err
	}
	if secret := r.PostFormValue("secret"); secret != "" {
		if err := a.Store.SetSecret(r.Context(), ssoSecret, []byte(secret), a.by(r)); err != nil {
			return err
		}
	}
	see(w, r, "/settings/sign-in")
	return nil
}

// issuerProblem refuses an issuer that is not https beyond this machine: its
// keys decide who comes in.
func issuerProblem(s people.SSO) string {
	if s.Issuer == "" {
		return ""
	}
	u, err := url.Parse(s.Issuer)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return "Give the address of the provider as https://..."
	}
	if s.ClientID == "" {
		return "Give the client ID that the provider made for Ward."
	}
	return ""
}

// mappings reads lines "group = role" and "group = department".
func mappings(roles, departments string) (rs []people.SSORole, ds []people.SSODepart, problem string) {
	for line := range strings.Lines(roles) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		at := strings.LastIndexByte(line, '=')
		if at < 0 || !people.Role(strings.TrimSpace(line[at+1:])).Valid() {
			return nil, nil, "A line of roles reads: group = role. Roles are viewer, biomed, analyst, approver, procurement, administrator."
		}
		rs = append(rs, people.SSORole{Value: strings.TrimSpace(line[:at]), Role: people.Role(strings.TrimSpace(line[at+1:]))})
	}
	for line := range strings.Lines(departments) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		group, department, ok := strings.Cut(line, "=")
		if group, department = strings.TrimSpace(group), label(department, ""); !ok || group == "" || department == "" {
			return nil, nil, "A line of departments reads: group = department, or group = * for all."
		}
		ds = append(ds, people.SSODepart{Value: group, Department: department})
	}
	return rs, ds, ""
}
