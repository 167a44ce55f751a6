package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	postgrestest "ward/internal/postgres"
	"ward/people"
)

// peopleStore is a store in a temporary folder, and its file.
func peopleStore(t *testing.T) (*Store, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ward.db")
	s, err := Open(t.Context(), Options{Path: path, Key: bytes.Repeat([]byte{7}, 32)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, path
}

// TestPeople holds both databases to the same contract.
func TestPeople(t *testing.T) {
	for _, part := range []struct {
		name string
		f    func(*testing.T, *Store)
	}{{"person", contractPerson}, {"last administrator", contractLastAdministrator}, {"login", contractLogin}, {"token", contractToken},
		{"link", contractLink}, {"code app", contractTOTPStored}, {"forget", contractForgetFactors}, {"failures", contractLoginFailures}} {
		t.Run(part.name+" on SQLite", func(t *testing.T) {
			s, _ := peopleStore(t)
			part.f(t, s)
		})
		t.Run(part.name+" on PostgreSQL", func(t *testing.T) {
			s, err := Open(t.Context(), Options{URL: postgrestest.New(t), Key: bytes.Repeat([]byte{7}, 32)})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			part.f(t, s)
		})
	}
}

func addPerson(t *testing.T, s *Store, email string, roles ...people.Role) people.Person {
	t.Helper()
	p, err := s.AddPerson(t.Context(), people.Person{Name: "Name of " + email, Email: email, Roles: roles})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func contractPerson(t *testing.T, s *Store) {
	ctx := t.Context()
	p := addPerson(t, s, "Anna@Example.org", people.Biomed)
	p.Departments, p.Language, p.Theme, p.OIDC = []string{"ICU"}, "de", "dark", "https://idp 42"
	if err := s.SetPerson(ctx, p); err != nil {
		t.Fatal(err)
	}
	for name, get := range map[string]func() (people.Person, error){
		"by ID":      func() (people.Person, error) { return s.Person(ctx, p.ID) },
		"by address": func() (people.Person, error) { return s.PersonByEmail(ctx, " anna@example.ORG ") },
		"by subject": func() (people.Person, error) { return s.PersonByOIDC(ctx, "https://idp 42") },
	} {
		got, err := get()
		if err != nil || got.ID != p.ID || got.Departments[0] != "ICU" || got.Roles[0] != people.Biomed || got.Language != "de" {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
	if _, err := s.PersonByOIDC(ctx, ""); !errors.Is(err, ErrNotFound) {
		t.Error("an empty subject finds somebody:", err)
	}
	if _, err := s.AddPerson(ctx, people.Person{Email: "ANNA@example.org"}); !errors.Is(err, ErrEmailTaken) {
		t.Error(err)
	}
	q := addPerson(t, s, "bert@example.org", people.Viewer)
	q.Email = "anna@example.org"
	if err := s.SetPerson(ctx, q); !errors.Is(err, ErrEmailTaken) {
		t.Error(err)
	}
	if err := s.SetPerson(ctx, people.Person{ID: "nobody", Email: "x"}); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if all, err := s.Persons(ctx); err != nil || len(all) != 2 {
		t.Error(all, err)
	}
}

func contractLastAdministrator(t *testing.T, s *Store) {
	ctx := t.Context()
	a, b := addPerson(t, s, "a@example.org", people.Administrator), addPerson(t, s, "b@example.org", people.Administrator)
	b.Disabled = true
	if err := s.SetPerson(ctx, b); err != nil {
		t.Fatal("there is another one:", err)
	}
	demoted, disabled := a, a
	demoted.Roles, disabled.Disabled = []people.Role{people.Viewer}, true
	for _, p := range []people.Person{demoted, disabled} {
		if err := s.SetPerson(ctx, p); !errors.Is(err, ErrLastAdministrator) {
			t.Errorf("%+v: %v", p, err)
		}
	}
	b.Disabled = false
	if err := s.SetPerson(ctx, b); err != nil {
		t.Fatal(err)
	}
	if err := s.SetPerson(ctx, demoted); err != nil {
		t.Error(err)
	}
}

func contractLogin(t *testing.T, s *Store) {
	ctx, now := t.Context(), time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	p := addPerson(t, s, "a@example.org", people.Viewer)
	start := func(at time.Time) (string, Login) {
		secret, l, err := s.StartLogin(ctx, Login{Person: p.ID, Agent: strings.Repeat("x", 999)}, at)
		if err != nil {
			t.Fatal(err)
		}
		return secret, l
	}
	ends := func(secret string, at time.Time, want bool, why string) {
		t.Helper()
		_, _, err := s.LoginOf(ctx, secret, at)
		if got := errors.Is(err, ErrNotFound); got != want || err != nil && !got {
			t.Errorf("%s: ended %v (%v)", why, got, err)
		}
	}
	secret, l := start(now)
	ends(secret, now.Add(LoginIdle-time.Second), false, "used in time")
	ends(secret, now.Add(2*LoginIdle-2*time.Second), false, "used again")
	ends(secret, now.Add(3*LoginIdle), true, "idle")
	ends("", now, true, "no secret")
	ends(l.ID, now, true, "the ID is no secret")

	secret, _ = start(now)
	for at := now; at.Before(now.Add(LoginAbsolute)); at = at.Add(20 * time.Minute) {
		ends(secret, at, false, "in use, "+at.String())
	}
	ends(secret, now.Add(LoginAbsolute), true, "a shift is over")

	secret, l = start(now)
	other, _ := start(now)
	if all, err := s.Logins(ctx, p.ID, now); err != nil || len(all) != 4 || len(all[0].Agent) != maxAgent {
		t.Error(all, err)
	}
	if err := s.EndLogin(ctx, "somebody else", l.ID); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if err := s.EndLogins(ctx, p.ID, l.ID); err != nil {
		t.Error(err)
	}
	ends(other, now, true, "the others")
	ends(secret, now, false, "this one")
	p.Disabled = true
	if err := s.SetPerson(ctx, p); err != nil {
		t.Fatal(err)
	}
	ends(secret, now, true, "disabled")
	late, _ := start(now)
	ends(late, now, true, "begun while disabled")
}

func contractToken(t *testing.T, s *Store) {
	ctx, now := t.Context(), time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	p := addPerson(t, s, "a@example.org", people.Viewer)
	see := []people.Permission{people.See}
	for _, c := range []struct {
		life  time.Duration
		scope []people.Permission
		err   error
	}{{0, see, ErrTokenLife}, {MaxTokenLife + time.Second, see, ErrTokenLife}, {time.Hour, nil, ErrTokenScope},
		{time.Hour, []people.Permission{"everything"}, ErrTokenScope}} {
		if _, _, err := s.NewToken(ctx, Token{Person: p.ID, Scope: c.scope, Expires: now.Add(c.life)}, now); !errors.Is(err, c.err) {
			t.Errorf("%v: %v", c, err)
		}
	}
	secret, token, err := s.NewToken(ctx, Token{Person: p.ID, Name: "script", Scope: see, Expires: now.Add(time.Hour)}, now)
	if err != nil || !strings.HasPrefix(secret, "ward_") {
		t.Fatal(secret, err)
	}
	if got, who, err := s.TokenOf(ctx, secret, now.Add(59*time.Minute)); err != nil || who.ID != p.ID || got.Scope[0] != people.See {
		t.Error(got, who, err)
	}
	if all, err := s.Tokens(ctx, p.ID); err != nil || len(all) != 1 || !all[0].Used.Equal(now.Add(59*time.Minute)) {
		t.Error(all, err)
	}
	for _, bad := range []string{secret[5:], secret + "x", "", "ward_", people.SecretHash(secret)} {
		if _, _, err := s.TokenOf(ctx, bad, now); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, _, err := s.TokenOf(ctx, secret, now.Add(time.Hour)); !errors.Is(err, ErrNotFound) {
		t.Error("it ended:", err)
	}
	if err := s.RevokeToken(ctx, "somebody else", token.ID, now); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if err := s.RevokeToken(ctx, "", token.ID, now); err != nil {
		t.Error(err)
	}
	if _, _, err := s.TokenOf(ctx, secret, now); !errors.Is(err, ErrNotFound) {
		t.Error("revoked:", err)
	}
}

func contractLink(t *testing.T, s *Store) {
	ctx, now := t.Context(), time.Now()
	first, _, err1 := s.NewLink(ctx, LinkFirst, "", now)
	secret, _, err2 := s.NewLink(ctx, LinkFirst, "", now)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if _, err := s.UseLink(ctx, first, now); !errors.Is(err, ErrNotFound) {
		t.Error("a newer link ends the older:", err)
	}
	if _, err := s.LinkOf(ctx, secret, now.Add(LinkShort)); !errors.Is(err, ErrNotFound) {
		t.Error("after an hour:", err)
	}
	var wait sync.WaitGroup
	var mu sync.Mutex
	got := 0
	for range 8 {
		wait.Go(func() {
			if _, err := s.UseLink(ctx, secret, now); err == nil {
				mu.Lock()
				got++
				mu.Unlock()
			} else if !errors.Is(err, ErrNotFound) {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if got != 1 {
		t.Error(got, "got the one-time link")
	}
}

func contractTOTPStored(t *testing.T, s *Store) {
	ctx := t.Context()
	p := addPerson(t, s, "a@example.org", people.Viewer)
	if _, _, err := s.TOTP(ctx, p.ID); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if err := s.SetTOTP(ctx, p.ID, []byte("12345678901234567890"), 5, []string{"h1", "h2"}); err != nil {
		t.Fatal(err)
	}
	if secret, step, err := s.TOTP(ctx, p.ID); string(secret) != "12345678901234567890" || step != 5 || err != nil {
		t.Error(secret, step, err)
	}
	for _, c := range []struct {
		step  int64
		fresh bool
	}{{5, false}, {6, true}, {6, false}, {4, false}, {9, true}} {
		if fresh, err := s.UseTOTP(ctx, p.ID, c.step); fresh != c.fresh || err != nil {
			t.Error(c, fresh, err)
		}
	}
	for i, want := range []bool{true, false} {
		if fresh, err := s.UseRecoveryCode(ctx, p.ID, "h1", s.Now()); fresh != want || err != nil {
			t.Error(i, fresh, err)
		}
	}
	if n, err := s.RecoveryCodesLeft(ctx, p.ID); n != 1 || err != nil {
		t.Error(n, err)
	}
	q := addPerson(t, s, "b@example.org", people.Viewer)
	if _, err := s.write.Exec(s.dialect.bind(`UPDATE person SET totp = (SELECT totp FROM person WHERE id = ?) WHERE id = ?`), p.ID, q.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.TOTP(ctx, q.ID); !errors.Is(err, errUnsealed) {
		t.Error("a sealed secret opens in another row:", err)
	}
}

func contractForgetFactors(t *testing.T, s *Store) {
	ctx, now := t.Context(), time.Now()
	p := addPerson(t, s, "a@example.org", people.Viewer)
	cookie, _, err1 := s.StartLogin(ctx, Login{Person: p.ID}, now)
	token, _, err2 := s.NewToken(ctx, Token{Person: p.ID, Scope: []people.Permission{people.See}, Expires: now.Add(time.Hour)}, now)
	err := errors.Join(err1, err2, s.SetPassword(ctx, p.ID, "hash"), s.SetTOTP(ctx, p.ID, []byte("s"), 1, []string{"h"}),
		s.AddPasskey(ctx, Passkey{ID: "k", Person: p.ID, Name: "phone", Credential: []byte("{}")}), s.ForgetFactors(ctx, p.ID, now))
	if err != nil {
		t.Fatal(err)
	}
	if p, err = s.Person(ctx, p.ID); err != nil || p.Password || p.TOTP || p.Passkeys > 0 {
		t.Error(p, err)
	}
	if _, _, err := s.LoginOf(ctx, cookie, now); !errors.Is(err, ErrNotFound) {
		t.Error("session:", err)
	}
	if _, _, err := s.TokenOf(ctx, token, now); !errors.Is(err, ErrNotFound) {
		t.Error("token:", err)
	}
	if n, _ := s.RecoveryCodesLeft(ctx, p.ID); n != 0 {
		t.Error(n, "recovery codes")
	}
}

// Nobody who reads the file finds a secret in it.
func TestNoSecretAtRest(t *testing.T) {
	s, path := peopleStore(t)
	ctx, now := t.Context(), time.Now()
	p := addPerson(t, s, "a@example.org", people.Viewer)
	cookie, _, err1 := s.StartLogin(ctx, Login{Person: p.ID}, now)
	token, _, err2 := s.NewToken(ctx, Token{Person: p.ID, Scope: []people.Permission{people.See}, Expires: now.Add(time.Hour)}, now)
	link, _, err3 := s.NewLink(ctx, LinkRecovery, p.ID, now)
	err := errors.Join(err1, err2, err3, s.SetTOTP(ctx, p.ID, []byte("totp-secret-20-bytes"), 1, nil),
		s.AddPasskey(ctx, Passkey{ID: "k", Person: p.ID, Credential: []byte("credential-record")}),
		s.AddLoginFailures(ctx, now, "account:typed-password"))
	if err != nil {
		t.Fatal(err)
	}
	var all []byte
	for _, end := range []string{"", "-wal"} {
		b, err := os.ReadFile(path + end)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	if !bytes.Contains(all, []byte("a@example.org")) {
		t.Fatal("the test reads the wrong bytes")
	}
	for _, secret := range []string{cookie, token, link, "totp-secret-20-bytes", "credential-record", "typed-password"} {
		if bytes.Contains(all, []byte(secret)) {
			t.Errorf("%q stands in the file", secret)
		}
	}
}

func TestNoKey(t *testing.T) {
	s, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "ward.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	p := addPerson(t, s, "a@example.org", people.Viewer)
	if err := s.SetTOTP(t.Context(), p.ID, []byte("s"), 1, nil); !errors.Is(err, ErrNoKey) {
		t.Error(err)
	}
}

func contractLoginFailures(t *testing.T, s *Store) {
	ctx, now := t.Context(), time.Now()
	for i := range 3 {
		if err := s.AddLoginFailures(ctx, now.Add(time.Duration(i)*13*time.Hour), "account:a", "address:b"); err != nil {
			t.Fatal(err)
		}
	}
	if all, err := s.LoginFailures(ctx, "account:a"); err != nil || len(all) != 2 {
		t.Error("those older than a day are removed:", all, err)
	}
	if err := s.ClearLoginFailures(ctx, "account:a"); err != nil {
		t.Fatal(err)
	}
	a, _ := s.LoginFailures(ctx, "account:a")
	b, _ := s.LoginFailures(ctx, "address:b")
	if len(a) != 0 || len(b) != 2 {
		t.Error(a, b)
	}
}
