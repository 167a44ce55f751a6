package auth

import (
	"encoding/json"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"ward/people"
	"ward/store"
)

// Every page, in both languages, with every text that it can show.
func TestPages(t *testing.T) {
	s := newPages(t)
	admin := s.person("admin@example.org", people.Administrator)
	evil := `<script>alert(1)</script>"'`
	other, err := s.store.AddPerson(t.Context(), people.Person{Name: evil, Email: "x@example.org", Roles: people.Roles, Departments: []string{evil}})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{admin.ID, other.ID} {
		if _, _, err := s.store.NewToken(t.Context(), store.Token{Person: id, Name: evil, Scope: people.Permissions, Expires: s.clock.Now().Add(time.Hour)}, s.clock.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.store.SetTOTP(t.Context(), admin.ID, []byte("12345678901234567890"), 1, []string{"h"}); err != nil {
		t.Fatal(err)
	}
	base, _ := url.Parse(s.url)
	invite, _, err1 := s.store.NewLink(t.Context(), store.LinkInvite, other.ID, s.clock.Now())
	recovery, err2 := RecoveryLink(t.Context(), s.store, base, "x@example.org", s.clock.Now(), store.Ward)
	first, _, err3 := s.store.NewLink(t.Context(), store.LinkFirst, "", s.clock.Now())
	if err1 != nil || err2 != nil || err3 != nil {
		t.Fatal(err1, err2, err3)
	}
	half := s.browser()
	s.post(half, "/sign-in", "email", admin.Email, "password", goodPassword)
	c := s.inside(admin)
	for _, lang := range []string{"en", "de"} {
		for path, who := range map[string]*httpClient{
			"/sign-in": s.browser(), "/sign-in/second": half, "/welcome/" + first: s.browser(), "/join/" + invite: s.browser(),
			s.path(recovery): s.browser(), "/join/nothing": s.browser(), "/account": c, "/account/second": c, "/people": c,
			"/people/" + other.ID: c, "/people/nobody": c, "/settings/tokens": c, "/settings/sign-in": c,
		} {
			a := s.send(who, "GET", path, nil, "Accept-Language", lang)
			if want := map[bool]int{true: 404, false: 200}[strings.HasPrefix(path, "/join/no") || path == "/people/nobody"]; a.status != want {
				t.Errorf("%s %s: %d %s", lang, path, a.status, a.body)
			}
			sound(t, lang+" "+path, a.body)
		}
	}
	a := s.post(c, "/account/tokens", "name", evil, "days", "3", "scope", "see")
	sound(t, "new token", a.body)
	if !strings.Contains(a.body, people.TokenPrefix) {
		t.Error("the new token is not shown")
	}
	sound(t, "invitation", s.post(c, "/people", "name", evil, "email", "y@example.org", "role", "viewer").body)
	sound(t, "wrong", s.post(s.browser(), "/sign-in", "email", evil, "password", "x").body)
}

// sound checks a page: no inline code, no text of others as markup, every field
// with a label.
func sound(t *testing.T, name, page string) {
	t.Helper()
	if strings.Contains(page, "alert(1)</script>") || !strings.Contains(page, "</html>") {
		t.Errorf("%s: not whole or not escaped:\n%s", name, page)
	}
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	labels := map[string]bool{}
	for n := range root.Descendants() {
		if n.Data == "label" {
			labels[attr(n, "for")] = true
		}
	}
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || strings.HasPrefix(a.Val, "javascript:") {
				t.Errorf("%s: inline code in <%s %s=%q>", name, n.Data, a.Key, a.Val)
			}
		}
		kind := attr(n, "type")
		field := n.Data == "input" && kind != "hidden" && kind != "checkbox" || n.Data == "select" || n.Data == "textarea"
		if n.Type == html.ElementNode && field && !labels[attr(n, "id")] {
			t.Errorf("%s: <%s name=%q> has no label", name, n.Data, attr(n, "name"))
		}
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// Every text of the templates of this package stands in the German catalogue.
func TestGerman(t *testing.T) {
	texts := map[string]string{}
	for _, name := range []string{"shell", "auth"} {
		b, err := os.ReadFile("../ui/de/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, &texts); err != nil {
			t.Fatal(err)
		}
	}
	keys := regexp.MustCompile(`\bt "([^"]*)"|\btn \S+ "([^"]*)" "([^"]*)"`)
	entries, err := os.ReadDir("../ui/templates")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), "auth_") {
			continue
		}
		b, err := os.ReadFile("../ui/templates/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range keys.FindAllStringSubmatch(string(b), -1) {
			for _, key := range m[1:] {
				if key != "" && texts[key] == "" {
					t.Errorf("%s: %q is not translated", e.Name(), key)
				}
				seen++
			}
		}
	}
	for _, r := range people.Roles {
		if texts[r.Words()] == "" || texts[r.Short()] == "" {
			t.Errorf("role %s is not translated", r)
		}
	}
	for _, p := range people.Permissions {
		if texts[p.Words()] == "" {
			t.Errorf("permission %s is not translated", p)
		}
	}
	if seen < 100 {
		t.Error("only", seen, "texts were found")
	}
}
