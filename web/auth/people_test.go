package auth

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"ward/people"
	"ward/store"
)

func (s *site) path(link string) string { return strings.TrimPrefix(link, s.url) }

func (s *site) firstRun() string {
	s.Helper()
	base, _ := url.Parse(s.url)
	link, err := FirstRunLink(s.Context(), s.store, base, s.clock.Now())
	if err != nil {
		s.Fatal(err)
	}
	return s.path(link)
}

func TestFirstRun(t *testing.T) {
	s := newSite(t)
	first := s.firstRun()
	link := s.firstRun()
	c := s.browser()
	s.want(s.get(c, first), 404, "") // a newer one was printed
	s.want(s.get(c, "/welcome/nothing"), 404, "")
	s.want(s.get(c, strings.Replace(link, "/welcome/", "/join/", 1)), 404, "")
	s.want(s.get(c, link), 200, "")
	good := []string{"name", "Anna Huber", "email", "anna@example.org", "password", goodPassword, "again", goodPassword}
	for i, bad := range []string{"", "no address", "short", "another password"} {
		form := append([]string{}, good...)
		form[2*i+1] = bad
		s.want(s.post(c, link, form...), 422, "")
	}
	s.want(s.post(c, link, good...), 303, "/account/second")
	s.want(s.get(c, "/"), 303, "/account/second")
	s.want(s.post(s.browser(), link, good...), 404, "")
	p, err := s.store.PersonByEmail(t.Context(), "anna@example.org")
	if err != nil || !p.May(people.ManagePeople) || p.Name != "Anna Huber" {
		t.Error(p, err)
	}
	if again := s.firstRun(); again != "" {
		t.Error("a first run after the first run:", again)
	}
	if s.audited("added") != 1 {
		t.Error("not audited")
	}
}

func TestFirstRunEnds(t *testing.T) {
	s := newSite(t)
	link := s.firstRun()
	s.clock.add(store.LinkShort)
	s.want(s.get(s.browser(), link), 404, "")
}

func TestInviteAndRecover(t *testing.T) {
	s := newSite(t)
	admin := s.inside(s.person("admin@example.org", people.Administrator))
	s.want(s.post(admin, "/people", "name", "Bert", "email", "bert@example.org"), 422, "") // no role
	s.want(s.post(admin, "/people", "name", "Bert", "email", "bert@example.org", "role", "emperor"), 422, "")
	s.want(s.post(admin, "/people", "name", "B", "email", "ADMIN@example.org", "role", "viewer"), 409, "")
	var shown linkPage
	s.post(admin, "/people", "name", "Bert\u0007", "email", "bert@example.org", "role", "biomed", "departments", "ICU\r\n\r\nLab\nICU").page(t, "auth_link", &shown)
	if shown.Recovery || shown.Person.Name != "Bert" || strings.Join(shown.Person.Departments, ",") != "ICU,Lab" {
		t.Errorf("%+v", shown)
	}
	c, link := s.browser(), s.path(shown.Link)
	s.want(s.get(c, link), 200, "")
	s.want(s.post(c, link, "password", "short", "again", "short"), 422, "")
	s.want(s.post(c, link, "password", goodPassword, "again", goodPassword), 303, "/")
	if a := s.get(c, "/"); a.body != "home of bert@example.org" {
		t.Error(a)
	}
	s.want(s.post(s.browser(), link, "password", goodPassword, "again", goodPassword), 404, "")

	s.post(admin, "/people/"+shown.Person.ID+"/link").page(t, "auth_link", &shown)
	if !shown.Recovery {
		t.Error("not a recovery")
	}
	s.want(s.get(c, "/"), 200, "") // until the link is used nothing changes
	fresh := s.browser()
	s.want(s.post(fresh, s.path(shown.Link), "password", "another tractor on the roof", "again", "another tractor on the roof"), 303, "/")
	s.want(s.get(c, "/"), 303, "/sign-in")
	s.want(s.post(s.browser(), "/sign-in", "email", "bert@example.org", "password", goodPassword), 401, "")
	if s.audited("invited") != 1 || s.audited("recovery_link") != 1 || s.audited("password_changed") != 2 {
		t.Error("not audited")
	}
}

func TestSignInLink(t *testing.T) {
	s := newSite(t)
	p := s.person("demo@example.org", people.Administrator)
	base, _ := url.Parse(s.url)
	link, err := SignInLink(t.Context(), s.store, base, p.ID, s.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	c := s.browser()
	s.want(s.get(c, s.path(link)), 303, "/")
	s.want(s.get(c, "/"), 200, "")
	s.want(s.get(s.browser(), s.path(link)), 404, "")
	far, _ := url.Parse("https://ward.example.org")
	if link, err := SignInLink(t.Context(), s.store, far, p.ID, s.clock.Now()); err == nil {
		t.Error("beyond localhost:", link)
	}
}

func TestSetPerson(t *testing.T) {
	s := newSite(t)
	admin := s.person("admin@example.org", people.Administrator)
	c, bert := s.inside(admin), s.person("bert@example.org", people.Viewer)
	his := s.inside(bert)
	form := func(p people.Person, role string) []string {
		return []string{"name", p.Name, "email", p.Email, "role", role, "departments", "ICU"}
	}
	s.want(s.post(c, "/people/"+bert.ID, form(bert, "biomed")...), 303, "/people/"+bert.ID)
	s.want(s.get(his, "/people"), 403, "")
	s.want(s.post(c, "/people/"+bert.ID, form(bert, "administrator")...), 303, "/people/"+bert.ID)
	s.want(s.get(his, "/people"), 303, "/sign-in?next=%2Fpeople") // the new role needs a second factor first
	s.want(s.post(c, "/people/"+bert.ID, form(bert, "viewer")...), 303, "/people/"+bert.ID)
	if n := s.audited("role_changed"); n != 3 {
		t.Error(n, "changes are audited")
	}
	s.want(s.post(c, "/people/"+admin.ID, form(admin, "viewer")...), 409, "")
	s.want(s.post(c, "/people/"+admin.ID+"/disable"), 409, "")
	s.want(s.post(c, "/people/nobody/disable"), 404, "")

	his = s.inside(bert)
	s.want(s.get(his, "/"), 200, "")
	s.want(s.post(c, "/people/"+bert.ID+"/sign-out"), 303, "/people/"+bert.ID)
	s.want(s.get(his, "/"), 303, "/sign-in")
	his = s.inside(bert)
	s.want(s.post(c, "/people/"+bert.ID+"/disable"), 303, "/people/"+bert.ID)
	s.want(s.get(his, "/"), 303, "/sign-in")
	s.want(s.post(s.browser(), "/sign-in", "email", bert.Email, "password", goodPassword), 401, "")
	s.want(s.post(c, "/people/"+bert.ID+"/link"), 409, "")
	s.want(s.post(c, "/people/"+bert.ID+"/enable"), 303, "/people/"+bert.ID)
	s.want(s.post(s.browser(), "/sign-in", "email", bert.Email, "password", goodPassword), 303, "/")
}

func TestTokens(t *testing.T) {
	s := newSite(t)
	p := s.person("anna@example.org", people.Biomed)
	c := s.inside(p)
	make := []string{"name", "script", "days", "30", "scope", "see"}
	s.want(s.post(c, "/account/tokens", "name", "x", "days", "30", "scope", "manage_site"), 403, "")
	s.want(s.post(c, "/account/tokens", "name", "x", "days", "367", "scope", "see"), 422, "")
	s.want(s.post(c, "/account/tokens", "name", "x", "days", "30"), 422, "")
	s.want(s.post(c, "/account/tokens", "name", "", "days", "30", "scope", "see"), 422, "")
	var page accountPage
	s.post(c, "/account/tokens", make...).page(t, "auth_account", &page)
	token := page.NewToken
	use := func(path, method, secret string) int {
		t.Helper()
		return s.send(c, method, path, nil, "Authorization", "Bearer "+secret).status
	}
	if got := use("/api/devices", "GET", token); got != 200 {
		t.Error(got)
	}
	if got := use("/api/devices", "GET", token+"x"); got != 401 {
		t.Error("a wrong token falls back to the cookie:", got)
	}
	if got := use("/account", "GET", token); got != 403 {
		t.Error("a token changes its own account:", got)
	}
	s.get(c, "/account").page(t, "auth_account", &page)
	if page.NewToken != "" || strings.Contains(s.get(c, "/account").body, token) {
		t.Error("the token is shown twice")
	}
	s.clock.add(24 * time.Hour)
	if got := use("/api/devices", "GET", token); got != 200 {
		t.Error("a day later:", got)
	}
	s.want(s.post(s.inside(s.person("eve@example.org", people.Analyst)), "/account/tokens/revoke", "id", page.Tokens[0].ID), 404, "")
	admin := s.inside(s.person("admin@example.org", people.Administrator))
	s.want(s.post(admin, "/settings/tokens/revoke", "id", page.Tokens[0].ID), 303, "/settings/tokens")
	if got := use("/api/devices", "GET", token); got != 401 {
		t.Error("revoked:", got)
	}
	s.post(s.inside(p), "/account/tokens", make...).page(t, "auth_account", &page)
	s.clock.add(31 * 24 * time.Hour)
	if got := use("/api/devices", "GET", page.NewToken); got != 401 {
		t.Error("ended:", got)
	}
	if s.audited("token_made") != 2 || s.audited("token_revoked") != 1 {
		t.Error("not audited")
	}
}

// A token of an administrator that may only see can do nothing else.
func TestTokenScope(t *testing.T) {
	s := newSite(t)
	p := s.person("admin@example.org", people.Administrator)
	secret, _, err := s.store.NewToken(t.Context(), store.Token{Person: p.ID, Scope: []people.Permission{people.See}, Expires: s.clock.Now().Add(time.Hour)}, s.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{"/": 200, "/people": 403, "/settings/tokens": 403} {
		if got := s.send(s.browser(), "GET", path, nil, "Authorization", "bearer "+secret).status; got != want {
			t.Errorf("%s: %d", path, got)
		}
	}
}

func TestAccount(t *testing.T) {
	s := newSite(t)
	p := s.person("anna@example.org", people.Biomed)
	c, other := s.inside(p), s.inside(p)
	s.want(s.post(c, "/account", "name", "Anna B.", "language", "de", "theme", "dark"), 303, "/account")
	s.want(s.post(c, "/account", "name", "Anna B.", "language", "xx", "theme", ""), 422, "")
	var page accountPage
	s.get(c, "/account").page(t, "auth_account", &page)
	if page.Person.Name != "Anna B." || page.Person.Language != "de" || page.Person.Theme != "dark" || len(page.Sessions) != 2 {
		t.Errorf("%+v", page)
	}
	s.want(s.post(c, "/account/password", "old", "wrong", "password", "x", "again", "x"), 403, "")
	s.want(s.post(c, "/account/password", "old", goodPassword, "password", "short", "again", "short"), 422, "")
	s.want(s.get(other, "/"), 200, "")
	s.want(s.post(c, "/account/password", "old", goodPassword, "password", "blue boat under a bridge", "again", "blue boat under a bridge"), 303, "/account")
	s.want(s.get(other, "/"), 303, "/sign-in")
	s.want(s.get(c, "/"), 200, "")
	other = s.inside(p)
	s.get(other, "/account").page(t, "auth_account", &page)
	s.want(s.post(c, "/account/sessions/end", "id", page.Current), 303, "/account")
	s.want(s.get(other, "/"), 303, "/sign-in")
	other = s.inside(p)
	s.want(s.post(c, "/sign-out", "everywhere", "1"), 303, "/sign-in")
	s.want(s.get(other, "/"), 303, "/sign-in")
}
