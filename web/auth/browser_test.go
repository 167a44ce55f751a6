package auth

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"ward/people"
	"ward/web/ui"
)

// newPages is a site with the real pages and a strict policy on what they run.
func newPages(t *testing.T) *site {
	t.Helper()
	pages, err := ui.New(ui.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := newSiteWith(t, func(w http.ResponseWriter, r *http.Request, status int, page, title string, data any) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		pages.Page(w, r, status, page, title, data)
	})
	s.mux.Handle("/static/", pages.Static())
	return s
}

// newBrowser starts a Chromium and gives its one page.
func newBrowser(t *testing.T) context.Context {
	t.Helper()
	ctx, stop := chromedp.NewContext(context.Background(), chromedp.WithAllocatorOptions(chromedp.NoSandbox,
		chromedp.Flag("disable-background-networking", true)))
	t.Cleanup(stop)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal("start Chromium:", err)
	}
	return ctx
}

// steps does steps in the browser, in bounded time.
func steps(t *testing.T, ctx context.Context, all ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	limited, stop := context.WithTimeout(ctx, 30*time.Second)
	defer stop()
	if err := chromedp.Do(limited, all...); err != nil {
		where, _ := chromedp.Run(ctx, chromedp.Location())
		body, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body.innerText"))
		t.Fatalf("%v at %s:\n%s", err, where, body)
	}
}

// at waits until the browser shows the path.
func at(path string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		for {
			where, err := chromedp.Location()(ctx, t)
			if err == nil && strings.HasSuffix(where, path) {
				ready, err := chromedp.Evaluate[bool]("document.readyState === 'complete'")(ctx, t)
				if err == nil && ready {
					return chromedp.Void{}, nil
				}
			}
			select {
			case <-ctx.Done():
				return chromedp.Void{}, ctx.Err()
			case <-time.After(50 * time.Millisecond):
			}
		}
	}
}

// authenticator puts a virtual passkey device into the browser.
func authenticator(verified bool) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, t, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal, HasResidentKey: true,
			HasUserVerification: true, IsUserVerified: verified, AutomaticPresenceSimulation: true,
		}})
		return err
	})
}

// The whole way of an administrator in a real browser: the link of the first
// run, a passkey, signing out, signing in with nothing but the passkey.
func TestPasskeyInBrowser(t *testing.T) {
	s, ctx := newPages(t), newBrowser(t)
	steps(t, ctx, authenticator(true), chromedp.Navigate(s.url+s.firstRun()),
		chromedp.SendKeys(chromedp.CSS("#name"), "Anna Huber"), chromedp.SendKeys(chromedp.CSS("#email"), "anna@example.org"),
		chromedp.SendKeys(chromedp.CSS("#password"), goodPassword), chromedp.SendKeys(chromedp.CSS("#again"), goodPassword),
		chromedp.Click(chromedp.CSS("button.main")), at("/account/second"))
	shot(t, ctx, "second")
	steps(t, ctx, chromedp.SendKeys(chromedp.CSS("[data-passkey-name]"), "Laptop"), chromedp.Click(chromedp.CSS("[data-passkey=add]")), at(s.url+"/"))
	p, err := s.store.PersonByEmail(t.Context(), "anna@example.org")
	if err != nil || p.Passkeys != 1 || !p.May(people.ManagePeople) {
		t.Fatal(p, err)
	}
	steps(t, ctx, chromedp.Navigate(s.url+"/account"))
	shot(t, ctx, "account")
	steps(t, ctx, chromedp.Click(chromedp.CSS("button[name=everywhere]")), at("/sign-in"))
	shot(t, ctx, "sign-in")
	steps(t, ctx, chromedp.Navigate(s.url+"/sign-in?next=/people"), chromedp.Click(chromedp.CSS("[data-passkey=sign-in]")), at("/people"),
		chromedp.WaitVisible(chromedp.CSS("#departments")))
	shot(t, ctx, "people")
	keys, err := s.store.Passkeys(t.Context(), p.ID)
	if err != nil || len(keys) != 1 || keys[0].Name != "Laptop" || keys[0].Used.IsZero() {
		t.Errorf("%+v %v", keys, err)
	}
	if s.audited("passkey_added") != 1 || s.audited("sign_in") != 2 {
		t.Error("not audited")
	}
	// A disabled person's passkey opens nothing.
	other := s.person("other@example.org", people.Administrator)
	if p, err = s.store.Person(t.Context(), p.ID); err != nil {
		t.Fatal(err)
	}
	p.Disabled = true
	if err := s.store.SetPerson(t.Context(), p); err != nil {
		t.Fatal(err, other)
	}
	steps(t, ctx, chromedp.Navigate(s.url+"/sign-in"), chromedp.Click(chromedp.CSS("[data-passkey=sign-in]")), says("does not open Ward"))
}

// A device that does not ask for finger, face or PIN is one factor only.
func TestPasskeyWithoutVerification(t *testing.T) {
	s, ctx := newPages(t), newBrowser(t)
	p := s.person("anna@example.org", people.Administrator)
	steps(t, ctx, authenticator(false), chromedp.Navigate(s.url+"/sign-in"), chromedp.SendKeys(chromedp.CSS("#email"), p.Email),
		chromedp.SendKeys(chromedp.CSS("#password"), goodPassword), chromedp.Click(chromedp.CSS("button.main")), at("/account/second"),
		chromedp.Click(chromedp.CSS("[data-passkey=add]")), says("No passkey was made"))
	if p, err := s.store.Person(t.Context(), p.ID); err != nil || p.Passkeys != 0 {
		t.Error(p, err)
	}
}

// says waits until the problem of a passkey is shown.
func says(text string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		for {
			got, err := chromedp.Evaluate[string]("document.querySelector('[data-passkey-problem]')?.textContent ?? ''")(ctx, t)
			if err == nil && strings.Contains(got, text) {
				return chromedp.Void{}, nil
			}
			select {
			case <-ctx.Done():
				return chromedp.Void{}, ctx.Err()
			case <-time.After(50 * time.Millisecond):
			}
		}
	}
}

// shot keeps a picture of the page where WARD_SHOTS names a folder.
func shot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	folder := os.Getenv("WARD_SHOTS")
	if folder == "" {
		return
	}
	b, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name+".png"), b, 0o600)
	}
	if err != nil {
		t.Error(err)
	}
}
