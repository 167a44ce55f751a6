package ui

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"ward/people"
)

func asked(t *testing.T, path, language string) *http.Request {
	t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Accept-Language", language)
	who := &people.Who{Person: people.Person{ID: "p1", Name: "Ada <b>", Roles: []people.Role{people.Biomed}}}
	return r.WithContext(people.NewContext(r.Context(), who))
}

func newUI(t *testing.T) *UI {
	t.Helper()
	u, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestErrorPage(t *testing.T) {
	u, w := newUI(t), httptest.NewRecorder()
	u.Error(w, asked(t, "/devices", "de-AT,en;q=0.5"), 404, Problem{Message: "There is no such page.", Hint: "x\u202ey", Cause: "ABC"})
	body := w.Body.String()
	for _, want := range []string{`<html lang="de"`, "Diese Seite gibt es nicht.", "Ada &lt;b&gt;", "x\uFFFDy", `aria-current="page"`, "ABC"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in\n%s", want, body)
		}
	}
	if strings.Contains(body, "/audit") {
		t.Error("a biomed sees the audit in the navigation")
	}
	if w.Code != 404 {
		t.Error(w.Code)
	}
}
