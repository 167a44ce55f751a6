package auth

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"ward/people"
	"ward/store"
)

// visitors of the table: nobody, somebody with half a sign-in, each role, and an
// administrator's token.
func visitors(s *site) map[string]func(path string, method string) answer {
	s.Helper()
	all := map[string]func(string, string) answer{}
	browser := func(name string, c *httpClient) {
		all[name] = func(path, method string) answer {
			s.auth.attempts = people.NewLimiter(6000, 6000) // the table is no attack
			return s.send(c, method, path, nil)
		}
	}
	browser("nobody", s.browser())
	half := s.person("half@example.org", people.Administrator)
	c := s.browser()
	s.post(c, "/sign-in", "email", half.Email, "password", goodPassword)
	browser("enrol", c)
	for _, role := range people.Roles {
		browser(string(role), s.inside(s.person(string(role)+"@example.org", role)))
	}
	admin := s.person("tokens@example.org", people.Administrator)
	secret, _, err := s.store.NewToken(s.Context(), store.Token{Person: admin.ID, Name: "x", Scope: people.Permissions, Expires: s.clock.Now().Add(time.Hour)}, s.clock.Now())
	if err != nil {
		s.Fatal(err)
	}
	all["token"] = func(path, method string) answer {
		return s.send(s.browser(), method, path, nil, "Authorization", "Bearer "+secret)
	}
	return all
}

// Every route of this package as every kind of visitor: let in or turned away.
func TestRoutesByRole(t *testing.T) {
	s := newSite(t)
	all := visitors(s)
	for _, route := range Routes() {
		if route.Pattern == "/sign-out" {
			continue // has a test of its own: it would end the sessions of this one
		}
		for name, send := range all {
			path := strings.NewReplacer("{id}", "no-such-person", "{secret}", "no-such-link").Replace(route.Pattern)
			a := send(path, route.Method)
			in := !turnedAway(a)
			if want := mayEnter(route, name); in != want {
				t.Errorf("%s %s as %s: %d %s %s, want in %v", route.Method, path, name, a.status, a.location, a.body, want)
			}
		}
	}
}

func mayEnter(r Route, name string) bool {
	switch r.Access {
	case Public:
		return true
	case Begun:
		return name != "nobody" && name != "token"
	case SignedIn:
		return name != "nobody" && name != "token" && name != "enrol"
	}
	return name == string(people.Administrator) || name == "token" // both permissions of this package are theirs alone
}

// turnedAway tells whether the guard answered.
func turnedAway(a answer) bool {
	switch a.status {
	case http.StatusUnauthorized:
		return strings.Contains(a.body, "valid API token")
	case http.StatusForbidden:
		return strings.Contains(a.body, "do not allow this") || strings.Contains(a.body, "An API token cannot")
	case http.StatusSeeOther:
		return strings.HasPrefix(a.location, "/sign-in") && a.location != "/sign-in/second" || a.location == "/account/second"
	}
	return false
}

// Every line of the table says who may use it.
func TestRoutesTable(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Routes() {
		if seen[r.Method+r.Pattern] || r.serve == nil {
			t.Error("twice, or without a handler:", r.Method, r.Pattern)
		}
		seen[r.Method+r.Pattern] = true
		if (r.Access == Permitted) != r.Permission.Valid() {
			t.Error("no permission:", r.Method, r.Pattern)
		}
		want := map[string]people.Permission{"people": people.ManagePeople, "settings": people.ManageSite, "account": "", "sign-in": "", "sign-out": "", "welcome": "", "join": ""}
		first, _, _ := strings.Cut(r.Pattern[1:], "/")
		if p, known := want[first]; !known || p != r.Permission || first == "account" && r.Access != Begun && r.Access != SignedIn {
			t.Error("not as this test has it:", r.Method, r.Pattern, r.Access, r.Permission)
		}
	}
}

// A page of another site cannot do anything in the name of a person.
func TestCrossOrigin(t *testing.T) {
	s := newSite(t)
	c := s.inside(s.person("admin@example.org", people.Administrator))
	for _, route := range Routes() {
		if route.Method != "POST" {
			continue
		}
		path := strings.NewReplacer("{id}", "x", "{secret}", "x").Replace(route.Pattern)
		for _, header := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}} {
			if a := s.send(c, "POST", path, nil, header[0], header[1]); a.status != http.StatusForbidden || !strings.Contains(a.body, "cross-origin") {
				t.Errorf("%s with %v: %d %s", path, header, a.status, a.body)
			}
		}
	}
	s.want(s.get(c, "/"), 200, "") // still signed in
}
