package browser

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/chromedp/chromedp"
)

// axeRun asks for all rules of WCAG 2.2 A and AA.
const axeRun = `axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa']}).then(r => JSON.stringify(r.violations.map(v =>
 v.id + ': ' + v.help + ' (' + v.nodes.length + ') ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + (n.any[0]?.message ?? '')).join(' | '))))`

// Axe fails the test for each rule of WCAG 2.2 AA that the page breaks. source
// is the file axe.min.js of axe-core.
func (b *Browser) Axe(source string) {
	b.t.Helper()
	script, err := os.ReadFile(source)
	if err != nil {
		b.t.Fatal("axe-core is missing; run make assets:", err)
	}
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](string(script)+"; true")); err != nil {
		b.t.Fatal("load axe:", err)
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[string](axeRun, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal("run axe:", err)
	}
	if found != "[]" {
		b.t.Errorf("%s breaks WCAG 2.2 AA:\n%s", b.Where(), strings.ReplaceAll(fmt.Sprint(found), `","`, "\n"))
	}
}
