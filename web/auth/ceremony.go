package auth

import (
	"net/http"
	"sync"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"ward/people"
)

// Bounds of what is kept between two steps of a ceremony.
const (
	ceremonyLife = 10 * time.Minute
	ceremonyMost = 5000
)

// ceremony is what Ward must remember between two steps: the challenge of a
// passkey, the state of a single sign-on, the secret of a second factor that is
// being set up. It lives in memory: after a restart one begins anew.
type ceremony struct {
	webauthn               *webauthn.SessionData
	state, nonce, verifier string // single sign-on
	totp                   []byte
	person                 string // whose it is, empty before the sign-in
	next                   string
	ends                   time.Time
}

// ceremonies are the pending ones by a secret key; each is taken once.
type ceremonies struct {
	mu  sync.Mutex
	all map[string]ceremony // guarded by mu
}

func newCeremonies() *ceremonies { return &ceremonies{all: map[string]ceremony{}} }

// put keeps c. When there are too many the one that ends first goes.
func (cs *ceremonies) put(key string, c ceremony, now time.Time) {
	c.ends = now.Add(ceremonyLife)
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if len(cs.all) >= ceremonyMost {
		first := ""
		for k, o := range cs.all {
			if !o.ends.After(now) {
				delete(cs.all, k)
			} else if first == "" || o.ends.Before(cs.all[first].ends) {
				first = k
			}
		}
		if len(cs.all) >= ceremonyMost {
			delete(cs.all, first)
		}
	}
	cs.all[key] = c
}

// get looks at a ceremony and take removes it as well.
func (cs *ceremonies) get(key string, now time.Time) (ceremony, bool) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	c, ok := cs.all[key]
	return c, ok && c.ends.After(now)
}

func (cs *ceremonies) take(key string, now time.Time) (ceremony, bool) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	c, ok := cs.all[key]
	delete(cs.all, key)
	return c, ok && c.ends.After(now)
}

// begin keeps a ceremony under a new secret in a cookie of this browser.
func (a *Auth) begin(w http.ResponseWriter, c ceremony) {
	key := people.NewSecret()
	a.pending.put(key, c, a.Now())
	a.setCookie(w, ceremonyCookie, key, int(ceremonyLife.Seconds()))
}

// finish takes the ceremony of this browser.
func (a *Auth) finish(w http.ResponseWriter, r *http.Request) (ceremony, error) {
	c, ok := a.pending.take(a.cookie(r, ceremonyCookie), a.Now())
	a.setCookie(w, ceremonyCookie, "", -1)
	if !ok {
		return c, refuse(http.StatusBadRequest, "This took too long, or the page was open twice. Begin again.")
	}
	return c, nil
}
