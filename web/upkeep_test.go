package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/CycloneDX/cyclonedx-go"

	"ward/people"
	"ward/store"
	"ward/vuln/feed/bundle"
	certs "ward/web/tls"
	"ward/web/ui"
)

// with gives the same site with other Deps.
func (s *site) with(change func(*Deps)) {
	s.Helper()
	u, err := ui.New(ui.Options{Now: s.store.Now, Zone: time.UTC})
	if err != nil {
		s.Fatal(err)
	}
	d := Deps{Store: s.store, UI: u}
	change(&d)
	s.handler = New(d)
}

func TestUpkeepPages(t *testing.T) {
	s := newSite(t, 12)
	for _, p := range []string{"/imports", "/imports?state=failed", "/feeds", "/changes", "/changes?kind=findings&days=0", "/changes?days=99&before=x",
		"/audit", "/audit?text=device&since=2026-11-01&until=2026-11-30", "/settings", "/settings/check", "/about"} {
		for _, lang := range []string{"en", "de"} {
			body := s.get(p, "Accept-Language", lang)
			if strings.Contains(body, "style=") || strings.Contains(body, "%!") || strings.Contains(body, "ZgotmplZ") || strings.Count(body, "<h1") != 1 {
				t.Errorf("%s in %s: inline style, a text that was filled in wrongly, or not one h1", p, lang)
			}
		}
	}
	if w := s.do("GET", "/install-ca", nil); w.Code != http.StatusNotFound {
		t.Errorf("no authority: %d", w.Code)
	}
}

// Each role reaches what its permissions say and nothing else.
func TestUpkeepPermissions(t *testing.T) {
	s := newSite(t, 1)
	if err := s.store.PutFeed(t.Context(), store.Feed{Name: "kev", Kind: "kev"}); err != nil {
		t.Fatal(err)
	}
	for _, role := range people.Roles {
		s.person.Roles = []people.Role{role}
		for _, r := range Routes() {
			if r.Permission == Anyone || r.Pattern == "/live" {
				continue
			}
			path := strings.NewReplacer("{$}", "", "{name}", "kev", "{id}", "x", "{key}", "x").Replace(r.Pattern)
			code := s.do(r.Method, path, url.Values{}).Code
			if may := s.person.May(r.Permission); may == (code == http.StatusForbidden) {
				t.Errorf("%s %s as %s gave %d", r.Method, path, role, code)
			}
		}
	}
}

func TestFeeds(t *testing.T) {
	s := newSite(t, 0)
	var asked []string
	s.with(func(d *Deps) {
		d.UpdateFeeds = func(names ...string) error { asked = append(asked, names...); return nil }
	})
	old := store.Feed{Name: "kev", Kind: "kev", URL: "https://example.org/kev.json", Enabled: true, StaleDays: 7, Updated: s.store.Now().Add(-20 * 24 * time.Hour), Error: "fetch: <b>gone</b>"}
	if err := s.store.PutFeed(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	if body := s.get("/feeds"); !strings.Contains(body, "20 days ago") || !strings.Contains(body, "too old") || !strings.Contains(body, "&lt;b&gt;gone") {
		t.Errorf("age, staleness or fault is missing: %s", body)
	}
	if w := s.do("POST", "/feeds/kev/update", url.Values{}); w.Code != http.StatusSeeOther || !slices.Equal(asked, []string{"kev"}) {
		t.Errorf("%d %v", w.Code, asked)
	}
	if w := s.do("POST", "/feeds/none/update", url.Values{}); w.Code != http.StatusNotFound {
		t.Errorf("an unknown feed: %d", w.Code)
	}
	s.do("POST", "/feeds/kev/switch", url.Values{"enabled": {"no"}})
	if w := s.do("POST", "/feeds/update", url.Values{}); w.Code != http.StatusConflict {
		t.Errorf("nothing is switched on: %d", w.Code)
	}
	for _, bad := range []string{"", "http://psirt.example.com", "https://127.0.0.1/x", "https://[::1]/", "localhost", "https://a:b@example.com/", "file:///etc/passwd", "javascript:alert(1)"} {
		if w := s.do("POST", "/feeds", url.Values{"url": {bad}}); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d", bad, w.Code)
		}
	}
	for range 2 {
		s.do("POST", "/feeds", url.Values{"url": {"psirt.Example.com"}})
	}
	all, err := s.store.Feeds(t.Context())
	if err != nil || len(all) != 2 || all[1].Name != "psirt-example-com" || all[1].Kind != "csaf" || !all[1].Enabled || all[0].Enabled {
		t.Errorf("%+v %v", all, err)
	}
}

func TestBundle(t *testing.T) {
	s := newSite(t, 0)
	var got []byte
	var answer error
	s.with(func(d *Deps) {
		d.ImportBundle = func(_ context.Context, path string) (err error) {
			got, err = os.ReadFile(path)
			return errors.Join(err, answer)
		}
	})
	post := func() *httptest.ResponseRecorder {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		f, _ := m.CreateFormFile("file", "feeds.bundle")
		f.Write(bytes.Repeat([]byte("x"), 3<<20)) // more than a form may have
		m.Close()
		r := httptest.NewRequest("POST", "/feeds/bundle", &b)
		r.Header.Set("Content-Type", m.FormDataContentType())
		r = r.WithContext(people.NewContext(r.Context(), &people.Who{Person: s.person, Session: "s"}))
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, r)
		return w
	}
	if w := post(); w.Code != http.StatusSeeOther || len(got) != 3<<20 {
		t.Errorf("%d, %d bytes", w.Code, len(got))
	}
	answer = bundle.ErrSignature
	if w := post(); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "not signed by a key") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestAuditPage(t *testing.T) {
	s := newSite(t, 0)
	for range auditPage + 5 {
		if err := s.store.Audit(t.Context(), store.Actor{ID: "x", Name: "=HYPERLINK(\"http://evil\")"}, "device.view", "device:<script>alert(1)</script>", "+1+1"); err != nil {
			t.Fatal(err)
		}
	}
	body := s.get("/audit?verb=device.view")
	if strings.Contains(body, "<script>alert") || !strings.Contains(body, "Older") {
		t.Error("escaping or paging")
	}
	rows, err := csv.NewReader(strings.NewReader(s.get("/audit.csv"))).ReadAll()
	if err != nil || len(rows) < auditPage+7 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
				t.Errorf("the cell %q is a formula", cell)
			}
		}
	}
	if rows[1][5] != "audit.export" {
		t.Errorf("the export is not in the trail: %v", rows[1])
	}
	if body := s.do("POST", "/audit/verify", url.Values{}).Body.String(); !strings.Contains(body, "The trail is unbroken.") || !strings.Contains(body, "<code>") {
		t.Error("the check says nothing")
	}
	if w := s.do("GET", "/audit?since=yesterday", nil); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("no date: %d", w.Code)
	}
}

func TestSettings(t *testing.T) {
	s := newSite(t, 0)
	form := url.Values{"site": {"St. <i>Example</i>"}, "hours": {"12,5"}, "networks": {"192.0.2.7/24\n2001:db8::1"}}
	if w := s.do("POST", "/settings", form); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	var hours float64
	var networks []string
	if err := errors.Join(s.store.Setting(t.Context(), SettingHours, &hours), s.store.Setting(t.Context(), SettingNetworks, &networks)); err != nil ||
		hours != 12.5 || !slices.Equal(networks, []string{"192.0.2.0/24", "2001:db8::1/128"}) {
		t.Errorf("%v %v %v", hours, networks, err)
	}
	if body := s.get("/devices"); !strings.Contains(body, "St. &lt;i&gt;Example&lt;/i&gt;") {
		t.Error("the name of the site is not on the page, or not escaped")
	}
	for _, bad := range []url.Values{{"hours": {"NaN"}}, {"hours": {"-1"}}, {"hours": {"1e9"}}, {"networks": {"0.0.0.0/0"}}, {"networks": {"here"}}, {"site": {strings.Repeat("x", 81)}}} {
		if w := s.do("POST", "/settings", bad); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%v: %d", bad, w.Code)
		}
	}
	keep := url.Values{"sessions": {"3"}, "rollups": {"30"}, "changes": {"0"}, "closed_findings": {"1"}, "import_files": {"2"}, "notices": {"9"}}
	s.do("POST", "/settings/retention", keep)
	if got, err := s.store.Retention(t.Context()); err != nil || got != (store.Retention{Sessions: 3, Rollups: 30, ClosedFindings: 1, ImportFiles: 2, Notices: 9}) {
		t.Errorf("%+v %v", got, err)
	}
	if w := s.do("POST", "/settings/retention", url.Values{"sessions": {"-3"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a wrong number of days: %d", w.Code)
	}
}

func TestAbout(t *testing.T) {
	s := newSite(t, 0)
	want, err := os.ReadFile(filepath.Join("..", "LICENSE"))
	if err != nil || licence != string(want) || s.get("/about/licence") != licence {
		t.Errorf("about_licence.txt is not LICENSE: %v", err)
	}
	var bill cyclonedx.BOM
	if err := json.Unmarshal([]byte(s.get("/about/ward.cdx.json")), &bill); err != nil || bill.SpecVersion != cyclonedx.SpecVersion1_6 || bill.Components == nil {
		t.Fatalf("%v", err)
	}
	if !slices.ContainsFunc(*bill.Components, func(c cyclonedx.Component) bool {
		return c.Name == "htmx.org" && strings.HasPrefix(c.PackageURL, "pkg:npm/htmx.org@")
	}) {
		t.Error("the front-end packages are missing")
	}
}

// What is compiled in has its licence in the notices.
func TestNoticesAreWhole(t *testing.T) {
	known, err := noticed()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}@{{.Version}}{{end}}", "ward/cmd/ward").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range strings.Fields(string(out)) {
		name, version, _ := strings.Cut(m, "@")
		if name != "ward" && !slices.ContainsFunc(known, func(p part) bool { return p.Name == name && p.Version == version && p.Licence != "" && p.Text != "" }) {
			t.Fatalf("%s: run go run ./internal/notices web/about_notices.json.gz", m)
		}
	}
}

func TestInstallPageNeedsNobody(t *testing.T) {
	s := newSite(t, 0)
	a, err := certs.OpenAuthority(t.TempDir(), []string{"localhost"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.with(func(d *Deps) { d.Authority = a })
	s.person = people.Person{}
	if body := s.get("/install-ca"); !strings.Contains(body, a.Words()) || !strings.Contains(body, a.Fingerprint()) {
		t.Error("words or fingerprint are missing")
	}
	if !bytes.Equal([]byte(s.get("/install-ca/ward-ca.crt")), a.DER()) || s.get("/install-ca/ward-ca.pem") != string(a.PEM()) {
		t.Error("another certificate is given")
	}
}

// A page that reads itself anew is one view, and nobody hides a view so.
func TestLiveViewIsOneView(t *testing.T) {
	s := newSite(t, 2)
	page, err := s.store.Devices(t.Context(), store.DeviceFilter{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		s.get(ui.DeviceLink(page.Devices[0].ID), "Ward-Live", "1")
	}
	if e, err := s.store.AuditTrail(t.Context(), store.AuditFilter{Verb: "device.view", Limit: 9}); err != nil || len(e) != 1 {
		t.Errorf("%d entries, %v", len(e), err)
	}
}
