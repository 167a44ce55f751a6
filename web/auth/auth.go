// Package auth turns a request into the person behind it: sign-in with
// password (argon2id), one-time code (RFC 6238), passkey (WebAuthn Level 3) or
// single sign-on (OpenID Connect with PKCE), browser sessions, API tokens, and
// the pages where persons manage these.
//
// It refuses: to tell whether an account exists, permanent lock-outs, sessions
// without an end, roles that change people or rules without a second factor,
// and redirects to other places.
package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"ward/people"
	"ward/store"
)

// Render writes a page: the template page ("auth_sign_in") within the
// layout, with title and data.
type Render func(w http.ResponseWriter, r *http.Request, status int, page, title string, data any)

// Deps are what an Auth works with.
type Deps struct {
	Store  *store.Store
	Render Render
	// Base is the address that browsers use, e.g. https://ward.example.org:8443.
	// Plain http is refused for anything but localhost.
	Base *url.URL
	Log  *slog.Logger
	// Now is the real clock, time.Now when nil; never that of a demonstration.
	Now func() time.Time
	// HTTP reaches the single sign-on provider; a client with a short timeout
	// when nil.
	HTTP *http.Client
}

// Auth answers who somebody is. It is safe for concurrent use.
type Auth struct {
	Deps
	hasher   *people.Hasher
	attempts *people.Limiter // sign-in attempts by address
	webauthn *webauthn.WebAuthn
	pending  *ceremonies
	sso      ssoCache
}

// Attempts a minute that one address may make on all ways to sign in [E].
const (
	attemptsPerMinute = 60
	attemptsAtOnce    = 40
)

// ErrInsecure is for a base address without TLS beyond localhost.
var ErrInsecure = errors.New("auth: people may sign in over plain http on localhost only: give an https address")

// New gives an Auth; nothing runs.
func New(d Deps) (*Auth, error) {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.HTTP == nil {
		d.HTTP = &http.Client{Timeout: 10 * time.Second}
	}
	if d.Base.Scheme != "https" && !loopback(d.Base.Hostname()) {
		return nil, ErrInsecure
	}
	a := &Auth{Deps: d, hasher: people.NewHasher(), attempts: people.NewLimiter(attemptsPerMinute, attemptsAtOnce), pending: newCeremonies()}
	if net.ParseIP(d.Base.Hostname()) != nil {
		return a, nil // a passkey belongs to a name, never to a bare address
	}
	var err error
	a.webauthn, err = webauthn.New(&webauthn.Config{
		RPID: d.Base.Hostname(), RPDisplayName: "Ward", RPOrigins: []string{d.Base.Scheme + "://" + d.Base.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("auth: passkeys at %s: %w", d.Base, err)
	}
	return a, nil
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// actor is who acts in the audit trail.
func actor(p people.Person, r *http.Request) store.Actor {
	return store.Actor{ID: p.ID, Name: p.Name, From: from(r)}
}

// audit writes one line about a person of this package's doing.
func (a *Auth) audit(ctx context.Context, by store.Actor, verb, person, detail string) error {
	object := ""
	if person != "" {
		object = "person:" + person
	}
	return a.Store.Audit(ctx, by, "person."+verb, object, detail)
}

// from is the address that a request came from.
func from(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
