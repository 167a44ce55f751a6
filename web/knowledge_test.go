package web

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ward/asset/device"
	"ward/internal/seed"
	"ward/store"
	"ward/vuln/advisory"
	"ward/web/ui"
	"ward/wire/session"
)

var knowledgePages = []string{"/vulnerabilities", "/vulnerabilities?kev=yes&band=act_now&text=login", "/advisories", "/advisories?all=yes&text=example", "/network",
	"/network?by=location&cleartext=yes", "/network?by=department&internet=yes&days=0", "/network?by=vlan", "/network?zone=10.0.0.0/24&service=dicom"}

// counted waits until a map is there and gives the page.
func (s *site) counted(path string) string {
	s.Helper()
	for range 200 {
		if body := s.get(path); !strings.Contains(body, `id="counting"`) {
			return body
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.Fatalf("%s: still counting", path)
	return ""
}

func TestKnowledgePages(t *testing.T) {
	for _, n := range []int{0, 12, 5000} {
		s := newSite(t, n)
		paths := knowledgePages
		if n > 0 {
			paths = append(paths[:len(paths):len(paths)], ui.VulnerabilityLink("CVE-2026-90004")+"?device=ct-0002", ui.AdvisoryLink("EX-2026-003"))
		}
		for _, p := range paths {
			for _, lang := range []string{"en", "de"} {
				start := time.Now()
				body := s.get(p, "Accept-Language", lang)
				if d := time.Since(start); d > time.Second {
					t.Errorf("%s with %d devices took %v", p, n, d)
				}
				if strings.Contains(body, "style=") || strings.Contains(body, "%!") || strings.Contains(body, "ZgotmplZ") || strings.Count(body, "<h1") != 1 {
					t.Errorf("%s with %d devices in %s is broken", p, n, lang)
				}
			}
		}
		if got := s.counted("/network"); strings.Contains(got, `id="map"`) != (n > 0) {
			t.Errorf("%d devices: the map is there or not, the wrong way", n)
		}
	}
}

func TestVulnerabilityTellsWhatIsKnown(t *testing.T) {
	s := newSite(t, 12)
	body := s.get(ui.VulnerabilityLink("CVE-2026-90001"))
	for _, want := range []string{"web service without login", "EX-2026-001", "Install the update from the service portal.", "version is in the affected range", "ICU 2, bed 1",
		"CVSS:3.1/AV:N", "CWE-306", `href="/work/key-CVE-2026-90001"`, `href="https://advisories.example.org/guide" rel="noopener noreferrer"`, "infusion_pump-0000"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if body = s.get(ui.VulnerabilityLink("CVE-2026-90001") + "?device=infusion_pump-0000"); !strings.Contains(body, "it has this vulnerability.") {
		t.Error("the question about a device is not answered")
	}
	body = s.get(ui.AdvisoryLink("EX-2026-001"))
	if !strings.Contains(body, "remediation added: vendor fix: Install the update") {
		t.Error("what the revision changed is not told")
	}
	if w := s.do("GET", "/vulnerabilities/CVE-1999-1", nil); w.Code != http.StatusNotFound {
		t.Errorf("an unknown one: %d", w.Code)
	}
}

func TestHostileAdvisoryIsOnlyText(t *testing.T) {
	s := newSite(t, 12)
	a := seed.Advisories(3)[0]
	evil := `<script>alert(1)</script> <a href="javascript:alert(2)">x</a> javascript:alert(3) "onmouseover=alert(4) https://user:pw@evil.example/ https://ok.example/a"b =cmd()`
	a.Title, a.Publisher, a.URL, a.File = evil, evil, "javascript:alert(5)", evil
	a.Products[0].Text, a.Products[0].Version = evil, evil
	v := &a.Vulnerabilities[0]
	v.Title, v.Description, v.CWEs = "=cmd|'/c calc'!A0", evil, []string{evil}
	v.Status[0].Why, v.Scores[0].Vector = evil, evil
	v.Remediations[0] = advisory.Remediation{Category: evil, Text: evil, URL: "data:text/html,<script>alert(6)</script>", Products: []string{evil}}
	if _, _, err := s.store.PutAdvisories(t.Context(), evil, []advisory.Advisory{a}); err != nil {
		t.Fatal(err)
	}
	f := seed.Findings(0)[0]
	f.Vuln, f.Product, f.Evidence[0].Text = v, evil, evil
	if _, err := s.store.PutAssessed(t.Context(), evil, []store.Assessed{{Device: f.Device, Findings: []store.Finding{f}}}); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{"/vulnerabilities", "/advisories", "/advisories?publisher=" + url.QueryEscape(evil), ui.VulnerabilityLink(v.ID), ui.VulnerabilityLink(v.ID) + "?device=" + url.QueryEscape(evil), ui.AdvisoryLink(a.ID)} {
		body := s.get(p)
		for _, bad := range []string{"<script>alert", `<a href="javascript`, `href="javascript:`, `href="data:`, `"onmouseover`, `href="https://user:`} {
			if strings.Contains(body, bad) {
				t.Errorf("%s contains %q", p, bad)
			}
		}
	}
	if body := s.get(ui.AdvisoryLink(a.ID)); !strings.Contains(body, `<a href="https://ok.example/a" rel="noopener noreferrer">`) || !strings.Contains(body, "&lt;script&gt;alert(1)") {
		t.Error("the original text is not shown, or its link is missing")
	}
	rows, err := csv.NewReader(strings.NewReader(s.get("/vulnerabilities.csv"))).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatal(rows, err)
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
		t.Error("the hostile title is missing from the CSV")
	}
}

func TestKnowledgeOfSomeDepartments(t *testing.T) {
	s := newSite(t, 64)
	s.counted("/network?by=department&days=0")
	s.person.Departments = []string{"Radiology"}
	if body := s.get("/vulnerabilities"); strings.Contains(body, "CVE-2026-90001") || !strings.Contains(body, "CVE-2026-90003") {
		t.Error("the list is not of the department")
	}
	if body := s.get("/advisories"); strings.Contains(body, "EX-2026-001") || !strings.Contains(body, "EX-2026-003") {
		t.Error("the advisories are not of the department")
	}
	for _, p := range []string{ui.VulnerabilityLink("CVE-2026-90001"), ui.VulnerabilityLink("CVE-2026-90001") + "?device=infusion_pump-0000", ui.AdvisoryLink("EX-2026-001")} {
		if body := s.get(p); strings.Contains(body, "infusion_pump-0000</a>") || strings.Contains(body, "ICU 2") || strings.Contains(body, "mac:02:10:00:00:00:00") {
			t.Errorf("%s names a device of another department", p)
		}
	}
	body := s.get(ui.VulnerabilityLink("CVE-2026-90004")) // on 8 CTs, and on 8 devices of another department
	if !strings.Contains(body, ">8 devices<") || strings.Contains(body, "ultrasound-") {
		t.Error("the count of a vulnerability is not of the department")
	}
	if w := s.do("POST", ui.VulnerabilityLink("CVE-2026-90004")+"/decisions", url.Values{"kind": {"accept_risk"}, "reason": {"x"}, "expires": {"2026-12-24"}}); w.Code != http.StatusForbidden {
		t.Errorf("a decision for all devices: %d", w.Code)
	}
	for _, by := range waysToCut {
		body = s.counted("/network?days=0&by=" + by)
		for _, bad := range []string{"Intensive care", "ICU 2", "Cardiology", "infusion pump", "Obstetrics"} {
			if strings.Contains(body, bad) {
				t.Errorf("the network by %s names %q", by, bad)
			}
		}
		if by == byDepartment && (!strings.Contains(body, "Radiology · CT scanner") || !strings.Contains(body, "Devices of other departments")) {
			t.Errorf("the own traffic is missing by %s", by)
		}
	}
	if body = s.get("/network/traffic.json"); !strings.Contains(body, `"series":[]`) {
		t.Errorf("the chart of the whole hospital: %.80s", body)
	}
}

func TestDecisionForAllDevices(t *testing.T) {
	s := newSite(t, 12)
	form := url.Values{"kind": {"accept_risk"}, "reason": {"no service until March"}, "expires": {"2026-12-24"}}
	if w := s.do("POST", ui.VulnerabilityLink("CVE-2026-90005")+"/decisions", form); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	s.do("POST", ui.VulnerabilityLink("CVE-2026-90001")+"/decisions", form) // a pump
	// It reaches devices that come later, of any tier: a second person must agree.
	for id, want := range map[string]store.DecisionState{"CVE-2026-90005": store.Proposed, "CVE-2026-90001": store.Proposed} {
		d, err := s.store.Decisions(t.Context(), store.DecisionFilter{Vulnerability: id})
		if err != nil || len(d) != 1 || d[0].State != want || d[0].Device != "" {
			t.Errorf("%s: %+v %v", id, d, err)
		}
	}
	if body := s.get(ui.VulnerabilityLink("CVE-2026-90005")); !strings.Contains(body, "no service until March") {
		t.Error("the decision is not shown")
	}
}

func TestMapIsBounded(t *testing.T) {
	var edges []store.Edge
	p := &places{by: byLocation, of: map[device.ID]spot{}, count: map[spot]int{}}
	for i := range 3000 {
		at := spot{fmt.Sprintf("<Ward %c%c> %d", 'A'+i%26, 'a'+i/26%26, i), fmt.Sprint("kind ", i%40)}
		p.count[at] = 1
		edges = append(edges, store.Edge{From: at.String(), To: spot{fmt.Sprintf("<Ward %c%c> %d", 'A'+i%7, 'a'+i%5, i), "x"}.String(), Services: []string{fmt.Sprint("s", i)}, Bytes: uint64(i), Sessions: 1})
	}
	g := newGraph(edges, p)
	sum := uint64(0)
	for _, l := range g.links {
		sum += l.Bytes
	}
	if len(g.zones) > maxZones+5 || len(g.spots) > maxSpots || sum != 3000*2999/2 || g.kinds {
		t.Errorf("%d zones, %d spots, %d bytes", len(g.zones), len(g.spots), sum)
	}
	s := newSite(t, 5000)
	for _, q := range []string{"?days=0", "?days=0&zone=10.0.1.0%2F24", "?days=0&by=location"} {
		s.counted("/network" + q)
		var d drawing
		if err := json.Unmarshal([]byte(s.get("/network/map.json"+q)), &d); err != nil {
			t.Fatal(err)
		}
		if len(d.Nodes) == 0 || len(d.Nodes) > maxMapNodes || len(d.Edges) == 0 || len(d.Edges) > maxLinks {
			t.Errorf("%s: %d nodes, %d edges", q, len(d.Nodes), len(d.Edges))
		}
		known := map[string]bool{}
		for _, n := range d.Nodes {
			known[n.ID] = true
		}
		for _, e := range d.Edges {
			if !known[e.From] || !known[e.To] {
				t.Fatalf("%s: an edge from or to nowhere: %+v", q, e)
			}
		}
	}
}

func TestMapFollowsTheTraffic(t *testing.T) {
	s := newSite(t, 12)
	now := atomic.Int64{}
	m := &netmaps{now: func() time.Time { return time.Unix(now.Load(), 0) }}
	has := func(service string) bool {
		now.Add(int64(freshMap/time.Second) + 1)
		g, err := m.get(t.Context(), s.store, byDepartment, 30, nil)
		if err != nil {
			t.Fatal(err)
		}
		return g != nil && slices.Contains(g.services, service)
	}
	soon := func(service string) bool {
		for range 200 {
			if has(service) {
				return true
			}
			time.Sleep(20 * time.Millisecond)
		}
		return false
	}
	if !soon("dicom") || has("rdp") {
		t.Fatal("the map is not of the traffic")
	}
	r, err := s.store.Record(t.Context(), "later")
	if err != nil {
		t.Fatal(err)
	}
	v := session.Session{Transport: session.TCP, Service: "rdp", Start: seed.Now.Add(-time.Hour), Last: seed.Now,
		Orig: session.Endpoint{Addr: netip.MustParseAddr("203.0.113.9"), Bytes: 10}, Resp: session.Endpoint{Addr: netip.MustParseAddr("10.0.0.1"), Port: 3389, Bytes: 5}}
	if err := r.Session(&v); err != nil {
		t.Fatal(err)
	}
	if err := r.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !soon("rdp") {
		t.Error("the new session is not on the map")
	}
}
