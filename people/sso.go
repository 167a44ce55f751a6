package people

import "slices"

// SSO is how persons sign in through the hospital's OpenID Connect provider.
type SSO struct {
	Issuer      string      `json:"issuer"` // address of the provider; empty: switched off
	ClientID    string      `json:"client_id"`
	Claim       string      `json:"claim"` // that holds the groups, "groups" by default
	Roles       []SSORole   `json:"roles,omitempty"`
	Departments []SSODepart `json:"departments,omitempty"`
	Strict      bool        `json:"strict,omitempty"` // without a mapped role nobody comes in; else as a viewer
}

// GroupsClaim is the claim that holds the groups.
func (s *SSO) GroupsClaim() string {
	if s.Claim == "" {
		return "groups"
	}
	return s.Claim
}

// SSORole maps a value of the claim to a role.
type SSORole struct {
	Value string `json:"value"`
	Role  Role   `json:"role"`
}

// SSODepart maps a value of the claim to a department that the person sees.
type SSODepart struct {
	Value      string `json:"value"`
	Department string `json:"department"`
}

// AllDepartments as the department of a mapping lets see every department.
const AllDepartments = "*"

// Map gives roles and departments of somebody with these claim values. Where
// the settings map nothing, what Ward knows already stays (keep). Where they do,
// the provider's word counts: who is in no mapped group is a viewer, or stays
// outside if the settings are strict; who is in no mapped department stays
// outside, since a person without departments would see all. why says so.
func (s *SSO) Map(values []string, keep Person) (roles []Role, departments []string, why string) {
	roles, departments = keep.Roles, keep.Departments
	if len(s.Roles) > 0 {
		roles = nil
		for _, m := range s.Roles {
			if slices.Contains(values, m.Value) && m.Role.Valid() && !slices.Contains(roles, m.Role) {
				roles = append(roles, m.Role)
			}
		}
	}
	if len(roles) == 0 {
		if s.Strict {
			return nil, nil, "none of your groups has a role in Ward"
		}
		roles = []Role{Viewer}
	}
	if len(s.Departments) == 0 {
		return roles, departments, ""
	}
	departments = nil
	for _, m := range s.Departments {
		if slices.Contains(values, m.Value) && !slices.Contains(departments, m.Department) {
			departments = append(departments, m.Department)
		}
	}
	switch {
	case len(departments) == 0:
		return nil, nil, "none of your groups has a department in Ward"
	case slices.Contains(departments, AllDepartments):
		departments = nil
	}
	return roles, departments, ""
}

// Valid tells whether the role exists.
func (r Role) Valid() bool { return slices.Contains(Roles, r) }

// Permissions lists all permissions.
var Permissions = []Permission{See, DoWork, LabelDevice, Upload, Decide, ApproveOther, ManageFeeds, SeeAudit, ManagePeople, ManageSite}

// Valid tells whether the permission exists.
func (p Permission) Valid() bool { return slices.Contains(Permissions, p) }

// Allowed lists what the person may do.
func (p *Person) Allowed() []Permission {
	var all []Permission
	for _, what := range Permissions {
		if p.May(what) {
			all = append(all, what)
		}
	}
	return all
}
