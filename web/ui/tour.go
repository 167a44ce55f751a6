package ui

import (
	"net/http"
	"strings"

	"ward/people"
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

// rounds are the chapters in the order of the tour, by the path of their page.
var rounds = []Place{
	{"Worklist", "/", people.See},
	{"Devices", "/devices", people.See},
	{"Vulnerabilities", "/vulnerabilities", people.See},
	{"Network", "/network", people.See},
	{"Feeds", "/feeds", people.See},
	{"Imports", "/imports", people.See},
	{"Audit", "/audit", people.SeeAudit},
	{"People", "/people", people.ManagePeople},
	{"Settings", "/settings", people.ManageSite},
	{"About", "/about", people.See},
}

// tour gives the tour of a page; nil where this is no demonstration.
func (u *UI) tour(r *http.Request) *Tour {
	if !u.Demo {
		return nil
	}
	t := &Tour{Open: true, Of: len(rounds), Here: r.URL.RequestURI()}
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
		t.Back = &rounds[at-1]
	}
	if at+1 < len(rounds) {
		t.Next = &rounds[at+1]
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
	for i, p := range rounds {
		if path == p.Path || p.Path != "/" && strings.HasPrefix(path, p.Path+"/") {
			return strings.ToLower(p.Text), i
		}
	}
	return "other", -1
}
