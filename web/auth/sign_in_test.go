package auth

import (
	"encoding/hex"
	"net/url"
	"strings"
	"testing"
	"time"

	"ward/people"
	"ward/store"
)

func TestSignInAndOut(t *testing.T) {
	s := newSite(t)
	s.person("anna@example.org", people.Biomed)
	c := s.browser()
	s.want(s.get(c, "/"), 303, "/sign-in")
	s.want(s.get(c, "/?risk=high"), 303, "/sign-in?next=%2F%3Frisk%3Dhigh")
	s.want(s.post(c, "/sign-in", "email", "anna@example.org", "password", "wrong"), 401, "")
	a := s.want(s.post(c, "/sign-in", "email", "ANNA@example.org", "password", goodPassword, "next", "/devices?x=1"), 303, "/devices?x=1")
	cookie := a.header.Get("Set-Cookie")
	for _, part := range []string{"ward=", "HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(cookie, part) {
			t.Errorf("%s is not in %s", part, cookie)
		}
	}
	if a := s.get(c, "/"); a.body != "home of anna@example.org" {
		t.Error(a)
	}
	s.want(s.post(c, "/sign-out"), 303, "/sign-in")
	s.want(s.get(c, "/"), 303, "/sign-in")
	for verb, n := range map[string]int{"sign_in": 1, "sign_in_failed": 1, "sign_out": 1} {
		if got := s.audited(verb); got != n {
			t.Errorf("%s is audited %d times", verb, got)
		}
	}
}

// A secret that somebody planted before the sign-in is worth nothing after it.
func TestNewSecretAtSignIn(t *testing.T) {
	s := newSite(t)
	p := s.person("anna@example.org", people.Biomed)
	c := s.inside(p)
	u, _ := url.Parse(s.url)
	before := c.Jar.Cookies(u)[0].Value
	s.want(s.post(c, "/sign-in", "email", p.Email, "password", goodPassword), 303, "/")
	if after := c.Jar.Cookies(u)[0].Value; after == before {
		t.Error("the secret stays the same")
	}
	if _, _, err := s.store.LoginOf(t.Context(), before, s.clock.Now()); err == nil {
		t.Error("the old secret still opens")
	}
}

func TestSecureCookie(t *testing.T) {
	s := newSite(t)
	base, _ := url.Parse("https://ward.example.org")
	a, err := New(Deps{Store: s.store, Base: base})
	if err != nil || a.cookieName("ward") != "__Host-ward" || !a.secure() {
		t.Error(a, err)
	}
	for _, bad := range []string{"http://ward.example.org", "http://192.0.2.1:8080"} {
		base, _ := url.Parse(bad)
		if _, err := New(Deps{Store: s.store, Base: base}); err != ErrInsecure {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// Who does not exist, is disabled, has no password, or typed a wrong one gets
// the same answer.
func TestNoEnumeration(t *testing.T) {
	s := newSite(t)
	s.person("anna@example.org", people.Biomed)
	p := s.person("off@example.org", people.Biomed)
	p.Disabled = true
	if err := s.store.SetPerson(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if _, err := s.store.AddPerson(t.Context(), people.Person{Name: "x", Email: "none@example.org"}); err != nil {
		t.Fatal(err)
	}
	var first answer
	for i, email := range []string{"anna@example.org", "nobody@example.org", "off@example.org", "none@example.org"} {
		password := "wrong"
		if email == "off@example.org" {
			password = goodPassword
		}
		a := s.post(s.browser(), "/sign-in", "email", email, "password", password)
		a.body = strings.ReplaceAll(a.body, email, "EMAIL")
		if i == 0 {
			first = a
		}
		if a.status != 401 || a.body != first.body {
			t.Errorf("%s: %d %s", email, a.status, a.body)
		}
	}
	for i := range 12 { // also the lock-out is the same
		known := s.post(s.browser(), "/sign-in", "email", "anna@example.org", "password", "wrong")
		unknown := s.post(s.browser(), "/sign-in", "email", "nobody@example.org", "password", "wrong")
		if known.status != unknown.status {
			t.Errorf("attempt %d: %d and %d", i, known.status, unknown.status)
		}
	}
}

func TestLockout(t *testing.T) {
	s := newSite(t)
	s.person("anna@example.org", people.Biomed)
	try := func(password string) int {
		t.Helper()
		return s.post(s.browser(), "/sign-in", "email", "anna@example.org", "password", password).status
	}
	for range 6 {
		if got := try("wrong"); got != 401 {
			t.Fatal(got)
		}
	}
	if got := try(goodPassword); got != 429 {
		t.Error("locked, but the right password gives", got)
	}
	if n := s.audited("locked"); n != 1 {
		t.Error("locked is audited", n, "times")
	}
	s.clock.add(29 * time.Second)
	if got := try(goodPassword); got != 429 {
		t.Error("a second too early:", got)
	}
	s.clock.add(2 * time.Second)
	if got := try(goodPassword); got != 303 {
		t.Error("the lock did not end:", got)
	}
	for range 5 { // it is forgotten after success
		if got := try("wrong"); got != 401 {
			t.Error(got)
		}
	}
	if got := try(goodPassword); got != 303 {
		t.Error(got)
	}
}

// One address that tries many accounts has to wait too, and cannot send requests
// without end.
func TestAddressLimits(t *testing.T) {
	s := newSite(t)
	statuses := map[int]int{}
	for i := range attemptsAtOnce + 5 {
		statuses[s.post(s.browser(), "/sign-in", "email", string(rune('a'+i))+"@example.org", "password", "wrong").status]++
	}
	if statuses[401] != people.AddressLockout.Free+1 || statuses[429] != attemptsAtOnce+5-people.AddressLockout.Free-1 {
		t.Error(statuses)
	}
	if all, err := s.store.LoginFailures(t.Context(), "address:127.0.0.1"); err != nil || len(all) != people.AddressLockout.Free+1 {
		t.Error("refused attempts are not stored:", len(all), err)
	}
}

func TestSecondFactor(t *testing.T) {
	s := newSite(t)
	p := s.person("anna@example.org", people.Approver)
	secret := []byte("12345678901234567890")
	if err := s.store.SetTOTP(t.Context(), p.ID, secret, 1, []string{people.RecoveryHash("aaaa-bbbb-cccc-dddd")}); err != nil {
		t.Fatal(err)
	}
	half := func() (c *httpClient) {
		t.Helper()
		c = s.browser()
		s.want(s.post(c, "/sign-in", "email", p.Email, "password", goodPassword, "next", "/devices"), 303, "/sign-in/second?next=%2Fdevices")
		return c
	}
	c := half()
	// The password alone opens nothing: no page, no API, no new factor.
	s.want(s.get(c, "/"), 303, "/sign-in/second")
	s.want(s.get(c, "/account"), 303, "/sign-in/second")
	s.want(s.get(c, "/account/second"), 303, "/sign-in/second")
	for _, path := range []string{"/account/second/code", "/account/passkeys/begin", "/account/passkeys/finish"} {
		s.want(s.post(c, path, "code", code(secret, s.clock.Now())), 403, "")
	}
	s.want(s.get(c, "/account/second/qr.png"), 403, "")
	s.want(s.get(c, "/api/devices"), 401, "")
	s.want(s.post(c, "/sign-in/second", "code", "000000"), 401, "")
	now := code(secret, s.clock.Now())
	s.want(s.post(c, "/sign-in/second", "code", now[:3]+" "+now[3:], "next", "//evil.example"), 303, "/")
	s.want(s.get(c, "/"), 200, "")
	// The same code again, then a recovery code, once.
	s.want(s.post(half(), "/sign-in/second", "code", now), 401, "")
	s.want(s.post(half(), "/sign-in/second", "code", "AAAA bbbb cccc dddd"), 303, "/")
	s.want(s.post(half(), "/sign-in/second", "code", "aaaa-bbbb-cccc-dddd"), 401, "")
	// Guessing codes is locked as guessing passwords is.
	c = half()
	var last int
	for range 8 {
		last = s.post(c, "/sign-in/second", "code", "000000").status
	}
	if last != 429 {
		t.Error("guessing goes on:", last)
	}
}

func TestForcedEnrolment(t *testing.T) {
	s := newSite(t)
	p := s.person("anna@example.org", people.Administrator)
	c := s.browser()
	s.want(s.post(c, "/sign-in", "email", p.Email, "password", goodPassword), 303, "/account/second")
	s.want(s.get(c, "/"), 303, "/account/second")
	s.want(s.get(c, "/people"), 303, "/account/second")
	s.want(s.get(c, "/account"), 303, "/account/second")
	var form factorsPage
	s.get(c, "/account/second").page(t, "auth_factors", &form)
	if !form.Needed || !form.Passkeys {
		t.Error(form)
	}
	if qr := s.get(c, "/account/second/qr.png"); qr.status != 200 || !strings.HasPrefix(qr.body, "\x89PNG") || qr.header.Get("Cache-Control") != "no-store" {
		t.Error(qr.status, hex.EncodeToString([]byte(qr.body[:8])))
	}
	s.want(s.post(c, "/account/second/code", "code", "000000"), 422, "")
	var codes codesPage
	s.post(c, "/account/second/code", "code", code(fromText(t, form.Secret), s.clock.Now())).page(t, "auth_codes", &codes)
	if len(codes.Codes) != people.RecoveryCodes || codes.Next != "/" {
		t.Error(codes)
	}
	s.want(s.get(c, "/"), 200, "")
	s.want(s.get(c, "/people"), 200, "")
	if s.audited("totp_added") != 1 || s.audited("sign_in") != 1 {
		t.Error("not audited")
	}
	// The code that proved the app cannot be used again.
	c = s.browser()
	s.post(c, "/sign-in", "email", p.Email, "password", goodPassword)
	s.want(s.post(c, "/sign-in/second", "code", code(fromText(t, form.Secret), s.clock.Now())), 401, "")
	s.clock.add(time.Minute)
	s.want(s.post(c, "/sign-in/second", "code", code(fromText(t, form.Secret), s.clock.Now())), 303, "/")
	s.want(s.post(c, "/account/second/code/remove"), 409, "")
	// A screen left alone does not give the account away.
	s.clock.add(freshFor + time.Second)
	for _, path := range []string{"/account/second/code", "/account/second/code/remove", "/account/passkeys/begin", "/account/passkeys/remove", "/account/tokens"} {
		s.want(s.post(c, path), 403, "")
	}
}

func TestSessionEnds(t *testing.T) {
	s := newSite(t)
	c := s.inside(s.person("anna@example.org", people.Viewer))
	s.clock.add(store.LoginIdle - time.Second)
	s.want(s.get(c, "/"), 200, "")
	s.clock.add(store.LoginIdle)
	s.want(s.get(c, "/"), 303, "/sign-in")
}

func TestSafeNext(t *testing.T) {
	for next, want := range map[string]string{"": "/", "/devices?q=a%20b#x": "/devices?q=a%20b#x", "//evil.example": "/", "/\\evil.example": "/",
		"https://evil.example": "/", "javascript:alert(1)": "/", "/\t/evil.example": "/", "\\\\evil.example": "/", "/%5cevil.example": "/",
		"/%2f/evil.example": "/", "/sign-out": "/", "/sign-in?next=/": "/", "devices": "/", "/" + strings.Repeat("a", 2000): "/"} {
		if got := safeNext(next); got != want {
			t.Errorf("%q: %q, want %q", next, got, want)
		}
	}
}

func FuzzSafeNext(f *testing.F) {
	for _, s := range []string{"//x", "/\\x", "/a?b#c", "/%2f%2fx", "http:x"} {
		f.Add(s)
	}
	base, _ := url.Parse("https://ward.example.org/")
	f.Fuzz(func(t *testing.T, next string) {
		got := safeNext(next)
		u, err := base.Parse(got)
		if err != nil || u.Host != base.Host || u.Scheme != "https" || strings.HasPrefix(got, "//") || strings.ContainsAny(got, "\\\r\n") {
			t.Errorf("%q leads to %q (%v)", next, got, err)
		}
	})
}
