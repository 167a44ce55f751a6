package auth

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ward/people"
	"ward/store"
)

const goodPassword = "green tractor on the roof"

// clock is a clock that tests turn.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// site is Ward's sign-in on a real server with a real store.
type site struct {
	*testing.T
	store *store.Store
	auth  *Auth
	clock *clock
	mux   *http.ServeMux
	url   string
}

func newSite(t *testing.T) *site { return newSiteWith(t, renderJSON) }

func newSiteWith(t *testing.T, render Render) *site {
	t.Helper()
	s := &site{T: t, clock: &clock{t: time.Now()}}
	var err error
	s.store, err = store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "ward.db"), Key: bytes.Repeat([]byte{7}, 32)})
	if err != nil {
		t.Fatal(err)
	}
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(func() { server.Close(); s.store.Close() })
	at, _ := url.Parse(server.URL)
	s.url = "http://localhost:" + at.Port()
	base, _ := url.Parse(s.url)
	if s.auth, err = New(Deps{Store: s.store, Render: render, Base: base, Now: s.clock.Now}); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	s.auth.Register(mux)
	mux.Handle("GET /{$}", s.auth.Require(people.See, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "home of %s", people.FromContext(r.Context()).Person.Email)
	})))
	mux.Handle("GET /api/devices", s.auth.Require(people.See, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {})))
	s.mux = mux
	handler = http.NewCrossOriginProtection().Handler(s.auth.Who(mux))
	return s
}

// renderJSON shows a page as its name and data.
func renderJSON(w http.ResponseWriter, _ *http.Request, status int, page, title string, data any) {
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"page": page, "title": title, "data": data})
}

// browser is a client with cookies that follows no redirect.
func (s *site) browser() *http.Client {
	jar, _ := cookiejar.New(nil)
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// answer is what came back.
type answer struct {
	status   int
	location string
	body     string
	header   http.Header
}

// page decodes the data of a page.
func (a answer) page(t *testing.T, name string, data any) {
	t.Helper()
	var p struct {
		Page string
		Data json.RawMessage
	}
	if err := json.Unmarshal([]byte(a.body), &p); err != nil || p.Page != name {
		t.Fatalf("want page %s, got %d %s (%v)", name, a.status, a.body, err)
	}
	if err := json.Unmarshal(p.Data, data); err != nil {
		t.Fatal(err)
	}
}

func (s *site) send(c *http.Client, method, path string, form url.Values, headers ...string) answer {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), method, s.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		s.Fatal(err)
	}
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w, err := c.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	defer w.Body.Close()
	b, err := io.ReadAll(w.Body)
	if err != nil {
		s.Fatal(err)
	}
	return answer{w.StatusCode, w.Header.Get("Location"), string(b), w.Header}
}

func (s *site) get(c *http.Client, path string) answer {
	s.Helper()
	return s.send(c, "GET", path, nil)
}

func (s *site) post(c *http.Client, path string, pairs ...string) answer {
	s.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return s.send(c, "POST", path, form)
}

// want checks status and target.
func (s *site) want(a answer, status int, location string) answer {
	s.Helper()
	if a.status != status || a.location != location {
		s.Fatalf("got %d %q %s, want %d %q", a.status, a.location, a.body, status, location)
	}
	return a
}

// person adds somebody with the good password.
func (s *site) person(email string, roles ...people.Role) people.Person {
	s.Helper()
	p, err := s.store.AddPerson(s.Context(), people.Person{Name: "N " + email, Email: email, Roles: roles})
	if err != nil {
		s.Fatal(err)
	}
	hash, err := s.auth.hasher.Hash(s.Context(), goodPassword)
	if err != nil {
		s.Fatal(err)
	}
	if err := s.store.SetPassword(s.Context(), p.ID, hash); err != nil {
		s.Fatal(err)
	}
	return p
}

// inside gives a browser with a complete session of the person.
func (s *site) inside(p people.Person) *http.Client {
	s.Helper()
	secret, _, err := s.store.StartLogin(s.Context(), store.Login{Person: p.ID, Method: "test"}, s.clock.Now())
	if err != nil {
		s.Fatal(err)
	}
	c, at := s.browser(), s.url
	u, _ := url.Parse(at)
	c.Jar.SetCookies(u, []*http.Cookie{{Name: sessionCookie, Value: secret, Path: "/"}})
	return c
}

// audited counts lines of the audit trail with the verb.
func (s *site) audited(verb string) int {
	s.Helper()
	all, err := s.store.AuditTrail(s.Context(), store.AuditFilter{Verb: "person." + verb, Limit: 100})
	if err != nil {
		s.Fatal(err)
	}
	return len(all)
}
