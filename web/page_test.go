package web

import (
	"context"
	"encoding/csv"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ward/asset/device"
	"ward/internal/seed"
	"ward/people"
	"ward/store"
	"ward/web/ui"
)

// site is a server over a real store, used as a person with all roles.
type site struct {
	*testing.T
	store   *store.Store
	handler http.Handler
	person  people.Person
}

func newSite(t *testing.T, devices int) *site {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "ward.db"), Now: func() time.Time { return seed.Now }, Key: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if devices > 0 {
		if err := seed.Fill(t.Context(), s, devices); err != nil {
			t.Fatal(err)
		}
	}
	u, err := ui.New(ui.Options{Now: s.Now, Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.AddPerson(t.Context(), people.Person{Name: "Ada", Email: "ada@example.org", Roles: people.Roles})
	if err != nil {
		t.Fatal(err)
	}
	return &site{t, s, New(Deps{Store: s, UI: u, Log: slog.New(slog.DiscardHandler)}), p}
}

func (s *site) do(method, path string, form url.Values, headers ...string) *httptest.ResponseRecorder {
	s.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, path, body)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if s.person.ID != "" {
		r = r.WithContext(people.NewContext(r.Context(), &people.Who{Person: s.person, Session: "s"}))
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

func (s *site) get(path string, headers ...string) string {
	s.Helper()
	w := s.do("GET", path, nil, headers...)
	if w.Code != http.StatusOK {
		s.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

func TestEveryRouteHasAPermission(t *testing.T) {
	public := []string{"/healthz", "/preferences", "/install-ca", "/install-ca/ward-ca.crt", "/install-ca/ward-ca.pem"}
	for _, r := range Routes() {
		if r.Permission == "" || r.Permission == Anyone != slices.Contains(public, r.Pattern) {
			t.Errorf("%s %s has the permission %q", r.Method, r.Pattern, r.Permission)
		}
		if r.Method != "GET" && r.Method != "POST" {
			t.Errorf("%s %s: only GET reads and POST writes", r.Method, r.Pattern)
		}
	}
}

func TestPages(t *testing.T) {
	for _, n := range []int{0, 12, 5000} {
		s := newSite(t, n)
		paths := []string{"/", "/?state=mine", "/?state=done", "/devices", "/devices?tier=T0&text=pump&column=name&column=mac", "/devices?sort=-name&offset=50", "/devices.csv", "/healthz"}
		if n > 0 {
			paths = append(paths, ui.DeviceLink(seed.Device(0).ID), ui.DeviceLink(seed.Device(6).ID), ui.WorkLink("key-CVE-2026-90001"))
		}
		for _, p := range paths {
			for _, lang := range []string{"en", "de"} {
				start := time.Now()
				body := s.get(p, "Accept-Language", lang)
				if d := time.Since(start); d > 2*time.Second {
					t.Errorf("%s with %d devices took %v", p, n, d)
				}
				if strings.Contains(body, "style=") || strings.Contains(body, "%!") || strings.Contains(body, "ZgotmplZ") {
					t.Errorf("%s with %d devices: inline style or a text that was filled in wrongly", p, n)
				}
				if strings.HasPrefix(body, "<!doctype") && (!strings.Contains(body, `<html lang="`+lang+`"`) || strings.Count(body, "<h1") != 1) {
					t.Errorf("%s in %s: language or the one h1 is missing", p, lang)
				}
			}
		}
	}
}

func TestPolicyOnEveryAnswer(t *testing.T) {
	s := newSite(t, 1)
	for _, p := range []string{"/", "/devices", "/nothing", "/static/0000/ui.js", "/static/../../etc/passwd", "/devices/mac:none", "/healthz"} {
		h := s.do("GET", p, nil).Header()
		if h.Get("Content-Security-Policy") != policy || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", p, h)
		}
	}
	s.person = people.Person{}
	if w := s.do("GET", "/devices", nil); w.Code != http.StatusForbidden || w.Header().Get("Content-Security-Policy") != policy {
		t.Errorf("nobody: %d", w.Code)
	}
}

func TestStaticStaysInside(t *testing.T) {
	s := newSite(t, 0)
	for _, p := range []string{"/static/x/../ui.go", "/static/x/..%2f..%2fui.go", "/static/x/%2e%2e/%2e%2e/etc/passwd", "/static/", "/static/x/vendor/README.md"} {
		if w := s.do("GET", p, nil); w.Code == http.StatusOK || strings.Contains(w.Body.String(), "package ui") {
			t.Errorf("%s: %d", p, w.Code)
		}
	}
}

// hostile is a device whose texts an attacker chose.
func hostile(t *testing.T, s *store.Store) device.ID {
	t.Helper()
	d := seed.Device(0)
	d.Hostname = `<script>alert(1)</script>`
	d.Model, d.Manufacturer = `" onmouseover="alert(2)`, "=cmd|'/c calc'!A0"
	d.AETitles = []string{"EVIL\u202eTEKCOR\x07'\""}
	d.Location = "</td><img src=x onerror=alert(3)>"
	d.Peers = []device.Peer{{Addr: netip.MustParseAddr("10.9.9.9"), Service: "<svg/onload=alert(4)>"}}
	d.Claims[0].Value, d.Claims[0].Source.Saw = "javascript:alert(5)", "<b>bold</b>"
	if _, err := s.PutDevices(context.Background(), "import evil.pcap", func(put func(*device.Device) error) error { return put(d) }); err != nil {
		t.Fatal(err)
	}
	return d.ID
}

func TestHostileTextIsOnlyText(t *testing.T) {
	s := newSite(t, 0)
	id := hostile(t, s.store)
	for _, p := range []string{"/devices", "/", ui.DeviceLink(id), "/devices?text=%3Cscript%3Ealert(1)%3C/script%3E"} {
		body := s.get(p)
		for _, bad := range []string{"<script>alert", "<img src=x", "<svg/onload", "<b>bold", "\u202e", "\x07", `" onmouseover="alert`, `href="javascript:`} {
			if strings.Contains(body, bad) {
				t.Errorf("%s contains %q", p, bad)
			}
		}
	}
}

func TestExportHasNoFormula(t *testing.T) {
	s := newSite(t, 3)
	hostile(t, s.store)
	rows, err := csv.NewReader(strings.NewReader(s.get("/devices.csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@|", rune(cell[0])) {
				t.Errorf("the cell %q is a formula", cell)
			}
			found = found || strings.HasPrefix(cell, "'=cmd")
		}
	}
	if !found {
		t.Error("the hostile maker is missing")
	}
	if e, err := s.store.AuditTrail(t.Context(), store.AuditFilter{Verb: "device.export", Limit: 5}); err != nil || len(e) != 1 {
		t.Errorf("audit: %v %v", e, err)
	}
}

func TestOtherSitesAreRefused(t *testing.T) {
	s := newSite(t, 1)
	form := url.Values{"field": {"location"}, "value": {"x"}, "reason": {"because I can"}}
	if w := s.do("POST", ui.DeviceLink(seed.Device(0).ID)+"/label", form, "Sec-Fetch-Site", "cross-site"); w.Code != http.StatusForbidden {
		t.Errorf("a request of another site gave %d", w.Code)
	}
	if w := s.do("POST", "/preferences", url.Values{"back": {"//evil.example"}, "language": {"de"}}); w.Header().Get("Location") != "/" {
		t.Errorf("sent to %q", w.Header().Get("Location"))
	}
}

func TestWorkAndUndo(t *testing.T) {
	s := newSite(t, 12)
	path := ui.WorkLink("key-CVE-2026-90001")
	w := s.do("POST", path, url.Values{"version": {"1"}, "state": {"doing"}, "assignee": {s.person.ID}}, "HX-Request", "true")
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `hx-swap-oob`) {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	x, err := s.store.Work(t.Context(), "key-CVE-2026-90001")
	if err != nil || x.State != store.WorkDoing || x.Assignee != s.person.ID {
		t.Fatalf("%+v %v", x.State, err)
	}
	if w := s.do("POST", path, url.Values{"version": {"1"}, "state": {"done"}}, "HX-Request", "true"); w.Code != http.StatusConflict || w.Header().Get("HX-Retarget") != "#notice" {
		t.Errorf("a lost update gave %d %v", w.Code, w.Header())
	}
}

func TestDepartments(t *testing.T) {
	s := newSite(t, 12)
	s.person.Departments = []string{"Radiology"}
	if body := s.get("/devices"); strings.Contains(body, "infusion_pump-0000") || !strings.Contains(body, "ct-0002") {
		t.Error("the list does not keep to the department")
	}
	if w := s.do("GET", ui.DeviceLink(seed.Device(0).ID), nil); w.Code != http.StatusNotFound {
		t.Errorf("a device of another department gave %d", w.Code)
	}
	for _, p := range []string{"/label", "/comments", "/decisions"} {
		if w := s.do("POST", ui.DeviceLink(seed.Device(0).ID)+p, url.Values{"text": {"x"}}); w.Code != http.StatusNotFound {
			t.Errorf("%s on a device of another department gave %d", p, w.Code)
		}
	}
}

// The links to files and paper keep the filters of the page.
func TestLinksKeepTheFilters(t *testing.T) {
	s := newSite(t, 12)
	for path, links := range map[string][]string{
		"/devices?tier=T0&text=a%26b": {`href="/devices.csv?text=a%26b&amp;tier=T0"`, `href="/inventory.pdf?text=a%26b&amp;tier=T0"`},
		"/?band=act_now":              {`href="/worklist.csv?band=act_now"`},
	} {
		page := s.get(path)
		for _, link := range links {
			if !strings.Contains(page, link) {
				t.Errorf("%s: no %s", path, link)
			}
		}
	}
}
