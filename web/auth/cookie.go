package auth

import (
	"net/http"
	"net/url"
	"strings"

	"ward/store"
)

// Names of the cookies: of the session, and of a sign-in that is under way.
const (
	sessionCookie  = "ward"
	ceremonyCookie = "ward-step"
)

// cookieName puts __Host- before the name where the browser then guards it: no
// other host or path can set it (RFC 6265bis section 4.1.3.2). That needs TLS.
func (a *Auth) cookieName(name string) string {
	if a.secure() {
		return "__Host-" + name
	}
	return name
}

func (a *Auth) secure() bool { return a.Base.Scheme == "https" }

// setCookie sets a cookie of ours. SameSite is Lax: the return from single
// sign-on and a link from the worklist mail come from elsewhere. seconds -1
// removes it.
func (a *Auth) setCookie(w http.ResponseWriter, name, value string, seconds int) {
	http.SetCookie(w, &http.Cookie{
		Name: a.cookieName(name), Value: value, Path: "/", MaxAge: seconds,
		Secure: a.secure(), HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// cookie gives the value of a cookie of ours, empty for none.
func (a *Auth) cookie(r *http.Request, name string) string {
	c, err := r.Cookie(a.cookieName(name))
	if err != nil {
		return ""
	}
	return c.Value
}

func (a *Auth) setSession(w http.ResponseWriter, secret string) {
	a.setCookie(w, sessionCookie, secret, int(store.LoginAbsolute.Seconds()))
}

// safeNext gives the path to go to after a sign-in: a page of Ward, else the
// start page. Anything a browser could read as another host is refused.
func safeNext(next string) string {
	const home = "/"
	if len(next) > 1000 || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return home
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || strings.HasPrefix(u.Path, "//") || strings.ContainsAny(u.Path, "\\") {
		return home
	}
	if strings.HasPrefix(u.Path, "/sign-") {
		return home // signing in must not end in signing out
	}
	return next
}

// signInPath is the sign-in page that leads to next.
func signInPath(next string) string {
	if next = safeNext(next); next == "/" {
		return "/sign-in"
	}
	return "/sign-in?next=" + url.QueryEscape(next)
}
