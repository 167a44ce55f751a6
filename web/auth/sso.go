package auth

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"ward/people"
	"ward/store"
)

// Names of the settings of single sign-on.
const (
	ssoSetting = "sso"        // people.SSO
	ssoSecret  = "sso.secret" // client secret
)

// ssoFresh is how long what the provider says about itself is kept.
const ssoFresh = time.Hour

// ssoCache keeps the provider that was discovered last.
type ssoCache struct {
	mu       sync.Mutex
	issuer   string         // guarded by mu
	provider *oidc.Provider // guarded by mu
	at       time.Time      // guarded by mu
}

// ssoSettings gives the settings; without an issuer it is switched off.
func (a *Auth) ssoSettings(ctx context.Context) (people.SSO, error) {
	var s people.SSO
	err := a.Store.Setting(ctx, ssoSetting, &s)
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return s, err
}

// ssoClient gives the settings, the provider and the client of it.
func (a *Auth) ssoClient(ctx context.Context) (people.SSO, *oidc.Provider, *oauth2.Config, error) {
	s, err := a.ssoSettings(ctx)
	if err != nil {
		return s, nil, nil, err
	}
	if s.Issuer == "" {
		return s, nil, nil, refuse(http.StatusNotFound, "Single sign-on is not set up. Sign in with your password.")
	}
	secret, err := a.Store.Secret(ctx, ssoSecret)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return s, nil, nil, err
	}
	provider, err := a.provider(s.Issuer)
	if err != nil {
		a.Log.Warn("single sign-on provider", "issuer", s.Issuer, "err", err)
		return s, nil, nil, refuse(http.StatusBadGateway, "The single sign-on provider does not answer. Try again later, or sign in with your password.")
	}
	return s, provider, &oauth2.Config{
		ClientID: s.ClientID, ClientSecret: string(secret), Endpoint: provider.Endpoint(),
		RedirectURL: a.Base.JoinPath("/sign-in/sso/return").String(), Scopes: ssoScopes(provider),
	}, nil
}

// ssoScopes asks for groups only where the provider knows that scope.
func ssoScopes(p *oidc.Provider) []string {
	scopes := []string{oidc.ScopeOpenID, "profile", "email"}
	var says struct {
		Scopes []string `json:"scopes_supported"`
	}
	if p.Claims(&says) == nil && slices.Contains(says.Scopes, "groups") {
		scopes = append(scopes, "groups")
	}
	return scopes
}

func (a *Auth) provider(issuer string) (*oidc.Provider, error) {
	c := &a.sso
	c.mu.Lock()
	defer c.mu.Unlock()
	now := a.Now()
	if c.provider != nil && c.issuer == issuer && now.Sub(c.at) < ssoFresh {
		return c.provider, nil
	}
	// Not the context of the request: the provider keeps it for its keys.
	p, err := oidc.NewProvider(oidc.ClientContext(context.Background(), a.HTTP), issuer)
	if err != nil {
		return nil, err
	}
	c.provider, c.issuer, c.at = p, issuer, now
	return p, nil
}

// beginSSO sends the browser to the provider, with state, nonce and PKCE (RFC
// 7636, S256).
func (a *Auth) beginSSO(w http.ResponseWriter, r *http.Request) error {
	if err := a.allow(r); err != nil {
		return err
	}
	_, _, client, err := a.ssoClient(r.Context())
	if err != nil {
		return err
	}
	c := ceremony{state: people.NewSecret(), nonce: people.NewSecret(), verifier: oauth2.GenerateVerifier(), next: safeNext(r.FormValue("next"))}
	a.begin(w, c)
	http.Redirect(w, r, client.AuthCodeURL(c.state, oidc.Nonce(c.nonce), oauth2.S256ChallengeOption(c.verifier)), http.StatusSeeOther)
	return nil
}

var errSSO = refuse(http.StatusUnauthorized, "The single sign-on did not work. Begin again; if it stays, ask an administrator to look into the log.")

// finishSSO takes the browser back from the provider.
func (a *Auth) finishSSO(w http.ResponseWriter, r *http.Request) error {
	if err := a.allow(r); err != nil {
		return err
	}
	c, err := a.finish(w, r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	if c.state == "" || subtle.ConstantTimeCompare([]byte(c.state), []byte(q.Get("state"))) != 1 || q.Get("code") == "" {
		a.Log.Info("single sign-on refused", "error", q.Get("error"), "from", from(r))
		return errSSO
	}
	settings, claims, err := a.redeem(r.Context(), c, q.Get("code"))
	var known *problem
	switch {
	case errors.As(err, &known):
		return err
	case err != nil:
		a.Log.Warn("single sign-on failed", "err", err)
		if err := a.failed(r, people.Person{}, "single sign-on", "sso:", addressSubject(r)); err != nil {
			return err
		}
		return errSSO
	}
	p, err := a.admit(r, settings, claims)
	if err != nil {
		return err
	}
	return a.start(w, r, p, store.StageComplete, "single sign-on", c.next)
}

// ssoClaims are what Ward reads of an ID token.
type ssoClaims struct {
	Subject  string `json:"-"` // issuer and sub
	Email    string `json:"email"`
	Verified bool   `json:"email_verified"`
	Name     string `json:"name"`
	Username string `json:"preferred_username"`
	groups   []string
}

// redeem changes the code for an ID token and checks signature, issuer,
// audience, expiry and nonce (OpenID Connect Core 1.0 section 3.1.3.7).
func (a *Auth) redeem(ctx context.Context, c ceremony, code string) (people.SSO, ssoClaims, error) {
	var claims ssoClaims
	settings, provider, client, err := a.ssoClient(ctx)
	if err != nil {
		return settings, claims, err
	}
	token, err := client.Exchange(oidc.ClientContext(ctx, a.HTTP), code, oauth2.VerifierOption(c.verifier))
	if err != nil {
		return settings, claims, err
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return settings, claims, errors.New("auth: the provider's answer has no ID token")
	}
	id, err := provider.Verifier(&oidc.Config{ClientID: settings.ClientID, Now: a.Now}).Verify(oidc.ClientContext(ctx, a.HTTP), raw)
	if err != nil {
		return settings, claims, err
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(c.nonce)) != 1 {
		return settings, claims, errors.New("auth: the ID token is for another sign-in")
	}
	var all map[string]any
	if err := errors.Join(id.Claims(&claims), id.Claims(&all)); err != nil {
		return settings, claims, err
	}
	claims.Subject, claims.groups = id.Issuer+" "+id.Subject, values(all[settings.GroupsClaim()])
	return settings, claims, nil
}

// values reads a claim that is a text, several in one, or a list.
func values(claim any) []string {
	switch v := claim.(type) {
	case string:
		return strings.Fields(v)
	case []any:
		var all []string
		for _, one := range v {
			if s, ok := one.(string); ok {
				all = append(all, s)
			}
		}
		return all
	}
	return nil
}
