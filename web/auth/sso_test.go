package auth

import (
	"bytes"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oauth2-proxy/mockoidc"

	"ward/people"
	"ward/store"
)

// newProvider runs an OpenID Connect provider and points Ward at it.
func newProvider(s *site, settings people.SSO) *mockoidc.MockOIDC {
	s.Helper()
	m, err := mockoidc.Run()
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { m.Shutdown() })
	settings.Issuer, settings.ClientID = m.Issuer(), m.ClientID
	err = errors.Join(s.store.SetSetting(s.Context(), ssoSetting, settings, store.Ward),
		s.store.SetSecret(s.Context(), ssoSecret, []byte(m.ClientSecret), store.Ward))
	if err != nil {
		s.Fatal(err)
	}
	return m
}

// through follows the way to the provider and back, up to Ward's last answer.
func (s *site) through(c *httpClient, m *mockoidc.MockOIDC, u *mockoidc.MockUser) answer {
	s.Helper()
	m.QueueUser(u)
	back := s.toProvider(c, "/devices")
	return s.get(c, strings.TrimPrefix(back, s.url))
}

// toProvider goes to the provider and gives the address it sends back to.
func (s *site) toProvider(c *httpClient, next string) string {
	s.Helper()
	a := s.get(c, "/sign-in/sso?next="+url.QueryEscape(next))
	if a.status != 303 {
		s.Fatal(a)
	}
	u, err := url.Parse(a.location)
	if err != nil {
		s.Fatal(err)
	}
	q := u.Query()
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		if len(q.Get(name)) < 43 {
			s.Errorf("%s is %q", name, q.Get(name))
		}
	}
	if q.Get("code_challenge_method") != "S256" || q.Get("redirect_uri") != s.url+"/sign-in/sso/return" {
		s.Error(a.location)
	}
	w, err := c.Get(a.location)
	if err != nil {
		s.Fatal(err)
	}
	w.Body.Close()
	return w.Header.Get("Location")
}

func user(sub, email string, groups ...string) *mockoidc.MockUser {
	return &mockoidc.MockUser{Subject: sub, Email: email, EmailVerified: true, PreferredUsername: "user " + sub, Groups: groups}
}

func TestSSO(t *testing.T) {
	s := newSite(t)
	m := newProvider(s, people.SSO{Roles: []people.SSORole{{Value: "biomeds", Role: people.Biomed}, {Value: "boss", Role: people.Administrator}}})
	c := s.browser()
	s.want(s.through(c, m, user("1", "anna@example.org", "biomeds")), 303, "/devices")
	if a := s.get(c, "/"); a.body != "home of anna@example.org" {
		t.Error(a)
	}
	p, err := s.store.PersonByEmail(t.Context(), "anna@example.org")
	if err != nil || !slices.Equal(p.Roles, []people.Role{people.Biomed}) || p.OIDC != m.Issuer()+" 1" || p.Name != "user 1" {
		t.Errorf("%+v %v", p, err)
	}
	// The provider's word counts each time, the subject stays when the address changes.
	s.want(s.through(s.browser(), m, user("1", "anna.new@example.org")), 303, "/devices")
	q, err := s.store.PersonByOIDC(t.Context(), p.OIDC)
	if err != nil || q.ID != p.ID || !slices.Equal(q.Roles, []people.Role{people.Viewer}) {
		t.Errorf("%+v %v", q, err)
	}
	if s.audited("role_changed") != 1 || s.audited("added") != 1 || s.audited("sign_in") != 2 {
		t.Error("not audited")
	}
}

func TestSSOLinksAndRefuses(t *testing.T) {
	s := newSite(t)
	m := newProvider(s, people.SSO{})
	admin := s.person("admin@example.org", people.Administrator)
	off := s.person("off@example.org", people.Viewer)
	off.Disabled = true
	if err := s.store.SetPerson(t.Context(), off); err != nil {
		t.Fatal(err)
	}
	unverified := user("2", "admin@example.org")
	unverified.EmailVerified = false
	s.want(s.through(s.browser(), m, unverified), 403, "")
	s.want(s.through(s.browser(), m, user("3", "off@example.org")), 403, "")
	s.want(s.through(s.browser(), m, user("4", "Admin@example.org")), 303, "/devices")
	s.want(s.through(s.browser(), m, user("5", "admin@example.org")), 403, "")
	p, err := s.store.Person(t.Context(), admin.ID)
	if err != nil || p.OIDC != m.Issuer()+" 4" || !slices.Equal(p.Roles, []people.Role{people.Administrator}) {
		t.Errorf("%+v %v", p, err)
	}
	// A mapping that would demote the last administrator leaves the role.
	s.setSSO(people.SSO{Issuer: m.Issuer(), ClientID: m.ClientID, Roles: []people.SSORole{{Value: "x", Role: people.Biomed}}})
	s.want(s.through(s.browser(), m, user("4", "admin@example.org", "x")), 303, "/devices")
	if p, _ = s.store.Person(t.Context(), admin.ID); !slices.Equal(p.Roles, []people.Role{people.Administrator}) {
		t.Error(p.Roles)
	}
	s.setSSO(people.SSO{Issuer: m.Issuer(), ClientID: m.ClientID, Strict: true, Roles: []people.SSORole{{Value: "x", Role: people.Biomed}}})
	s.want(s.through(s.browser(), m, user("6", "new@example.org", "y")), 403, "")
	if _, err := s.store.PersonByEmail(t.Context(), "new@example.org"); !errors.Is(err, store.ErrNotFound) {
		t.Error("refused, yet added:", err)
	}
}

func (s *site) setSSO(v people.SSO) {
	s.Helper()
	if err := s.store.SetSetting(s.Context(), ssoSetting, v, store.Ward); err != nil {
		s.Fatal(err)
	}
}

// What an attacker may send back.
func TestSSOForged(t *testing.T) {
	s := newSite(t)
	m := newProvider(s, people.SSO{})
	path := func(back string) string { return strings.TrimPrefix(back, s.url) }

	c := s.browser()
	m.QueueUser(user("1", "a@example.org"))
	back := s.toProvider(c, "/")
	s.want(s.get(s.browser(), path(back)), 400, "") // somebody else's browser: no ceremony
	u, _ := url.Parse(back)
	q := u.Query()
	q.Set("state", people.NewSecret())
	u.RawQuery = q.Encode()
	s.want(s.get(c, path(u.String())), 401, "")
	s.want(s.get(c, path(back)), 400, "") // a ceremony is taken once

	// A code of another sign-in of the same provider: the nonce and PKCE differ.
	m.QueueUser(user("1", "a@example.org"))
	m.QueueUser(user("2", "victim@example.org"))
	mine, victim := s.browser(), s.browser()
	backMine, backVictim := s.toProvider(mine, "/"), s.toProvider(victim, "/")
	um, _ := url.Parse(backMine)
	uv, _ := url.Parse(backVictim)
	qm := um.Query()
	qm.Set("code", uv.Query().Get("code"))
	um.RawQuery = qm.Encode()
	s.want(s.get(mine, path(um.String())), 401, "")

	// The ID token of another sign-in, all else right.
	c = s.browser()
	m.QueueUser(user("1", "a@example.org"))
	back = s.toProvider(c, "/")
	s.auth.pending.mu.Lock()
	for key, one := range s.auth.pending.all {
		one.nonce = people.NewSecret()
		s.auth.pending.all[key] = one
	}
	s.auth.pending.mu.Unlock()
	s.want(s.get(c, path(back)), 401, "")

	// An ID token that another key signed.
	other, err := mockoidc.RandomKeypair(2048)
	if err != nil {
		t.Fatal(err)
	}
	right := m.Keypair
	c = s.browser()
	m.QueueUser(user("1", "a@example.org"))
	back = s.toProvider(c, "/")
	jwks, err := right.JWKS()
	if err != nil || !bytes.Contains(jwks, []byte("keys")) {
		t.Fatal(err)
	}
	s.want(s.through(s.browser(), m, user("9", "z@example.org")), 303, "/devices") // Ward knows the right key now
	other.Kid, err = right.KeyID()
	if err != nil {
		t.Fatal(err)
	}
	kid := other.Kid
	m.Keypair = &mockoidc.Keypair{PrivateKey: other.PrivateKey, PublicKey: right.PublicKey, Kid: kid}
	s.want(s.get(c, path(back)), 401, "")
	m.Keypair = right

	// One that is too old.
	c = s.browser()
	m.QueueUser(user("1", "a@example.org"))
	back = s.toProvider(c, "/")
	m.FastForward(-2 * time.Hour)
	a := s.get(c, path(back))
	m.FastForward(2 * time.Hour)
	if a.status != 401 {
		t.Error("an old ID token:", a.status, a.location)
	}
	if _, err := s.store.PersonByEmail(t.Context(), "a@example.org"); !errors.Is(err, store.ErrNotFound) {
		t.Error("a forged answer added somebody:", err)
	}
}

func TestSSOProviderAway(t *testing.T) {
	s := newSite(t)
	s.want(s.get(s.browser(), "/sign-in/sso"), 404, "") // not set up
	s.setSSO(people.SSO{Issuer: "http://127.0.0.1:1/none", ClientID: "x"})
	s.want(s.get(s.browser(), "/sign-in/sso"), 502, "")
	s.want(s.get(s.browser(), "/sign-in"), 200, "") // the password still works
}

func TestSSOSettings(t *testing.T) {
	s := newSite(t)
	c := s.inside(s.person("admin@example.org", people.Administrator))
	for _, bad := range [][]string{{"issuer", "http://idp.example.org", "client_id", "w"}, {"issuer", "https://idp.example.org"},
		{"issuer", "https://u:p@idp.example.org", "client_id", "w"}, {"roles", "boss = emperor"}, {"departments", "icu"}} {
		s.want(s.post(c, "/settings/sign-in", bad...), 422, "")
	}
	s.want(s.post(c, "/settings/sign-in", "issuer", "https://idp.example.org", "client_id", "ward", "secret", "s3cret",
		"roles", "cn=boss,dc=x = administrator\nbio = biomed\n", "departments", "icu = ICU\nall = *"), 303, "/settings/sign-in")
	a := s.get(c, "/settings/sign-in")
	var p ssoPage
	a.page(t, "auth_sso", &p)
	if p.SSO.Roles[0] != (people.SSORole{Value: "cn=boss,dc=x", Role: people.Administrator}) || p.SSO.Departments[1].Department != people.AllDepartments ||
		p.Roles != "cn=boss,dc=x = administrator\nbio = biomed\n" || p.Return != s.url+"/sign-in/sso/return" {
		t.Errorf("%+v", p)
	}
	if strings.Contains(a.body, "s3cret") {
		t.Error("the secret is shown")
	}
	if secret, err := s.store.Secret(t.Context(), ssoSecret); string(secret) != "s3cret" || err != nil {
		t.Error(secret, err)
	}
}
