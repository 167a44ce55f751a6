package ui

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"ward/people"
)

// Every place of the navigation has words of its own in the tour, and each
// chapter leads to the next.
func TestTourGoesRound(t *testing.T) {
	for _, lang := range Languages {
		u, err := New(Options{Demo: true})
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range places {
			r := httptest.NewRequest("GET", p.Path, nil)
			r = r.WithContext(people.NewContext(r.Context(), &people.Who{Person: people.Person{ID: "x", Name: "Ada", Roles: people.Roles, Language: lang}}))
			tour := u.tour(r)
			if tour.N != i+1 || (tour.Next == nil) != (i == len(places)-1) || tour.Next != nil && tour.Next.Path != places[i+1].Path {
				t.Errorf("%s: %+v", p.Path, tour)
			}
			w := httptest.NewRecorder()
			u.Error(w, r, http.StatusOK, Problem{Message: "x"})
			body := w.Body.String()
			if !strings.Contains(body, `class="tour `) || strings.Contains(body, u.T(r, "The tour goes on from the worklist.")) {
				t.Errorf("%s in %s has no words of its own", p.Path, lang)
			}
			r.AddCookie(&http.Cookie{Name: TourCookie, Value: "off"})
			w = httptest.NewRecorder()
			u.Error(w, r, http.StatusOK, Problem{Message: "x"})
			if body := w.Body.String(); strings.Contains(body, `class="tour `) || !strings.Contains(body, "demo-bar") {
				t.Errorf("%s: a closed tour is shown, or the banner is not", p.Path)
			}
		}
	}
}

func TestNoTourInEarnest(t *testing.T) {
	u, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "/", nil)
	w := httptest.NewRecorder()
	u.Error(w, r, http.StatusOK, Problem{Message: "x"})
	if body := w.Body.String(); strings.Contains(body, "demo-bar") || strings.Contains(body, "tour.css") {
		t.Error("a real hub says that it is a simulation")
	}
}
