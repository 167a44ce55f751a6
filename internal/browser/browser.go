// Package browser drives a real Chromium in tests: it goes to pages, fills
// forms, takes pictures, checks accessibility with axe, and fails a test on
// whatever the Content Security Policy had to stop.
package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// patience is the longest that one group of steps may take.
const patience = 45 * time.Second

// watcher notes in every page what must not happen there.
const watcher = `window.__faults = [];
addEventListener('securitypolicyviolation', e => __faults.push('CSP ' + e.violatedDirective + ' ' + e.blockedURI + ' at ' + e.sourceFile + ':' + e.lineNumber));
addEventListener('error', e => __faults.push('error ' + e.message));
addEventListener('unhandledrejection', e => __faults.push('rejection ' + e.reason));`

// Browser is one page of a Chromium.
type Browser struct {
	t   testing.TB
	ctx context.Context
}

// Step is one thing done in the browser.
type Step = chromedp.Action[chromedp.Void]

// Open starts a Chromium that ends with the test.
func Open(t testing.TB) *Browser {
	t.Helper()
	ctx, stop := chromedp.NewContext(context.Background(), chromedp.WithAllocatorOptions(chromedp.NoSandbox,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("force-color-profile", "srgb")))
	t.Cleanup(stop)
	b := &Browser{t, ctx}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1440, 900), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watcher})
		return err
	})); err != nil {
		t.Fatal("start Chromium (scripts/setup installs it):", err)
	}
	return b
}

// Do does steps one after the other; the test fails with what the page shows.
func (b *Browser) Do(steps ...Step) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	for i, s := range steps {
		if err := chromedp.Do(ctx, s); err != nil {
			b.t.Fatalf("step %d: %v\nat %s:\n%s", i+1, err, b.Where(), b.Text())
		}
	}
}

// Go goes to a page and waits until it is whole.
func (b *Browser) Go(url string) {
	b.t.Helper()
	b.Do(chromedp.Navigate(url))
	b.Calm()
}

// Calm fails the test if something happened on the page that must not.
func (b *Browser) Calm() {
	b.t.Helper()
	if faults := eval[[]string](b, "window.__faults ?? []"); len(faults) > 0 {
		b.t.Errorf("%s: %s", b.Where(), strings.Join(faults, "\n"))
	}
}

// Where is the address of the page.
func (b *Browser) Where() string { return eval[string](b, "location.href") }

// Text is what a person reads on the page.
func (b *Browser) Text() string { return eval[string](b, "document.body.innerText") }

// Eval gives the value of an expression on the page, as text.
func (b *Browser) Eval(expression string) string {
	return eval[string](b, "String("+expression+")")
}

func eval[T any](b *Browser, expression string) T {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Errorf("evaluate %.80s: %v", expression, err)
	}
	return v
}

// Until waits until an expression holds on the page, also over navigations.
func Until(expression string) Step {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		for {
			ok, err := chromedp.Evaluate[bool]("!!("+expression+")")(ctx, t)
			if err == nil && ok {
				return chromedp.Void{}, nil
			}
			select {
			case <-ctx.Done():
				return chromedp.Void{}, fmt.Errorf("never came: %s", expression)
			case <-time.After(100 * time.Millisecond):
			}
		}
	}
}

// At waits until the browser shows a path, whole.
func At(path string) Step {
	return Until(fmt.Sprintf("location.pathname === %q && document.readyState === 'complete'", path))
}

// Says waits until a text is on the page.
func Says(text string) Step {
	quoted, _ := json.Marshal(text)
	return Until("document.body && document.body.innerText.includes(" + string(quoted) + ")")
}

// Fill puts text into a field.
func Fill(field, text string) Step { return chromedp.SetValue(chromedp.CSS(field), text) }

// Type types text into a field, key by key.
func Type(field, text string) Step { return chromedp.SendKeys(chromedp.CSS(field), text) }

// Click presses what the selector finds.
func Click(selector string) Step { return chromedp.Click(chromedp.CSS(selector)) }

// Files puts files into a file field.
func Files(field string, paths ...string) Step {
	return chromedp.SetUploadFiles(chromedp.CSS(field), paths)
}

// Look sets the width of the window and light or dark.
func (b *Browser) Look(width, height int, dark bool) {
	b.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	b.Do(chromedp.EmulateViewport(int64(width), int64(height)), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		return err
	}))
}

// Shot keeps a picture of the whole page where WARD_SHOTS names a folder.
func (b *Browser) Shot(name string) {
	b.t.Helper()
	folder := os.Getenv("WARD_SHOTS")
	if folder == "" {
		return
	}
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name+".png"), png, 0o600)
	}
	if err != nil {
		b.t.Error(err)
	}
}
