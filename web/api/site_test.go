package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ward/intake"
	"ward/internal/seed"
	"ward/people"
	"ward/store"
	"ward/triage"
)

// site is the API over a real store, used as a person.
type site struct {
	testing.TB
	store   *store.Store
	handler http.Handler
	who     *people.Who
	decided []store.Decision
	updated []string
}

// newSite makes a hospital of n devices and a person with all roles.
func newSite(t testing.TB, n int) *site {
	t.Helper()
	dir := t.TempDir()
	st, err := store.Open(t.Context(), store.Options{Path: filepath.Join(dir, "ward.db"), Now: func() time.Time { return seed.Now }, Key: make([]byte, 32)})
	must(t, err)
	t.Cleanup(func() { st.Close() })
	must(t, seed.Fill(t.Context(), st, n))
	must(t, st.PutFeed(t.Context(), store.Feed{Name: "kev", Kind: "kev", Enabled: true, StaleDays: 3, Date: seed.Now.Add(-9 * 24 * time.Hour), Records: 1}))
	in, err := intake.New(intake.Deps{Store: st, Dir: dir, MinFree: 1, Failed: func(err error) { t.Log(err) }})
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- in.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	s := &site{TB: t, store: st}
	s.handler = New(Deps{Store: st, Intake: in, Triage: triage.New(triage.Deps{Store: st}), Version: "1.2.3", Log: slog.New(slog.DiscardHandler),
		PerMinute: 1_000_000, Decided: func(d store.Decision) { s.decided = append(s.decided, d) },
		UpdateFeeds: func(names ...string) error { s.updated = append(s.updated, names...); return nil }})
	s.who = s.person("Ada", nil, people.Roles...)
	return s
}

// person adds somebody.
func (s *site) person(name string, departments []string, roles ...people.Role) *people.Who {
	s.Helper()
	p, err := s.store.AddPerson(s.Context(), people.Person{Name: name, Email: strings.ToLower(name) + "@example.org", Roles: roles, Departments: departments})
	must(s, err)
	return &people.Who{Person: p, Session: "s", From: "192.0.2.7"}
}

// do sends one request; body is JSON unless it is a reader.
func (s *site) do(method, path string, body any, headers ...string) *httptest.ResponseRecorder {
	s.Helper()
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, s.request(method, path, body, headers...))
	return w
}

func (s *site) request(method, path string, body any, headers ...string) *http.Request {
	s.Helper()
	var r io.Reader
	kind := "application/json"
	switch v := body.(type) {
	case nil:
	case io.Reader:
		r, kind = v, "application/octet-stream"
	default:
		text, err := json.Marshal(v)
		must(s, err)
		r = bytes.NewReader(text)
	}
	req := httptest.NewRequest(method, Prefix+path, r)
	if r != nil {
		req.Header.Set("Content-Type", kind)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	if s.who != nil {
		req = req.WithContext(people.NewContext(req.Context(), s.who))
	}
	return req
}

// get reads JSON into v.
func (s *site) get(path string, v any) {
	s.Helper()
	s.read(s.do("GET", path, nil), http.StatusOK, v)
}

// read reads an answer that must have the status.
func (s *site) read(w *httptest.ResponseRecorder, status int, v any) {
	s.Helper()
	if w.Code != status {
		s.Fatalf("status %d, want %d: %s", w.Code, status, w.Body)
	}
	if v != nil {
		must(s, json.Unmarshal(w.Body.Bytes(), v))
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// pump is a device with a finding that is to be dealt with now.
var pump = "/devices/" + string(seed.Device(0).ID)
