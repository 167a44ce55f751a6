package api

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"ward/asset/device"
	"ward/internal/seed"
	"ward/people"
	"ward/sim"
	"ward/store"
	"ward/wire/session"
)

// described is a site whose answers are checked against the document that it
// serves.
type described struct {
	*site
	doc     *openapi3.T
	covered map[string]bool
}

func describedSite(t testing.TB, n int) *described {
	t.Helper()
	s := newSite(t, n)
	doc, err := openapi3.NewLoader().LoadFromData(s.do("GET", "/openapi.json", nil).Body.Bytes())
	must(t, err)
	must(t, doc.Validate(t.Context()))
	return &described{s, doc, map[string]bool{}}
}

// route finds an operation by its ID.
func (d *described) route(id string) *routers.Route {
	d.Helper()
	for path, item := range d.doc.Paths.Map() {
		for method, op := range item.Operations() {
			if op.OperationID == id {
				return &routers.Route{Spec: d.doc, Path: path, PathItem: item, Method: method, Operation: op}
			}
		}
	}
	d.Fatalf("the document has no operation %s", id)
	return nil
}

// call sends a request of the operation and checks request and answer against
// the document, the answer's status too.
func (d *described) call(id, path string, status int, body any, headers ...string) *httptest.ResponseRecorder {
	d.Helper()
	route := d.route(id)
	if r, ok := body.(*bytes.Reader); ok { // it is read twice
		defer r.Seek(0, 0)
	}
	in := &openapi3filter.RequestValidationInput{Request: d.request(route.Method, path, body, headers...), Route: route, PathParams: params(route.Path, path),
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true}}
	if status < 300 {
		if err := openapi3filter.ValidateRequest(d.Context(), in); err != nil {
			d.Errorf("%s: the request: %v", id, err)
		}
		d.covered[id] = true
	}
	if r, ok := body.(*bytes.Reader); ok {
		r.Seek(0, 0)
	}
	w := d.do(route.Method, path, body, headers...)
	if w.Code != status {
		d.Fatalf("%s %s: status %d, want %d: %s", id, path, w.Code, status, w.Body)
	}
	answer := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: w.Code, Header: w.Header(), Options: in.Options}
	if err := openapi3filter.ValidateResponse(d.Context(), answer.SetBodyBytes(w.Body.Bytes())); err != nil {
		d.Errorf("%s %s: the answer is not as the document says: %v", id, path, err)
	}
	return w
}

func params(template, path string) map[string]string {
	out := map[string]string{}
	path, _, _ = strings.Cut(path, "?")
	have := strings.Split(path, "/")
	for i, part := range strings.Split(template, "/") {
		if strings.HasPrefix(part, "{") && i < len(have) {
			out[strings.Trim(part, "{}")] = have[i]
		}
	}
	return out
}

// talk gives the first devices sessions with each other.
func (s *site) talk() {
	s.Helper()
	r, err := s.store.Record(s.Context(), "tap")
	must(s, err)
	for i := range 30 {
		a, b := seed.Device(i%3), seed.Device(i%3+1)
		at := seed.Now.Add(-time.Duration(i) * time.Hour)
		must(s, r.Session(&session.Session{Transport: session.TCP, State: "SF", Service: "hl7", Start: at, Last: at.Add(time.Second),
			Orig: session.Endpoint{MAC: a.MAC, Addr: a.Addresses[0], Port: 40000, Packets: 5, Bytes: 900},
			Resp: session.Endpoint{MAC: b.MAC, Addr: b.Addresses[0], Port: 2575, Packets: 4, Bytes: 300}}))
	}
	must(s, s.store.PutImport(s.Context(), store.Import{ID: "tap", Name: "tap1.pcap", Kind: "pcap", Via: "cli", State: store.ImportDone, Size: 5, By: "Ada", At: seed.Now, First: seed.Now.Add(-30 * time.Hour), Last: seed.Now}))
	must(s, r.Commit(s.Context()))
	must(s, s.store.SetOwners(s.Context(), func(p store.Party) device.ID { return device.ID("mac:" + p.MAC.String()) }))
}

// capture is a small capture of a simulated hospital.
func capture(t testing.TB) []byte {
	t.Helper()
	h, err := sim.New(sim.Config{Seed: 3, Duration: 10 * time.Second})
	must(t, err)
	var b bytes.Buffer
	r := sim.NewRecorder(&b, sim.PCAP)
	_, err = h.Write(r.Frame)
	must(t, err)
	must(t, r.Close())
	return b.Bytes()
}

// TestEveryOperationAnswersAsDescribed uses each operation of the document once
// at least.
func TestEveryOperationAnswersAsDescribed(t *testing.T) {
	d := describedSite(t, 24)
	d.talk()
	d.reads()
	d.works()
	d.decides()
	d.exports()
	d.uploads()
	d.stream()
	for _, item := range d.doc.Paths.Map() {
		for _, op := range item.Operations() {
			if !d.covered[op.OperationID] {
				t.Errorf("operation %s is not tested", op.OperationID)
			}
		}
	}
}

func (d *described) reads() {
	finding := pump + "/findings/CVE-2026-90001"
	for _, x := range [][2]string{
		{"list-devices", "/devices?tier=T0&tier=T1&on_wire=true&sort=-name&limit=2"}, {"count-devices", "/devices/facets"}, {"get-device", pump},
		{"list-claims", pump + "/claims"}, {"list-peers", pump + "/peers"}, {"list-sessions", pump + "/sessions"}, {"get-week", pump + "/week"},
		{"list-device-changes", pump + "/changes"}, {"explain-device", pump + "/explain?about=CVE-2026-90001"},
		{"list-findings", "/findings?band=act_now&full=true"}, {"list-findings", "/findings"}, {"get-finding", finding},
		{"list-vulnerabilities", "/vulnerabilities"}, {"get-vulnerability", "/vulnerabilities/CVE-2026-90001"}, {"list-advisories", "/advisories?ours=true"},
		{"list-revisions", "/advisories/EX-2026-001/revisions"}, {"list-spared", "/advisories/EX-2026-001/spared"}, {"list-changes", "/changes?kind=finding_new&limit=3"},
		{"list-imports", "/imports"}, {"get-import", "/imports/tap"}, {"list-feeds", "/feeds"}, {"get-health", "/health"}, {"list-gaps", "/gaps"}, {"get-coverage", "/coverage"},
		{"list-audit", "/audit?verb=device.view"}, {"verify-audit", "/audit/verify"}, {"list-work", "/work?band=act_now"}, {"get-work", "/work/key-CVE-2026-90001"},
	} {
		w := d.call(x[0], x[1], http.StatusOK, nil)
		for _, empty := range []string{`"peers":[]`, `"sessions":[]`, `"devices":[]`, `"findings":[]`, `"changes":[]`, `"entries":[]`, `"imports":[]`} {
			if strings.Contains(w.Body.String(), empty) && x[0] != "list-gaps" && x[0] != "get-device" {
				d.Errorf("%s tests nothing: %s", x[0], w.Body)
			}
		}
	}
}

func (d *described) works() {
	for _, about := range []string{"/work/key-CVE-2026-90001", pump, pump + "/findings/CVE-2026-90001"} {
		noun := map[bool]string{true: "work", false: "device"}[strings.HasPrefix(about, "/work")]
		if strings.Contains(about, "/findings/") {
			noun = "finding"
		}
		var c store.Comment
		d.read(d.call("comment-"+noun, about+"/comments", http.StatusCreated, map[string]string{"text": "the key is with the nurse"}), http.StatusCreated, &c)
		if list := d.call("list-"+noun+"-comments", about+"/comments", http.StatusOK, nil); !strings.Contains(list.Body.String(), "with the nurse") {
			d.Errorf("the remark on a %s is lost: %s", noun, list.Body)
		}
		d.call("remove-comment", "/comments/"+c.ID, http.StatusNoContent, nil)
	}
	tag := d.call("get-work", "/work/key-CVE-2026-90001", http.StatusOK, nil).Header().Get("ETag")
	change := map[string]string{"state": "doing", "assignee": d.who.Person.ID}
	d.call("set-work", "/work/key-CVE-2026-90001", http.StatusPreconditionRequired, change)
	d.call("set-work", "/work/key-CVE-2026-90001", http.StatusOK, change, "If-Match", tag)
	d.call("set-work", "/work/key-CVE-2026-90001", http.StatusConflict, change, "If-Match", tag)
	d.call("set-work", "/work/key-CVE-2026-90002", http.StatusUnprocessableEntity, map[string]string{"assignee": "nobody"}, "If-Match", `"1"`)
	d.call("set-work", "/work/key-CVE-2026-90002", http.StatusUnprocessableEntity, map[string]string{"state": "dismissed"}, "If-Match", `"1"`)
	d.call("update-feeds", "/feeds/update", http.StatusAccepted, map[string]any{"names": []string{"kev"}})
	d.call("update-feeds", "/feeds/update", http.StatusUnprocessableEntity, map[string]any{"names": []string{"none"}})
	if !slices.Equal(d.updated, []string{"kev"}) {
		d.Errorf("updated %q", d.updated)
	}
}

func (d *described) decides() {
	ada, bob := d.who, d.person("Bob", nil, people.Approver)
	var label, risk store.Decision
	d.read(d.call("label-device", pump+"/labels", http.StatusCreated, map[string]string{"field": "location", "value": "ICU 9", "reason": "seen there today"}), http.StatusCreated, &label)
	decide := map[string]any{"kind": "accept_risk", "device": seed.Device(0).ID, "vulnerability": "CVE-2026-90001", "reason": "until the update", "expires": seed.Now.Add(30 * 24 * time.Hour)}
	d.read(d.call("decide", "/decisions", http.StatusCreated, decide), http.StatusCreated, &risk)
	if risk.State != store.Proposed || label.State != store.InForce {
		d.Errorf("the risk of a pump is %s, the label %s", risk.State, label.State)
	}
	yes := map[string]any{"approve": true, "reason": "agreed with the ward"}
	d.call("second-decision", "/decisions/"+risk.ID+"/second", http.StatusUnprocessableEntity, yes) // the same person
	d.who = bob
	d.read(d.call("second-decision", "/decisions/"+risk.ID+"/second", http.StatusOK, yes), http.StatusOK, &risk)
	d.who = ada
	if risk.State != store.InForce || len(d.decided) != 3 {
		d.Errorf("after the second word it is %s; told of %d decisions", risk.State, len(d.decided))
	}
	d.call("get-decision", "/decisions/"+risk.ID, http.StatusOK, nil)
	d.call("list-decisions", "/decisions?kind=accept_risk", http.StatusOK, nil)
	if vex := d.call("export-openvex", "/exports/openvex.json", http.StatusOK, nil).Body.String(); !strings.Contains(vex, "The risk is accepted until") {
		d.Log("the accepted risk is not yet on the finding: triage puts it there")
	}
	d.call("revoke-decision", "/decisions/"+risk.ID+"/revoke", http.StatusOK, map[string]string{"reason": "the pump was updated"})
	d.call("decide", "/decisions", http.StatusNotFound, map[string]any{"kind": "accept_risk", "device": "mac:none", "vulnerability": "CVE-2026-90001", "reason": "nobody should read it", "expires": seed.Now})
	d.call("decide", "/decisions", http.StatusUnprocessableEntity, map[string]any{"kind": "label"})
}

func (d *described) exports() {
	for _, noun := range []string{"devices", "findings", "work", "audit"} {
		w := d.call("export-"+noun, "/exports/"+noun+".csv", http.StatusOK, nil)
		if strings.Count(w.Body.String(), "\n") < 3 {
			d.Errorf("%s.csv is empty: %s", noun, w.Body)
		}
	}
	d.call("export-inventory", "/exports/inventory.json", http.StatusOK, nil)
}

func (d *described) uploads() {
	content := capture(d)
	var i store.Import
	d.read(d.call("begin-upload", "/imports", http.StatusCreated, map[string]any{"name": "tap2.pcap", "size": len(content)}), http.StatusCreated, &i)
	at := "/imports/" + i.ID
	half := len(content) / 2
	d.call("append-upload", at, http.StatusOK, bytes.NewReader(content[:half]), "Upload-Offset", "0")
	w := d.call("append-upload", at, http.StatusConflict, bytes.NewReader(content[:half]), "Upload-Offset", "0")
	if got := w.Header().Get("Upload-Offset"); got == "" || got == "0" {
		d.Errorf("the place to go on at is %q", got)
	}
	d.call("complete-upload", at+"/complete", http.StatusConflict, nil)
	d.call("append-upload", at, http.StatusOK, bytes.NewReader(content[half:]), "Upload-Offset", w.Header().Get("Upload-Offset"))
	d.call("complete-upload", at+"/complete", http.StatusAccepted, nil)
	for i.State != store.ImportDone {
		d.get(at, &i)
		if i.State == store.ImportFailed {
			d.Fatalf("the capture was not read: %s", i.Error)
		}
		time.Sleep(20 * time.Millisecond)
	}
	d.call("undo-import", at, http.StatusUnprocessableEntity, nil)
	d.call("undo-import", at+"?reason=it+was+the+wrong+tap", http.StatusOK, nil)
}

func (d *described) stream() {
	ctx, cancel := context.WithTimeout(d.Context(), 1500*time.Millisecond)
	defer cancel()
	go func() {
		time.Sleep(100 * time.Millisecond)
		d.store.PutFeed(ctx, store.Feed{Name: "epss", Kind: "epss"})
	}()
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, d.request("GET", "/events", nil).WithContext(people.NewContext(ctx, d.who)))
	if !strings.Contains(w.Body.String(), "event: feeds\n") || w.Header().Get("Content-Type") != "text/event-stream" {
		d.Errorf("no event came: %d %q", w.Code, w.Body)
	}
	d.covered["stream-events"] = true
}
