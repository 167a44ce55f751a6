package auth

import (
	"image"
	"image/draw"
	"image/png"
	"net/http"
	"strings"
	"time"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"ward/people"
	"ward/store"
)

// freshFor is how long after the sign-in a person may change factors and make
// tokens: a screen left alone must not give the account away [E].
const freshFor = 15 * time.Minute

// mayEnrol gives the visit of somebody who may change the second factors: who
// has to set one up, or signed in a moment ago. Who still owes a second factor
// may not, else the password alone would be enough.
func (a *Auth) mayEnrol(r *http.Request) (*visit, error) {
	v := visitOf(r.Context())
	switch {
	case v.login.Stage == store.StageSecond:
		return nil, refuse(http.StatusForbidden, "Finish signing in first.")
	case v.login.Stage == store.StageComplete && a.Now().Sub(v.login.Started) > freshFor:
		return nil, refuse(http.StatusForbidden, "You signed in a while ago. For this change sign out and in again.")
	}
	return v, nil
}

// factorsPage is the data of auth_factors.
type factorsPage struct {
	Needed, Passkeys, TOTP bool
	Secret, Problem        string // base32, in groups of four
}

// showFactors offers a passkey and a code app. The new secret of the app waits
// in memory until a code proves that the app has it.
func (a *Auth) showFactors(w http.ResponseWriter, r *http.Request) error {
	if visitOf(r.Context()).login.Stage == store.StageSecond {
		see(w, r, "/sign-in/second")
		return nil
	}
	v, err := a.mayEnrol(r)
	if err != nil {
		return err
	}
	key := "totp:" + v.login.ID
	c, ok := a.pending.get(key, a.Now())
	if !ok {
		c = ceremony{totp: people.NewTOTPSecret(), person: v.person.ID}
		a.pending.put(key, c, a.Now())
	}
	a.factorsForm(w, r, http.StatusOK, v, c, "")
	return nil
}

func (a *Auth) factorsForm(w http.ResponseWriter, r *http.Request, status int, v *visit, c ceremony, problem string) {
	a.page(w, r, status, "auth_factors", "Second factor", factorsPage{
		Needed: v.login.Stage == store.StageEnrol, Passkeys: a.webauthn != nil, TOTP: v.person.TOTP,
		Secret: groups(people.TOTPText(c.totp)), Problem: problem,
	})
}

// groups puts a space after every fourth character: easier to type.
func groups(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Width of the QR picture and of the white border around the code, in pixels
// (ISO/IEC 18004 wants four modules: on a dark page it does not scan without).
const (
	qrSize  = 400
	qrQuiet = 35
)

// showQR draws the secret that waits, for the camera of the phone.
func (a *Auth) showQR(w http.ResponseWriter, r *http.Request) error {
	v, err := a.mayEnrol(r)
	if err != nil {
		return err
	}
	c, ok := a.pending.get("totp:"+v.login.ID, a.Now())
	if !ok {
		return store.ErrNotFound
	}
	code, err := qr.Encode(people.TOTPAddress(c.totp, "Ward", v.person.Email), qr.M, qr.Auto)
	if err != nil {
		return err
	}
	if code, err = barcode.Scale(code, qrSize-2*qrQuiet, qrSize-2*qrQuiet); err != nil {
		return err
	}
	picture := image.NewGray(image.Rect(0, 0, qrSize, qrSize))
	draw.Draw(picture, picture.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(picture, code.Bounds().Add(image.Pt(qrQuiet, qrQuiet)), code, image.Point{}, draw.Src)
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "no-store")
	return png.Encode(w, picture)
}

// codesPage is the data of auth_codes: the recovery codes, shown once.
type codesPage struct {
	Codes []string
	Next  string
}

// setTOTP takes the app as second factor once a code shows that it works.
func (a *Auth) setTOTP(w http.ResponseWriter, r *http.Request) error {
	v, err := a.mayEnrol(r)
	if err != nil {
		return err
	}
	key := "totp:" + v.login.ID
	c, ok := a.pending.get(key, a.Now())
	if !ok {
		return refuse(http.StatusBadRequest, "This took too long. Load the page again: it shows a new picture.")
	}
	step, right := people.CheckTOTP(c.totp, strings.ReplaceAll(strings.TrimSpace(r.PostFormValue("code")), " ", ""), a.Now(), 0)
	if !right {
		a.factorsForm(w, r, http.StatusUnprocessableEntity, v, c, "The code does not fit. Is the clock of the phone right? Type the code it shows now.")
		return nil
	}
	if _, ok := a.pending.take(key, a.Now()); !ok {
		return refuse(http.StatusConflict, "The page was sent twice. Look at your account.")
	}
	codes := people.NewRecoveryCodes()
	hashes := make([]string, len(codes))
	for i, code := range codes {
		hashes[i] = people.RecoveryHash(code)
	}
	if err := a.Store.SetTOTP(r.Context(), v.person.ID, c.totp, step, hashes); err != nil {
		return err
	}
	if err := a.audit(r.Context(), actor(v.person, r), "totp_added", v.person.ID, ""); err != nil {
		return err
	}
	next := "/account"
	if v.login.Stage == store.StageEnrol {
		next = "/"
		if err := a.newSession(w, r, v.person, store.StageComplete, "password and new code app"); err != nil {
			return err
		}
	}
	a.page(w, r, http.StatusOK, "auth_codes", "Recovery codes", codesPage{codes, next})
	return nil
}

// removeTOTP takes the app away again.
func (a *Auth) removeTOTP(w http.ResponseWriter, r *http.Request) error {
	v, err := a.mayEnrol(r)
	if err != nil {
		return err
	}
	if v.person.NeedsSecondFactor() && v.person.Passkeys == 0 {
		return refuse(http.StatusConflict, "Your roles need a second factor. Add a passkey first.")
	}
	if err := a.Store.SetTOTP(r.Context(), v.person.ID, nil, 0, nil); err != nil {
		return err
	}
	if err := a.audit(r.Context(), actor(v.person, r), "totp_removed", v.person.ID, ""); err != nil {
		return err
	}
	see(w, r, "/account")
	return nil
}
