package ui

import (
	"net/http"
	"strings"
)

// TourCookie remembers that a person closed the guided tour.
const TourCookie = "ward_tour"

// Tour is the guided tour of a demonstration on one page. Its words stand in
// templates/part_tour.html.
type Tour struct {
	Open    bool
	Chapter string // which words are shown, e.g. "devices"
	N, Of   int    // place in the round; N is 0 beside the round
	Back    *Place // the chapter before, nil: none
	Next    *Place
	Here    string // address of the page itself
}

// tour gives the tour of a page: its chapters are the places of the navigation; nil where this is no demonstration.
func (u *UI) tour(r *http.Request) *Tour {
	if !u.Demo {
		return nil
	}
	t := &Tour{Open: true, Of: len(places), Here: r.URL.RequestURI()}
	if c, err := r.Cookie(TourCookie); err == nil && c.Value == "off" {
		t.Open = false
	}
	at := 0
	t.Chapter, at = chapter(r.URL.Path)
	if at < 0 {
		return t
	}
	t.N = at + 1
	if at > 0 {
		t.Back = &places[at-1]
	}
	if at+1 < len(places) {
		t.Next = &places[at+1]
	}
	return t
}

// chapter names the words for a path and where in the round it is, -1: beside it.
func chapter(path string) (name string, at int) {
	switch {
	case strings.HasPrefix(path, "/work/"):
		return "work", 0
	case strings.HasPrefix(path, "/devices/"):
		return "device", 1
	case strings.HasPrefix(path, "/vulnerabilities/"):
		return "vulnerability", 2
	case strings.HasPrefix(path, "/advisories"):
		return "advisory", 2
	}
	for i, p := range places {
		if path == p.Path || p.Path != "/" && strings.HasPrefix(path, p.Path+"/") {
			return strings.ToLower(p.Text), i
		}
	}
	return "other", -1
}
