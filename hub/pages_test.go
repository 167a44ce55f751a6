package hub

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ward/internal/browser"
	"ward/internal/shareddata"
	"ward/store"
)

const axe = "../web/ui/node_modules/axe-core/axe.min.js"

// firstRun makes the administrator in the browser, with a passkey as the
// second factor.
func firstRun(t *testing.T, h *running, b *browser.Browser) {
	t.Helper()
	link, err := h.FirstRunLink(t.Context())
	if err != nil || link == "" {
		t.Fatal(link, err)
	}
	b.Authenticator()
	b.Go(link)
	b.Shot("welcome")
	b.Do(browser.Type("#name", "Anna Huber"), browser.Type("#email", "anna@example.org"), browser.Type("#password", "correct horse battery"),
		browser.Type("#again", "correct horse battery"), browser.Click("button.main"), browser.At("/account/second"))
	b.Do(browser.Type("[data-passkey-name]", "Laptop"), browser.Click("[data-passkey=add]"), browser.At("/"))
	b.Calm()
}

// done waits until an import of the name is done and all that follows from it.
func (h *running) done(t *testing.T, name string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		list, _, err := h.Store.Imports(t.Context(), nil, 0, 50)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range list {
			switch {
			case i.Name == name && i.State == store.ImportFailed:
				t.Fatal(i.Error)
			case i.Name == name && i.State == store.ImportDone:
				if err := h.Triage.Wait(t.Context()); err != nil {
					t.Fatal(err)
				}
				return
			}
		}
	}
	t.Fatal("never done: ", name)
}

// upload gives a file to the hub as the page Imports does.
func (h *running) upload(t *testing.T, path string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	i, err := h.Intake.Begin(t.Context(), filepath.Base(path), info.Size(), "", store.Ward)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Intake.Append(t.Context(), i.ID, 0, f); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Intake.Complete(t.Context(), i.ID); err != nil {
		t.Fatal(err)
	}
	h.done(t, filepath.Base(path))
}

// Every page of a hub that has something to show: no fault of the policy, no
// break of WCAG 2.2 AA, light and dark, desktop and tablet.
func TestEveryPageInBrowser(t *testing.T) {
	shareddata.Dir(t)
	h, b := start(t, func(o *Options) { o.Feeds = realFeeds(t) }), browser.Open(t)
	firstRun(t, h, b)
	fill(t, h)
	for _, p := range h.pagesToSee(t) {
		for _, dark := range []bool{false, true} {
			b.Look(1440, 900, dark)
			b.Go(h.Base.String() + p.path)
			if strings.Contains(b.Text(), "There is no such page") {
				t.Errorf("%s: no such page", p.path)
			}
			b.Axe(axe)
			b.Shot(p.name + map[bool]string{false: "-light", true: "-dark"}[dark])
		}
		b.Look(820, 1180, false)
		b.Go(h.Base.String() + p.path)
		if wide := b.Eval("document.documentElement.scrollWidth > innerWidth"); wide == "true" {
			t.Errorf("%s is wider than a tablet", p.path)
		}
		b.Axe(axe)
		b.Shot(p.name + "-tablet")
	}
}
