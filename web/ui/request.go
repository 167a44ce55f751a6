package ui

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"ward/people"
)

// Names of the cookies that keep a choice of somebody who is not signed in.
const (
	LanguageCookie = "ward_language"
	ThemeCookie    = "ward_theme"
)

// request is what a template may know of the request.
type request struct {
	Lang  string
	Theme string // light, dark; empty: as the system
	Who   *people.Who
	Path  string
	Query url.Values
	Now   time.Time
	HTMX  bool
	Ward  string // version
	Site  string // name of the hospital or site, may be empty
	Tour  *Tour  // of a demonstration; nil: none
}

func (u *UI) requestOf(r *http.Request) request {
	return request{Lang: Language(r), Theme: theme(r), Who: people.FromContext(r.Context()), Path: r.URL.Path,
		Query: r.URL.Query(), Now: u.Now(), HTMX: IsHTMX(r), Ward: u.Version, Site: u.site.text(), Tour: u.tour(r)}
}

// IsHTMX tells whether htmx asks, for a part of a page.
func IsHTMX(r *http.Request) bool { return r.Header.Get("HX-Request") == "true" }

// May tells whether the person behind the request has a permission.
func (q request) May(what string) bool { return q.Who.May(people.Permission(what)) }

// SignedIn tells whether a person is behind the request.
func (q request) SignedIn() bool { return q.Who != nil }

// With gives the page's own address with parameters changed: name, value, name,
// value, ... An empty value takes the parameter out. It always goes back to the
// first page, unless the page itself is set.
func (q request) With(pairs ...string) string {
	v := url.Values{}
	for k, list := range q.Query {
		if k != "offset" {
			v[k] = list
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			v.Del(pairs[i])
		} else {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	if e := v.Encode(); e != "" {
		return q.Path + "?" + e
	}
	return q.Path
}

// Toggle gives the page's own address with one value of a parameter put in or
// taken out.
func (q request) Toggle(name, value string) string {
	v := url.Values{}
	for k, list := range q.Query {
		for _, s := range list {
			if k != "offset" && (k != name || s != value) {
				v.Add(k, s)
			}
		}
	}
	if !q.Has(name, value) {
		v.Add(name, value)
	}
	if e := v.Encode(); e != "" {
		return q.Path + "?" + e
	}
	return q.Path
}

// Has tells whether a parameter has the value.
func (q request) Has(name, value string) bool {
	for _, s := range q.Query[name] {
		if s == value {
			return true
		}
	}
	return false
}

// In tells whether the page lies below a path, for the navigation.
func (q request) In(path string) bool {
	return q.Path == path || path != "/" && strings.HasPrefix(q.Path, path+"/") || path == "/" && strings.HasPrefix(q.Path, "/work")
}

func theme(r *http.Request) string {
	choice := ""
	if w := people.FromContext(r.Context()); w != nil {
		choice = w.Person.Theme
	}
	if choice == "" {
		if c, err := r.Cookie(ThemeCookie); err == nil {
			choice = c.Value
		}
	}
	if choice == "light" || choice == "dark" {
		return choice
	}
	return ""
}
