package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"ward/internal/seed"
	"ward/people"
	"ward/store"
)

// permissions is the table of operations and permissions, written down apart from
// the code; what is not in it needs people.See.
var permissions = map[string]people.Permission{
	"append-upload": people.Upload, "begin-upload": people.Upload, "complete-upload": people.Upload, "undo-import": people.Upload,
	"comment-device": people.DoWork, "comment-finding": people.DoWork, "comment-work": people.DoWork, "remove-comment": people.DoWork, "set-work": people.DoWork,
	"decide": people.Decide, "revoke-decision": people.Decide, "second-decision": people.ApproveOther, "label-device": people.LabelDevice,
	"update-feeds": people.ManageFeeds, "list-audit": people.SeeAudit, "verify-audit": people.SeeAudit, "export-audit": people.SeeAudit,
}

// TestRolesAndScopes asks for every operation as every role, and with tokens of
// every scope: only the permission opens it.
func TestRolesAndScopes(t *testing.T) {
	d := describedSite(t, 8)
	all := d.who
	for path, item := range d.doc.Paths.Map() {
		for method, op := range item.Operations() {
			want, ok := permissions[op.OperationID]
			if !ok {
				want = people.See
			}
			if op.Extensions["x-permission"] != string(want) {
				t.Errorf("%s needs %v, the table says %s", op.OperationID, op.Extensions["x-permission"], want)
			}
			if op.OperationID == "stream-events" { // would wait
				continue
			}
			at := strings.NewReplacer("{id}", "none", "{key}", "none", "{vulnerability}", "none").Replace(path)
			for _, role := range people.Roles {
				p := people.Person{ID: "x", Roles: []people.Role{role}}
				d.who = &people.Who{Person: p, Session: "s"}
				d.opens(method, at, p.May(want), string(role))
			}
			for _, scope := range people.Permissions {
				d.who = &people.Who{Person: all.Person, Token: "t", Only: []people.Permission{scope}}
				d.opens(method, at, scope == want, "token "+string(scope))
			}
			d.who = &people.Who{Person: people.Person{ID: "y", Roles: []people.Role{people.Viewer}}, Token: "t", Only: people.Permissions}
			d.opens(method, at, want == people.See, "a viewer's token with a wide scope")
			d.who = &people.Who{Person: all.Person, Token: "t", Only: []people.Permission{}}
			d.opens(method, at, false, "token without a scope")
			d.who = nil
			if w := d.do(method, at, nil); w.Code != http.StatusUnauthorized || w.Header().Get("WWW-Authenticate") == "" {
				t.Errorf("%s as nobody: %d", op.OperationID, w.Code)
			}
		}
	}
	for _, p := range []string{"/", "/openapi.json", "/openapi.yaml"} {
		if w := d.do("GET", p, nil); w.Code != http.StatusUnauthorized {
			t.Errorf("%s as nobody: %d", p, w.Code)
		}
	}
}

// opens asks and looks whether the door was open; what is behind does not matter.
func (d *described) opens(method, path string, want bool, as string) {
	d.Helper()
	w := d.do(method, path, nil)
	if open := w.Code != http.StatusForbidden; open != want || w.Code == http.StatusUnauthorized || w.Code == http.StatusInternalServerError {
		d.Errorf("%s %s as %s: %d, open should be %v: %s", method, path, as, w.Code, want, w.Body)
	}
}

// TestDepartments: a device of another department does not exist, wherever one asks.
func TestDepartments(t *testing.T) {
	s := newSite(t, 48)
	admin := s.who
	var other, mine store.Decision
	label := map[string]string{"field": "owner", "value": "x", "reason": "asked on the ward"}
	s.read(s.do("POST", pump+"/labels", label), http.StatusCreated, &other)
	monitor := "/devices/" + string(seed.Device(1).ID)
	s.read(s.do("POST", monitor+"/labels", label), http.StatusCreated, &mine)
	s.who = s.person("Cleo", []string{"Cardiology"}, people.Roles...) // patient monitors
	for _, x := range [][2]string{{"GET", ""}, {"GET", "/claims"}, {"GET", "/peers"}, {"GET", "/sessions"}, {"GET", "/week"}, {"GET", "/changes"}, {"GET", "/comments"},
		{"GET", "/explain?about=x"}, {"GET", "/findings/CVE-2026-90001"}, {"GET", "/findings/CVE-2026-90001/comments"}} {
		if w := s.do(x[0], pump+x[1], nil); w.Code != http.StatusNotFound {
			t.Errorf("%s of another department: %d %s", x[1], w.Code, w.Body)
		}
	}
	for path, want := range map[string]int{monitor: 200, "/decisions/" + mine.ID: 200, "/decisions/" + other.ID: 404, "/work/key-CVE-2026-90001": 404, "/work/key-CVE-2026-90002": 200,
		"/vulnerabilities/CVE-2026-90001": 404, "/vulnerabilities/CVE-2026-90002": 200, "/findings?device=" + string(seed.Device(0).ID): 404, "/exports/findings.csv?device=" + string(seed.Device(0).ID): 404,
		"/exports/openvex.json?device=" + string(seed.Device(0).ID): 404, "/decisions?device=" + string(seed.Device(0).ID): 404, "/audit": 403, "/audit/verify": 403, "/exports/audit.csv": 403, "/advisories/EX-2026-001/spared": 403} {
		if w := s.do("GET", path, nil); w.Code != want {
			t.Errorf("%s: %d, want %d: %s", path, w.Code, want, w.Body)
		}
	}
	for path, body := range map[string]any{pump + "/labels": label, pump + "/comments": map[string]string{"text": "x"}, "/decisions/" + other.ID + "/revoke": map[string]string{"reason": "nobody should read it"},
		"/decisions": map[string]any{"kind": "accept_risk", "device": seed.Device(0).ID, "vulnerability": "CVE-2026-90001", "reason": "nobody should read it", "expires": seed.Now.AddDate(0, 0, 9)}} {
		if w := s.do("POST", path, body); w.Code != http.StatusNotFound {
			t.Errorf("POST %s: %d %s", path, w.Code, w.Body)
		}
	}
	for _, path := range []string{"/devices?limit=200", "/devices/facets", "/findings?limit=200", "/work", "/vulnerabilities", "/changes?limit=200&kind=device_new&kind=finding_new&kind=work_new&kind=decision", "/decisions", "/exports/devices.csv", "/exports/findings.csv",
		"/exports/work.csv", "/exports/inventory.json", "/exports/openvex.json"} {
		body := s.do("GET", path, nil).Body.String()
		if strings.Contains(body, "infusion_pump") || strings.Contains(body, "CVE-2026-90001") || strings.Contains(body, `"`+string(seed.Device(0).ID)+`"`) && !strings.Contains(path, "inventory") {
			t.Errorf("%s tells of another department: %.300s", path, body)
		}
		if path != "/decisions" && !strings.Contains(strings.ToLower(body), "monitor") && !strings.Contains(body, "CVE-2026-90002") {
			t.Errorf("%s tells nothing: %.300s", path, body)
		}
	}
	var told advisoryPage
	s.get("/advisories?ours=true&limit=200", &told)
	for _, a := range told.Advisories {
		var found store.FindingPage
		if s.get("/findings?advisory="+a.ID, &found); found.Total == 0 || a.Devices > found.Total {
			t.Errorf("%s counts %d devices, %d findings may be seen", a.ID, a.Devices, found.Total)
		}
	}
	s.who = admin
	if w := s.do("GET", pump, nil); w.Code != http.StatusOK {
		t.Errorf("who sees all does not see the pump: %d", w.Code)
	}
}

// TestWhoLookedIsKept: views of a device, exports and labels are in the audit trail.
func TestWhoLookedIsKept(t *testing.T) {
	s := newSite(t, 8)
	id := string(seed.Device(0).ID)
	for path, want := range map[string]string{pump: "device.view device:" + id, pump + "/claims": "device.view device:" + id, pump + "/peers": "device.view device:" + id,
		pump + "/findings/CVE-2026-90001": "finding.view finding:" + id + " CVE-2026-90001", "/findings?device=" + id: "device.view device:" + id,
		"/exports/devices.csv": "device.export devices", "/exports/findings.csv": "finding.export findings", "/exports/work.csv": "work.export work",
		"/exports/audit.csv": "audit.export audit", "/exports/inventory.json": "inventory.export inventory", "/exports/openvex.json": "vex.export findings", "/audit": "audit.view audit"} {
		if w := s.do("GET", path, nil); w.Code != http.StatusOK {
			t.Fatalf("%s: %d", path, w.Code)
		}
		list, err := s.store.AuditTrail(t.Context(), store.AuditFilter{Limit: 1})
		must(t, err)
		if e := list[0]; e.Verb+" "+e.Object != want || e.Actor.ID != s.who.Person.ID || e.Actor.From != s.who.From {
			t.Errorf("%s left %+v, want %s", path, list[0], want)
		}
	}
}

// TestRateLimit: each token has its own measure.
func TestRateLimit(t *testing.T) {
	s := newSite(t, 1)
	s.handler = New(Deps{Store: s.store, PerMinute: 10})
	codes := func(token string) (out []int) {
		s.who = &people.Who{Person: s.who.Person, Token: token, Only: people.Permissions}
		for range 7 {
			w := s.do("GET", "/feeds", nil)
			if out = append(out, w.Code); w.Code == http.StatusTooManyRequests && w.Header().Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
		}
		return out
	}
	want := []int{200, 200, 200, 200, 200, 429, 429}
	if a, b := codes("a"), codes("b"); !slices.Equal(a, want) || !slices.Equal(b, want) {
		t.Errorf("a: %v, b: %v, want %v each", a, b, want)
	}
}
