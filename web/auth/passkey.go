package auth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"ward/people"
	"ward/store"
)

// keyHolder is a person as the WebAuthn library wants to see one.
type keyHolder struct {
	people.Person
	keys []store.Passkey
}

func (h *keyHolder) WebAuthnID() []byte          { return []byte(h.ID) }
func (h *keyHolder) WebAuthnName() string        { return h.Email }
func (h *keyHolder) WebAuthnDisplayName() string { return h.Name }

func (h *keyHolder) WebAuthnCredentials() []webauthn.Credential {
	all := make([]webauthn.Credential, 0, len(h.keys))
	for _, k := range h.keys {
		var c webauthn.Credential
		if json.Unmarshal(k.Credential, &c) == nil { // a record that cannot be read opens nothing
			all = append(all, c)
		}
	}
	return all
}

func (a *Auth) holder(ctx context.Context, p people.Person) (*keyHolder, error) {
	keys, err := a.Store.Passkeys(ctx, p.ID)
	return &keyHolder{p, keys}, err
}

func credentialID(id []byte) string { return base64.RawURLEncoding.EncodeToString(id) }

var errNoPasskeys = refuse(http.StatusNotFound, "Passkeys need Ward to be reached by a name, not by a bare address. Use a password and a code.")

// beginPasskeySignIn gives the browser a challenge for any passkey it has.
func (a *Auth) beginPasskeySignIn(w http.ResponseWriter, r *http.Request) error {
	if err := a.allow(r); err != nil {
		return err
	}
	if a.webauthn == nil {
		return errNoPasskeys
	}
	options, session, err := a.webauthn.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return err
	}
	a.begin(w, ceremony{webauthn: session, next: safeNext(r.URL.Query().Get("next"))})
	writeJSON(w, http.StatusOK, options)
	return nil
}

// finishPasskeySignIn checks the browser's answer. A passkey is two factors: the
// device, and the finger, face or PIN that it asked for (user verification).
func (a *Auth) finishPasskeySignIn(w http.ResponseWriter, r *http.Request) error {
	if err := a.allow(r); err != nil {
		return err
	}
	c, err := a.finish(w, r)
	if err != nil {
		return err
	}
	if a.webauthn == nil || c.webauthn == nil || c.person != "" {
		return refuse(http.StatusBadRequest, "This is no answer to a passkey sign-in. Begin again.")
	}
	var holder *keyHolder
	_, credential, err := a.webauthn.FinishPasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		p, err := a.Store.Person(r.Context(), string(handle))
		if err != nil {
			return nil, err
		}
		holder, err = a.holder(r.Context(), p)
		return holder, err
	}, *c.webauthn, r)
	if err == nil && credential.Authenticator.CloneWarning {
		err = errors.New("auth: the counter of the passkey went backwards: it was copied")
	}
	if err != nil || holder.Disabled {
		var p people.Person
		if holder != nil {
			p = holder.Person
		}
		if err := a.failed(r, p, "passkey", "passkey:"+p.ID, addressSubject(r)); err != nil {
			return err
		}
		return refuse(http.StatusUnauthorized, "This passkey does not open Ward. Use another one, or your password.")
	}
	if err := a.keepUse(r.Context(), holder, credential); err != nil {
		return err
	}
	if err := a.newSession(w, r, holder.Person, store.StageComplete, "passkey"); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, map[string]string{"next": c.next})
	return nil
}

func (a *Auth) keepUse(ctx context.Context, h *keyHolder, c *webauthn.Credential) error {
	record, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return a.Store.UsePasskey(ctx, store.Passkey{ID: credentialID(c.ID), Person: h.ID, Credential: record}, a.Now())
}

// beginPasskey gives the browser what it needs to make a passkey.
func (a *Auth) beginPasskey(w http.ResponseWriter, r *http.Request) error {
	v, err := a.mayEnrol(r)
	if err != nil {
		return err
	}
	if a.webauthn == nil {
		return errNoPasskeys
	}
	h, err := a.holder(r.Context(), v.person)
	if err != nil {
		return err
	}
	var known []protocol.CredentialDescriptor
	for _, c := range h.WebAuthnCredentials() {
		known = append(known, c.Descriptor())
	}
	options, session, err := a.webauthn.BeginRegistration(h, webauthn.WithExclusions(known))
	if err != nil {
		return err
	}
	a.begin(w, ceremony{webauthn: session, person: v.person.ID})
	writeJSON(w, http.StatusOK, options)
	return nil
}

// finishPasskey checks and keeps the new passkey. For somebody who had to set up
// a second factor it completes the sign-in.
func (a *Auth) finishPasskey(w http.ResponseWriter, r *http.Request) error {
	v, err := a.mayEnrol(r)
	if err != nil {
		return err
	}
	c, err := a.finish(w, r)
	if err != nil {
		return err
	}
	if a.webauthn == nil || c.webauthn == nil || c.person != v.person.ID {
		return refuse(http.StatusBadRequest, "This is no answer to a new passkey. Begin again.")
	}
	h, err := a.holder(r.Context(), v.person)
	if err != nil {
		return err
	}
	made, err := a.webauthn.FinishRegistration(h, *c.webauthn, r)
	if err != nil {
		a.Log.Info("passkey refused", "person", v.person.ID, "err", err)
		return refuse(http.StatusBadRequest, "The browser's answer does not fit. Begin again, or use another device.")
	}
	record, err := json.Marshal(made)
	if err != nil {
		return err
	}
	k := store.Passkey{ID: credentialID(made.ID), Person: v.person.ID, Name: label(r.URL.Query().Get("name"), "Passkey"), Credential: record, Created: a.Now()}
	if err := a.Store.AddPasskey(r.Context(), k); err != nil {
		return err
	}
	if err := a.audit(r.Context(), actor(v.person, r), "passkey_added", v.person.ID, k.Name); err != nil {
		return err
	}
	next := "/account"
	if v.login.Stage == store.StageEnrol {
		next = "/"
		if err := a.newSession(w, r, v.person, store.StageComplete, "password and new passkey"); err != nil {
			return err
		}
	}
	writeJSON(w, http.StatusOK, map[string]string{"next": next})
	return nil
}

// removePasskey removes one, but not the last second factor of somebody whose
// roles need one.
func (a *Auth) removePasskey(w http.ResponseWriter, r *http.Request) error {
	v, err := a.mayEnrol(r)
	if err != nil {
		return err
	}
	if v.person.NeedsSecondFactor() && !v.person.TOTP && v.person.Passkeys < 2 {
		return refuse(http.StatusConflict, "Your roles need a second factor. Add another one first.")
	}
	id := r.PostFormValue("id")
	if err := a.Store.RemovePasskey(r.Context(), v.person.ID, id); err != nil {
		return err
	}
	if err := a.audit(r.Context(), actor(v.person, r), "passkey_removed", v.person.ID, id); err != nil {
		return err
	}
	see(w, r, "/account")
	return nil
}

// label is a short text that a person gave something, without control characters.
func label(s, otherwise string) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "")))
	if r := []rune(s); len(r) > 80 {
		s = string(r[:80])
	}
	if s == "" {
		return otherwise
	}
	return s
}
