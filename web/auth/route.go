package auth

import (
	"net/http"

	"ward/people"
)

// Access is who may use a route of this package.
type Access string

// Kinds of access.
const (
	Public    Access = "public"     // anybody
	Begun     Access = "begun"      // a browser session, also one that lacks the second factor
	SignedIn  Access = "signed_in"  // a person in a browser, about himself
	Permitted Access = "permission" // Permission is needed
)

// Route is one line of the table of routes.
type Route struct {
	Method, Pattern string
	Access          Access
	Permission      people.Permission // of Permitted
	serve           func(*Auth, http.ResponseWriter, *http.Request) error
}

// Routes is every route of this package and who may use it.
func Routes() []Route {
	const people, site = people.ManagePeople, people.ManageSite
	return []Route{
		{"GET", "/sign-in", Public, "", (*Auth).showSignIn},
		{"POST", "/sign-in", Public, "", (*Auth).signIn},
		{"GET", "/sign-in/second", Begun, "", (*Auth).showSecond},
		{"POST", "/sign-in/second", Begun, "", (*Auth).second},
		{"POST", "/sign-in/passkey/begin", Public, "", (*Auth).beginPasskeySignIn},
		{"POST", "/sign-in/passkey/finish", Public, "", (*Auth).finishPasskeySignIn},
		{"GET", "/sign-in/sso", Public, "", (*Auth).beginSSO},
		{"GET", "/sign-in/sso/return", Public, "", (*Auth).finishSSO},
		{"POST", "/sign-out", Begun, "", (*Auth).signOut},
		{"GET", "/welcome/{secret}", Public, "", (*Auth).showWelcome},
		{"POST", "/welcome/{secret}", Public, "", (*Auth).welcome},
		{"GET", "/join/{secret}", Public, "", (*Auth).showJoin},
		{"POST", "/join/{secret}", Public, "", (*Auth).join},

		{"GET", "/account", SignedIn, "", (*Auth).showAccount},
		{"POST", "/account", SignedIn, "", (*Auth).setAccount},
		{"POST", "/account/password", SignedIn, "", (*Auth).setPassword},
		{"GET", "/account/second", Begun, "", (*Auth).showFactors},
		{"GET", "/account/second/qr.png", Begun, "", (*Auth).showQR},
		{"POST", "/account/second/code", Begun, "", (*Auth).setTOTP},
		{"POST", "/account/second/code/remove", SignedIn, "", (*Auth).removeTOTP},
		{"POST", "/account/passkeys/begin", Begun, "", (*Auth).beginPasskey},
		{"POST", "/account/passkeys/finish", Begun, "", (*Auth).finishPasskey},
		{"POST", "/account/passkeys/remove", SignedIn, "", (*Auth).removePasskey},
		{"POST", "/account/sessions/end", SignedIn, "", (*Auth).endSession},
		{"POST", "/account/tokens", SignedIn, "", (*Auth).makeToken},
		{"POST", "/account/tokens/revoke", SignedIn, "", (*Auth).revokeToken},

		{"GET", "/people", Permitted, people, (*Auth).listPeople},
		{"POST", "/people", Permitted, people, (*Auth).invite},
		{"GET", "/people/{id}", Permitted, people, (*Auth).showPerson},
		{"POST", "/people/{id}", Permitted, people, (*Auth).setPerson},
		{"POST", "/people/{id}/disable", Permitted, people, (*Auth).disablePerson},
		{"POST", "/people/{id}/enable", Permitted, people, (*Auth).enablePerson},
		{"POST", "/people/{id}/link", Permitted, people, (*Auth).linkPerson},
		{"POST", "/people/{id}/sign-out", Permitted, people, (*Auth).signOutPerson},

		{"GET", "/settings/tokens", Permitted, site, (*Auth).listTokens},
		{"POST", "/settings/tokens/revoke", Permitted, site, (*Auth).revokeAnyToken},
		{"GET", "/settings/sign-in", Permitted, site, (*Auth).showSSOSettings},
		{"POST", "/settings/sign-in", Permitted, site, (*Auth).setSSOSettings},
	}
}

// Register adds the routes. Who and http.CrossOriginProtection must stand before
// the mux.
func (a *Auth) Register(mux *http.ServeMux) {
	for _, route := range Routes() {
		mux.Handle(route.Method+" "+route.Pattern, a.guard(route))
	}
}

// guard is the handler of a route behind its access.
func (a *Auth) guard(route Route) http.Handler {
	var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if err := route.serve(a, w, r); err != nil {
			a.fail(w, r, err)
		}
	})
	switch route.Access {
	case Public:
		return h
	case Permitted:
		return a.Require(route.Permission, h)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := visitOf(r.Context())
		switch who := people.FromContext(r.Context()); {
		case who != nil && v == nil:
			a.fail(w, r, refuse(http.StatusForbidden, "An API token cannot change the account it belongs to. Sign in with the browser."))
		case v == nil, route.Access == SignedIn && who == nil:
			a.turnAway(w, r)
		default:
			h.ServeHTTP(w, r)
		}
	})
}
