package web

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"ward/intake"
	"ward/people"
	"ward/store"
)

// A request that began before the account was switched off must not bring it
// back when its slow body ends.
func TestPreferencesBringNothingBack(t *testing.T) {
	s := newSite(t, 0)
	if _, err := s.store.AddPerson(t.Context(), people.Person{Name: "Root", Email: "root@example.org", Roles: []people.Role{people.Administrator}}); err != nil {
		t.Fatal(err)
	}
	now := s.person
	now.Disabled, now.Roles = true, []people.Role{people.Viewer}
	if err := s.store.SetPerson(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	s.do("POST", "/preferences", url.Values{"language": {"de"}}) // as s.person, who was read before
	p, err := s.store.Person(t.Context(), s.person.ID)
	if err != nil || !p.Disabled || len(p.Roles) != 1 || p.Language != "de" {
		t.Errorf("%+v %v", p, err)
	}
}

// The audit trail speaks of all departments.
func TestAuditIsNotForSomeDepartments(t *testing.T) {
	s := newSite(t, 0)
	s.person.Departments = []string{"Radiology"}
	for path, method := range map[string]string{"/audit": "GET", "/audit.csv": "GET", "/audit/verify": "POST"} {
		if w := s.do(method, path, url.Values{}); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestReadingTheAuditTrailIsAudited(t *testing.T) {
	s := newSite(t, 0)
	s.get("/audit")
	seen, err := s.store.AuditTrail(t.Context(), store.AuditFilter{Verb: "audit.view"})
	if err != nil || len(seen) != 1 || seen[0].Actor.ID != s.person.ID {
		t.Error(seen, err)
	}
}

// A sender that never ends its form does not keep a connection, whether the form
// is read or not.
func TestSlowFormEnds(t *testing.T) {
	server := httptest.NewServer(limits(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/read" {
			r.FormValue("x")
		}
	}), 200*time.Millisecond))
	defer server.Close()
	for _, path := range []string{"/read", "/unread", "/api/v1/unread"} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := conn.Write([]byte("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nx=")); err != nil {
			t.Fatal(err)
		}
		conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		_, err = io.Copy(io.Discard, conn)
		if e, slow := err.(net.Error); slow && e.Timeout() {
			t.Errorf("%s: the connection stays open", path)
		}
	}
}

// A form that is there in time leaves the handler all the time it needs.
func TestPromptFormHasTime(t *testing.T) {
	server := httptest.NewServer(limits(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.FormValue("x")
		select {
		case <-r.Context().Done():
			w.WriteHeader(http.StatusTeapot)
		case <-time.After(300 * time.Millisecond):
		}
	}), 100*time.Millisecond))
	defer server.Close()
	w, err := server.Client().PostForm(server.URL, url.Values{"x": {"1"}})
	if err != nil {
		t.Fatal(err)
	}
	if w.Body.Close(); w.StatusCode != http.StatusOK {
		t.Error(w.Status)
	}
}

func TestRedirectsStayHere(t *testing.T) {
	s := newSite(t, 0)
	for _, back := range []string{"/\t/evil.example", "//evil.example", "/\\evil.example", "https://evil.example", "/\n/evil.example", "evil"} {
		if to := s.do("POST", "/preferences", url.Values{"back": {back}}).Header().Get("Location"); to != "/" {
			t.Errorf("%q leads to %q", back, to)
		}
	}
	if to := s.do("POST", "/preferences", url.Values{"back": {"/devices?text=x"}}).Header().Get("Location"); to != "/devices?text=x" {
		t.Error(to)
	}
}

// A plain form is refused before it fills the disk.
func TestPlainFormNeedsRoom(t *testing.T) {
	s, _ := newIntakeSite(t, intake.Deps{MaxSize: 1000})
	form := strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nasset id,model\n" + strings.Repeat("B-1,Alpha\n", 200) + "\r\n--b--\r\n")
	r := httptest.NewRequest("POST", "/imports/file", form)
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r.WithContext(people.NewContext(r.Context(), &people.Who{Person: s.person, Session: "s"})))
	if rest, err := io.ReadAll(form); w.Code != http.StatusRequestEntityTooLarge || err != nil || len(rest) < 2000 {
		t.Errorf("%d, %d bytes were not read, %v", w.Code, len(rest), err)
	}
}
