package web

import (
	"net/http"
	"slices"
	"strings"

	"ward/people"
	"ward/web/ui"
)

// oneYear is how long a browser keeps a choice, in seconds.
const oneYear = 365 * 24 * 3600

// setPreferences keeps language and theme: with the person, and in a cookie for
// the pages before the sign-in.
func (s *Server) setPreferences(w http.ResponseWriter, r *http.Request) error {
	language, theme := r.FormValue("language"), r.FormValue("theme")
	who := people.FromContext(r.Context())
	if slices.Contains(ui.Languages, language) {
		keep(w, r, ui.LanguageCookie, language)
		if who != nil {
			who.Person.Language = language
		}
	}
	if theme == "light" || theme == "dark" || theme == "system" {
		keep(w, r, ui.ThemeCookie, theme)
		if who != nil {
			who.Person.Theme = strings.TrimSuffix(theme, "system")
		}
	}
	if who != nil && who.Session != "" {
		if err := s.Store.SetOwn(r.Context(), who.Person); err != nil {
			return err
		}
	}
	http.Redirect(w, r, local(r.FormValue("back")), http.StatusSeeOther)
	return nil
}

func keep(w http.ResponseWriter, r *http.Request, name, value string) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: oneYear, HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode})
}

// local keeps a redirect on this site: a path, and nothing that a browser reads
// as another host.
func local(path string) string {
	odd := func(c rune) bool { return c < ' ' || c == '\\' || c == 0x7f } // browsers take tabs out and backslashes for slashes
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsFunc(path, odd) {
		return "/"
	}
	return path
}
