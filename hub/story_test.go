package hub

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"ward/internal/browser"
	"ward/internal/shareddata"
	"ward/store"
	"ward/vuln/risk"
)

// The week of a team in a real browser: first run, the maintenance export, a
// real capture, one device understood, one risk accepted, one action assigned,
// all of it in the audit trail, and out.
func TestTheWholeStoryInBrowser(t *testing.T) {
	real := filepath.Join(shareddata.Dir(t), "pcap", "ndpi", "hl7.pcap")
	h, b := start(t, func(o *Options) { o.Feeds = realFeeds(t) }), browser.Open(t)
	at := func(path string) string { return h.Base.String() + path }
	firstRun(t, h, b)
	b.Do(browser.Says("Start with a capture"))

	assets := example(t, h)
	for _, file := range []string{assets, real} {
		b.Go(at("/imports"))
		b.Do(browser.Files("#file", file), browser.Says("Complete"))
		h.done(t, filepath.Base(file))
	}
	b.Go(at("/imports"))
	b.Do(browser.Says(filepath.Base(real)), browser.Says("maintenance export"))

	b.Go(at("/devices"))
	b.Do(browser.Type("#text", "vuepacs"), browser.Until("document.querySelectorAll('table.devices tbody tr').length === 1"))
	b.Calm()
	b.Do(browser.Click("table.devices tbody a"), browser.Says("How Ward knows"), browser.Says("How bad the flaw is"))

	f := acceptable(t, h)
	b.Go(at("/devices/" + string(f.Device)))
	until := h.Store.Now().AddDate(0, 0, 30).Format("2006-01-02")
	b.Do(browser.Until(`(() => { const d = [...document.querySelectorAll('details.finding')].find(d => d.innerText.includes(`+quote(f.Vulnerability)+`));
		if (!d) return false; d.open = true; d.querySelectorAll('details').forEach(x => x.open = true);
		const form = d.querySelector('form'); form.kind.value = 'accept_risk'; form.expires.value = `+quote(until)+`;
		form.reason.value = 'stands in a locked room until the update in December'; form.requestSubmit(); return true })()`),
		browser.Says("until the update in December"), browser.Says("accepted"))
	b.Calm()
	if err := h.Triage.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := h.Store.Finding(t.Context(), f.Device, f.Vulnerability); err != nil || got.Decision == "" {
		t.Error("the accepted risk does not count:", err)
	}

	b.Go(at("/"))
	b.Do(browser.Until(`(() => { const s = document.querySelector('.work-form select[name=assignee]'); if (!s) return false;
		s.value = s.options[1].value; s.form.requestSubmit(); return true })()`), browser.Says("Saved."))
	b.Calm()
	mine, err := h.Store.Worklist(t.Context(), store.WorkFilter{Limit: 50})
	if err != nil || !assigned(mine.Work) {
		t.Error("nothing is assigned:", err)
	}

	b.Go(at("/audit"))
	b.Do(browser.Says("decision.accept_risk"), browser.Says("import"), browser.Says("Anna Huber"))
	b.Calm()
	if n, _, faults, err := h.Store.VerifyAudit(t.Context()); err != nil || len(faults) > 0 || n < 5 {
		t.Error(n, faults, err)
	}
	b.Do(browser.Until(`(() => { const f = document.querySelector('form[action="/sign-out"]'); if (!f) return false; f.requestSubmit(); return true })()`),
		browser.At("/sign-in"))
	b.Go(at("/devices"))
	if !strings.Contains(b.Where(), "/sign-in") {
		t.Error("signed out, and still inside:", b.Where())
	}
}

func quote(s string) string { return fmt.Sprintf("%q", s) }

func assigned(list []store.Work) bool {
	for _, w := range list {
		if w.Assignee != "" {
			return true
		}
	}
	return false
}

// acceptable is a finding whose risk one person alone may accept.
func acceptable(t *testing.T, h *running) store.Finding {
	t.Helper()
	list, err := h.Store.Findings(t.Context(), store.FindingFilter{Bands: []risk.Band{risk.Schedule, risk.NextWindow}, Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list.Findings {
		d, err := h.Store.Device(t.Context(), f.Device)
		if err != nil {
			t.Fatal(err)
		}
		if d.Tier != "T0" && d.Tier != "T1" {
			return f
		}
	}
	t.Fatal("no finding that one person may accept")
	return store.Finding{}
}
