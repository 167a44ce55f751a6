package people

import (
	"slices"
	"strings"
	"testing"

	"ward/asset/device"
	"ward/vuln/risk"
)

// The whole table of roles and permissions, so that a change is seen.
func TestMay(t *testing.T) {
	want := map[Role]string{
		Viewer:        "see",
		Procurement:   "see",
		Biomed:        "see do_work label_device upload",
		Analyst:       "see do_work label_device upload decide manage_feeds see_audit",
		Approver:      "see do_work decide approve see_audit",
		Administrator: "see do_work label_device upload decide manage_feeds see_audit manage_people manage_site",
	}
	for _, role := range Roles {
		p := Person{Roles: []Role{role}}
		var got []string
		for _, what := range p.Allowed() {
			got = append(got, string(what))
		}
		if strings.Join(got, " ") != want[role] {
			t.Errorf("%s may %v, want %s", role, got, want[role])
		}
		p.Disabled = true
		if p.Allowed() != nil {
			t.Error("a disabled", role, "may", p.Allowed())
		}
		if got := (&Person{Roles: []Role{role}}).NeedsSecondFactor(); got != (role == Administrator || role == Approver) {
			t.Errorf("%s needs a second factor: %v", role, got)
		}
	}
}

func TestWhoMay(t *testing.T) {
	admin := Person{Roles: []Role{Administrator}}
	viewer := Person{Roles: []Role{Viewer}}
	for _, c := range []struct {
		who  *Who
		what Permission
		may  bool
	}{
		{nil, See, false},
		{&Who{Person: admin}, ManageSite, true},
		{&Who{Person: admin, Only: []Permission{See}}, ManageSite, false},
		{&Who{Person: admin, Only: []Permission{See}}, See, true},
		{&Who{Person: admin, Only: []Permission{}}, See, false}, // a token without scope
		{&Who{Person: viewer, Only: []Permission{ManageSite}}, ManageSite, false},
	} {
		if got := c.who.May(c.what); got != c.may {
			t.Errorf("%+v %s: %v", c.who, c.what, got)
		}
	}
}

func TestNeedsSecond(t *testing.T) {
	for _, c := range []struct {
		tier  device.TierName
		band  risk.Band
		needs bool
	}{{device.T0, risk.Track, true}, {device.T1, risk.Track, true}, {device.T2, risk.Track, false}, {device.T4, risk.ActNow, true}} {
		if why := NeedsSecond(c.tier, c.band); (why != "") != c.needs {
			t.Errorf("%s %s: %q", c.tier, c.band, why)
		}
	}
}

func TestSecrets(t *testing.T) {
	a, b := NewSecret(), NewSecret()
	if a == b || len(a) != 43 {
		t.Error(a, b)
	}
	codes := NewRecoveryCodes()
	slices.Sort(codes)
	if len(slices.Compact(codes)) != RecoveryCodes || len(codes[0]) != 19 {
		t.Error(codes)
	}
	if RecoveryHash(codes[0]) != RecoveryHash(" "+strings.ToUpper(strings.ReplaceAll(codes[0], "-", " "))) {
		t.Error("how a code is typed matters")
	}
}

func TestSSOMap(t *testing.T) {
	s := SSO{Roles: []SSORole{{"g-admin", Administrator}, {"g-bio", Biomed}, {"g-bio2", Biomed}, {"bad", "emperor"}}}
	d := SSO{Departments: []SSODepart{{"icu", "ICU"}, {"all", AllDepartments}}}
	strict := s
	strict.Strict = true
	old := Person{Roles: []Role{Analyst}, Departments: []string{"Lab"}}
	for _, c := range []struct {
		name        string
		sso         SSO
		values      []string
		keep        Person
		roles       []Role
		departments []string
		refused     bool
	}{
		{"mapped once", s, []string{"g-bio", "g-bio2", "x"}, old, []Role{Biomed}, []string{"Lab"}, false},
		{"left the group", s, []string{"x"}, old, []Role{Viewer}, []string{"Lab"}, false},
		{"strict", strict, []string{"x"}, old, nil, nil, true},
		{"unknown role", s, []string{"bad"}, Person{}, []Role{Viewer}, nil, false},
		{"nothing mapped keeps", SSO{}, nil, old, []Role{Analyst}, []string{"Lab"}, false},
		{"new and nothing mapped", SSO{}, nil, Person{}, []Role{Viewer}, nil, false},
		{"department", d, []string{"icu"}, old, []Role{Analyst}, []string{"ICU"}, false},
		{"every department", d, []string{"icu", "all"}, old, []Role{Analyst}, nil, false},
		{"no department is not all", d, []string{"x"}, old, nil, nil, true},
	} {
		roles, departments, why := c.sso.Map(c.values, c.keep)
		if (why != "") != c.refused || !slices.Equal(roles, c.roles) || !slices.Equal(departments, c.departments) {
			t.Errorf("%s: %v %v %q", c.name, roles, departments, why)
		}
	}
}
