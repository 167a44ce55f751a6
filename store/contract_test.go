package store

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ward/asset/device"
	realpg "ward/internal/postgres"
	"ward/vuln/advisory"
	"ward/vuln/exposure"
	"ward/vuln/remedy"
	"ward/vuln/risk"
	"ward/wire/packet"
)

// clock is a time that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

var anna = Actor{ID: "p1", Name: "Anna", From: "127.0.0.1"}
var bert = Actor{ID: "p2", Name: "Bert"}

// TestContract runs every promise of the store on both databases.
func TestContract(t *testing.T) {
	promises := []struct {
		name string
		test func(*testing.T, *Store, *clock)
	}{
		{"audit", contractAudit}, {"settings", contractSettings}, {"views", contractViews}, {"devices", contractDevices},
		{"rename", contractRename}, {"imports", contractImports}, {"findings", contractFindings}, {"scope", contractScope},
		{"work", contractWork}, {"decisions", contractDecisions}, {"advisories", contractAdvisories}, {"feeds", contractFeeds},
		{"comments", contractComments}, {"hostile", contractHostile},
	}
	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) {
			for _, p := range promises {
				t.Run(p.name, func(t *testing.T) {
					s, c := openTest(t, db)
					p.test(t, s, c)
				})
			}
		})
	}
}

// openTest opens an empty store.
func openTest(t testing.TB, db string) (*Store, *clock) {
	t.Helper()
	c := &clock{time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)}
	o := Options{Path: filepath.Join(t.TempDir(), "ward.db"), Now: c.now, Key: []byte(strings.Repeat("k", 32))}
	if db == "postgres" {
		o.URL = realpg.New(t)
	}
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, c
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func get[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T { t.Helper(); must(t, err); return v }
}

// pump makes a device by number.
func pump(n int) *device.Device {
	return &device.Device{ID: device.ID(fmt.Sprintf("mac:00:09:fb:01:%02x:%02x", n/256, n%256)), MAC: packet.MAC{0, 9, 0xfb, 1, byte(n / 256), byte(n % 256)},
		Addresses: []netip.Addr{netip.AddrFrom4([4]byte{10, 1, byte(n / 250), byte(n%250 + 1)})}, Hostname: fmt.Sprintf("pump-%03d", n), Manufacturer: "B. Braun",
		Model: "Infusomat", Kind: "infusion_pump", Tier: "T0", Department: []string{"ICU", "Surgery"}[n%2], Location: "2.01",
		Version: "1.0", OnWire: true, First: time.Unix(1e9, 0).UTC(), Last: time.Unix(2e9, 0).UTC(),
		Services: []device.Service{{Name: "http", Transport: "tcp", Port: 80, Answers: true, Cleartext: true}}}
}

func put(t testing.TB, s *Store, devices ...*device.Device) DeviceChanges {
	t.Helper()
	c, err := s.PutDevices(t.Context(), "import a.pcap", func(put func(*device.Device) error) error {
		for _, d := range devices {
			if err := put(d); err != nil {
				return err
			}
		}
		return nil
	})
	must(t, err)
	return c
}

func finding(d device.ID, cve string, score float64, band risk.Band) Finding {
	return Finding{Finding: exposure.Finding{Device: d, Vulnerability: cve, Advisory: "ICSMA-1", Status: exposure.Affected, Match: exposure.Confirmed,
		Product: "Infusomat <= 2", Evidence: []exposure.Evidence{{Rule: "version.range", Text: "1.0 is below 2"}},
		Vuln: &advisory.Vulnerability{ID: cve, Title: "flaw " + cve}},
		Assessment: risk.Assessment{Device: d, Vulnerability: cve, Advisory: "ICSMA-1", Score: score, Band: band, Sentence: fmt.Sprintf("%.0f", score),
			Why: []risk.Reason{{Factor: "R.effect", Value: 1, Text: "kills"}}}}
}

func assess(t testing.TB, s *Store, d device.ID, f ...Finding) []FindingChange {
	t.Helper()
	return get(s.PutAssessed(t.Context(), "KEV of today", []Assessed{{Device: d, Findings: f}}))(t)
}

func contractAudit(t *testing.T, s *Store, c *clock) {
	for i := range 5 {
		must(t, s.Audit(t.Context(), anna, "device.view", fmt.Sprintf("device:%d", i), "looked <b>"))
	}
	n, head, faults, err := s.VerifyAudit(t.Context())
	if err != nil || n != 5 || len(faults) != 0 || len(head) != 64 {
		t.Fatal(n, head, faults, err)
	}
	trail := get(s.AuditTrail(t.Context(), AuditFilter{Actor: "p1", Text: "LOOKED", Limit: 2}))(t)
	if len(trail) != 2 || trail[0].Seq != 5 || trail[0].Actor != anna || !trail[0].At.Equal(c.at) {
		t.Fatalf("%+v", trail)
	}
	if _, err := s.write.Exec("DELETE FROM audit"); err == nil || !strings.Contains(err.Error(), "append-only") {
		t.Error("the database let the audit trail be deleted:", err)
	}
	if _, err := s.write.Exec("UPDATE audit SET actor = 'x' WHERE seq = 2"); err == nil {
		t.Error("the database let the audit trail be changed")
	}
	drop := map[bool]string{false: "DROP TRIGGER audit_no_update", true: "ALTER TABLE audit DISABLE TRIGGER ALL"}[s.Postgres()]
	must(t, get2(s.write.Exec(drop)))
	must(t, get2(s.write.Exec("UPDATE audit SET detail = 'x' WHERE seq = 2")))
	if _, _, faults, _ = s.VerifyAudit(t.Context()); len(faults) != 1 || faults[0].Seq != 2 {
		t.Error("a changed entry was not found:", faults)
	}
}

func get2(_ any, err error) error { return err }

func contractSettings(t *testing.T, s *Store, _ *clock) {
	v := 7
	if err := s.Setting(t.Context(), "days", &v); !errors.Is(err, ErrNotFound) || v != 7 {
		t.Fatal(err, v)
	}
	must(t, s.SetSetting(t.Context(), "days", 30, anna))
	must(t, s.Setting(t.Context(), "days", &v))
	must(t, s.SetSecret(t.Context(), "smtp", []byte("hunter2"), anna))
	if got := get(s.Secret(t.Context(), "smtp"))(t); v != 30 || string(got) != "hunter2" {
		t.Fatal(v, got)
	}
	for _, e := range get(s.AuditTrail(t.Context(), AuditFilter{}))(t) {
		if strings.Contains(asJSON(e), "hunter2") {
			t.Error("the secret is in the audit trail")
		}
	}
	must(t, s.SetSecret(t.Context(), "smtp", nil, anna))
	if _, err := s.Secret(t.Context(), "smtp"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

func contractViews(t *testing.T, s *Store, _ *clock) {
	must(t, s.PutView(t.Context(), View{ID: "v", Page: "devices", Name: "mine", Query: "a=1"}, anna))
	must(t, s.PutView(t.Context(), View{ID: "w", Page: "devices", Name: "ours", Shared: true}, bert))
	if got := get(s.Views(t.Context(), "p1", "devices"))(t); len(got) != 2 || got[0].Owner != "p1" {
		t.Fatalf("%+v", got)
	}
	if got := get(s.Views(t.Context(), "p2", "devices"))(t); len(got) != 1 {
		t.Fatalf("%+v", got)
	}
	if err := s.PutView(t.Context(), View{ID: "v", Page: "devices", Name: "stolen"}, bert); !errors.Is(err, ErrNotFound) {
		t.Error("a view of somebody else was changed:", err)
	}
	if err := s.RemoveView(t.Context(), "v", bert); !errors.Is(err, ErrNotFound) {
		t.Error("a view of somebody else was removed:", err)
	}
	must(t, s.RemoveView(t.Context(), "v", anna))
}

func contractDevices(t *testing.T, s *Store, _ *clock) {
	c := put(t, s, pump(1), pump(2), pump(3))
	if len(c.New) != 3 || len(c.Changed)+len(c.Gone) != 0 {
		t.Fatalf("%+v", c)
	}
	if c = put(t, s, pump(1), pump(2), pump(3)); len(c.New)+len(c.Changed)+len(c.Gone) != 0 {
		t.Fatalf("the same again changed something: %+v", c)
	}
	later, better := pump(1), pump(2)
	later.Last, later.Services[0].Sessions = later.Last.Add(time.Hour), 99
	better.Version = "2.0"
	if c = put(t, s, later, better); len(c.Changed) != 1 || c.Changed[0] != better.ID || len(c.Gone) != 1 {
		t.Fatalf("%+v", c)
	}
	d := get(s.Device(t.Context(), later.ID))(t)
	if !d.Last.Equal(later.Last) || asJSON(d) != asJSON(later) {
		t.Fatalf("what changed no matter was not stored: %+v", d)
	}
	if _, err := s.Device(t.Context(), pump(3).ID); !errors.Is(err, ErrNotFound) {
		t.Error("a device that is gone was found:", err)
	}
	changes := get(s.Changes(t.Context(), ChangeFilter{Kinds: []string{"device_changed"}}))(t)
	if len(changes) != 1 || changes[0].Device != better.ID || changes[0].Text != "version 2.0, was 1.0" {
		t.Fatalf("%+v", changes)
	}
	if c = put(t, s, later, better, pump(3)); len(c.New) != 1 {
		t.Fatalf("a device that came back is not new: %+v", c)
	}
	for _, sort := range []string{"", "name", "-name", "kind", "tier", "-tier", "location", "last_seen", "-score", "nonsense"} {
		if p := get(s.Devices(t.Context(), DeviceFilter{Sort: sort}))(t); p.Total != 3 || len(p.Devices) != 3 {
			t.Fatalf("sort %q: %+v", sort, p)
		}
	}
	if p := get(s.Devices(t.Context(), DeviceFilter{Text: "BRAUN 002", Cleartext: true, Tiers: []device.TierName{"T0"}}))(t); p.Total != 1 || p.Devices[0].Name != "pump-002" {
		t.Fatalf("%+v", p)
	}
	f := get(s.DeviceFacets(t.Context(), DeviceFilter{Department: "ICU"}))(t)
	if f.Total != 1 || len(f.Departments) != 2 || f.Departments[0] != (Facet{"Surgery", 2}) || f.Kinds[0] != (Facet{"infusion_pump", 1}) {
		t.Fatalf("%+v", f)
	}
	n := 0
	must(t, s.EachDeviceDocument(t.Context(), func(d *device.Device) error { n++; return nil }))
	must(t, s.EachDevice(t.Context(), DeviceFilter{}, func(l *DeviceLine) error { n++; return nil }))
	if n != 6 {
		t.Error(n)
	}
}

func contractRename(t *testing.T, s *Store, c *clock) {
	byAddress := pump(1)
	byAddress.ID, byAddress.MAC = "ip:10.1.0.2", packet.MAC{}
	put(t, s, byAddress, pump(2))
	assess(t, s, byAddress.ID, finding(byAddress.ID, "CVE-1", 80, risk.ActNow))
	must(t, get2(s.AddComment(t.Context(), "device:ip:10.1.0.2", "ours", anna)))
	must(t, get2(s.AddComment(t.Context(), "finding:ip:10.1.0.2 CVE-1", "bad", anna)))
	must(t, get2(s.Decide(t.Context(), Decision{Kind: AcceptRisk, Device: byAddress.ID, Vulnerability: "CVE-1", Reason: "no other way now", Expires: c.at.Add(day)}, false, anna)))
	ch := put(t, s, pump(1), pump(2))
	if ch.Renamed["ip:10.1.0.2"] != pump(1).ID || len(ch.New)+len(ch.Gone) != 0 {
		t.Fatalf("%+v", ch)
	}
	if d := get(s.Device(t.Context(), "ip:10.1.0.2"))(t); d.ID != pump(1).ID {
		t.Error(d.ID)
	}
	f := get(s.Finding(t.Context(), pump(1).ID, "CVE-1"))(t)
	if f.Device != pump(1).ID || f.Decision == "" {
		t.Errorf("%+v", f)
	}
	for _, subject := range []string{"device:" + string(pump(1).ID), "finding:" + string(pump(1).ID) + " CVE-1", "device:ip:10.1.0.2"} {
		if got := get(s.Comments(t.Context(), subject))(t); len(got) != 1 {
			t.Errorf("comments on %s: %v", subject, got)
		}
	}
	if got := get(s.Decisions(t.Context(), DecisionFilter{Device: pump(1).ID}))(t); len(got) != 1 || got[0].Device != pump(1).ID {
		t.Errorf("%+v", got)
	}
	if l := get(s.Devices(t.Context(), DeviceFilter{}))(t); l.Devices[0].Findings != 1 || l.Devices[0].Band != risk.ActNow {
		t.Errorf("%+v", l.Devices[0])
	}
	// a lost address whose owner was there already
	put(t, s, byAddressOnly("ip:10.9.9.9"), pump(1), pump(2))
	both := pump(2)
	both.Addresses = append(both.Addresses, netip.MustParseAddr("10.9.9.9"))
	if ch = put(t, s, pump(1), both); ch.Renamed["ip:10.9.9.9"] != both.ID {
		t.Fatalf("%+v", ch)
	}
}

func byAddressOnly(id string) *device.Device {
	return &device.Device{ID: device.ID(id), Addresses: []netip.Addr{netip.MustParseAddr(strings.TrimPrefix(id, "ip:"))}, OnWire: true}
}

func contractImports(t *testing.T, s *Store, c *clock) {
	must(t, s.PutImport(t.Context(), Import{ID: "a", Name: "a.pcap", SHA256: "x", State: ImportQueued, At: c.at}))
	if _, err := s.ImportWithDigest(t.Context(), "x"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	i := get(s.Import(t.Context(), "a"))(t)
	must(t, s.Finish(t.Context(), i, Evidence{"a", "inventory", []byte{1, 2}}))
	if got := get(s.ImportWithDigest(t.Context(), "x"))(t); got.ID != "a" || got.State != ImportDone || got.Finished.IsZero() {
		t.Errorf("%+v", got)
	}
	count := func() (n int) {
		must(t, s.EachEvidence(t.Context(), func(e Evidence) error { n += len(e.Blob); return nil }))
		return n
	}
	if count() != 2 {
		t.Error("evidence is missing")
	}
	if err := s.UndoImport(t.Context(), "a", "short", anna); !errors.Is(err, ErrRefused) {
		t.Error(err)
	}
	must(t, s.UndoImport(t.Context(), "a", "it was the wrong tap", anna))
	if count() != 0 {
		t.Error("evidence counts that was taken back")
	}
	if list, n, err := s.Imports(t.Context(), nil, 0, 10); err != nil || n != 1 || list[0].State != ImportUndone {
		t.Error(list, n, err)
	}
}

func kinds(c []FindingChange) (out []string) {
	for _, x := range c {
		out = append(out, x.Vulnerability+" "+x.Kind)
	}
	slices.Sort(out)
	return out
}

func contractFindings(t *testing.T, s *Store, c *clock) {
	put(t, s, pump(1), pump(2))
	id := pump(1).ID
	first := c.at
	if got := kinds(assess(t, s, id, finding(id, "CVE-1", 80, risk.ActNow), finding(id, "CVE-2", 10, risk.Track))); !slices.Equal(got, []string{"CVE-1 new", "CVE-2 new"}) {
		t.Fatal(got)
	}
	assess(t, s, pump(2).ID, finding(pump(2).ID, "CVE-1", 60, risk.NextWindow))
	c.at = c.at.Add(time.Hour)
	if got := assess(t, s, id, finding(id, "CVE-1", 80, risk.ActNow), finding(id, "CVE-2", 10, risk.Track)); len(got) != 0 {
		t.Fatal("the same again is a change:", got)
	}
	if got := assess(t, s, id, finding(id, "CVE-1", 81, risk.ActNow), finding(id, "CVE-2", 10, risk.Track)); len(got) != 0 {
		t.Fatal("a score within its band is a change:", got)
	}
	f := get(s.Finding(t.Context(), id, "CVE-1"))(t)
	if !f.First.Equal(first) || !f.Changed.Equal(first) || !f.Last.Equal(c.at) || f.Assessment.Score != 81 || f.Why != "KEV of today" ||
		f.Assessment.Why[0].Text != "kills" || f.Evidence[0].Rule != "version.range" || f.Device != id {
		t.Fatalf("%+v", f)
	}
	got := kinds(assess(t, s, id, finding(id, "CVE-2", 50, risk.Schedule), finding(id, "CVE-3", 5, risk.Track)))
	if !slices.Equal(got, []string{"CVE-1 closed", "CVE-2 worse", "CVE-3 new"}) {
		t.Fatal(got)
	}
	v := get(s.Vulnerabilities(t.Context(), VulnerabilityFilter{}))(t)
	if v.Total != 3 || v.Vulnerabilities[0].ID != "CVE-1" || v.Vulnerabilities[0].Devices != 1 || v.Vulnerabilities[0].Band != risk.NextWindow ||
		v.Vulnerabilities[0].Score != 60 || v.Vulnerabilities[0].Title != "flaw CVE-1" {
		t.Fatalf("%+v", v)
	}
	if p := get(s.Findings(t.Context(), FindingFilter{Device: id}))(t); p.Total != 2 || p.Findings[0].Vulnerability != "CVE-2" {
		t.Fatalf("%+v", p)
	}
	if p := get(s.Findings(t.Context(), FindingFilter{Device: id, Closed: true, Brief: true}))(t); p.Total != 3 || p.Findings[0].Evidence != nil {
		t.Fatalf("%+v", p)
	}
	clear := finding(id, "CVE-2", 50, risk.Schedule)
	clear.Status, clear.Assessment = exposure.NotAffected, risk.Assessment{}
	if got := kinds(assess(t, s, id, clear)); !slices.Equal(got, []string{"CVE-2 status", "CVE-3 closed"}) {
		t.Fatal(got)
	}
	if l := get(s.Devices(t.Context(), DeviceFilter{Vulnerability: "CVE-1"}))(t); l.Total != 1 || l.Devices[0].ID != pump(2).ID {
		t.Fatalf("%+v", l)
	}
	if ids := get(s.DevicesWith(t.Context(), []string{"CVE-1", "CVE-2"}))(t); len(ids) != 1 {
		t.Fatal(ids)
	}
	sumsHold(t, s)
	put(t, s, pump(1)) // pump 2 is gone
	sumsHold(t, s)
	if p := get(s.Findings(t.Context(), FindingFilter{}))(t); p.Total != 0 || len(p.Findings) != 0 {
		t.Fatalf("findings of a lost device are open: %+v", p)
	}
	if n := get(s.ChangeCounts(t.Context(), first, nil))(t); n["finding_worse"] != 1 || n["device_gone"] != 1 {
		t.Error(n)
	}
}

// sumsHold compares the sums that are kept with sums made anew.
func sumsHold(t testing.TB, s *Store) {
	t.Helper()
	read := func() string {
		var all []string
		for _, q := range []string{"SELECT id || ' ' || findings || ' ' || score || ' ' || band FROM device ORDER BY id",
			"SELECT id || ' ' || devices || ' ' || score || ' ' || band FROM vulnerability ORDER BY id", "SELECT id || ' ' || devices FROM publication ORDER BY id"} {
			all = append(all, get(column[string](t.Context(), s, q))(t)...)
		}
		return strings.Join(all, "\n")
	}
	kept := read()
	must(t, s.inTx(context.Background(), func(x *tx) error { return x.recount() }))
	if anew := read(); kept != anew {
		t.Errorf("sums kept:\n%s\nmade anew:\n%s", kept, anew)
	}
}

func contractScope(t *testing.T, s *Store, c *clock) {
	put(t, s, pump(1), pump(2)) // Surgery, ICU
	assess(t, s, pump(1).ID, finding(pump(1).ID, "CVE-1", 80, risk.ActNow))
	assess(t, s, pump(2).ID, finding(pump(2).ID, "CVE-2", 50, risk.Schedule))
	must(t, s.PutPlan(t.Context(), "x", []string{"k"}, []remedy.Action{{Rank: 1, Devices: []device.ID{pump(1).ID, pump(2).ID}, Effects: []remedy.Effect{{Device: pump(1).ID}}}}))
	icu := []string{"ICU"}
	if p := get(s.Devices(t.Context(), DeviceFilter{Departments: icu}))(t); p.Total != 1 || p.Devices[0].ID != pump(2).ID {
		t.Errorf("%+v", p)
	}
	if f := get(s.DeviceFacets(t.Context(), DeviceFilter{Departments: icu}))(t); f.Total != 1 || len(f.Departments) != 1 {
		t.Errorf("%+v", f)
	}
	if p := get(s.Findings(t.Context(), FindingFilter{Departments: icu}))(t); p.Total != 1 || len(p.Findings) != 1 || p.Findings[0].Device != pump(2).ID {
		t.Errorf("%+v", p)
	}
	var each []device.ID
	must(t, s.EachFinding(t.Context(), FindingFilter{}, func(f *Finding) error { each = append(each, f.Device); return nil }))
	must(t, s.EachFinding(t.Context(), FindingFilter{Departments: icu}, func(f *Finding) error { each = append(each, f.Device); return nil }))
	if !slices.Equal(each, []device.ID{pump(1).ID, pump(2).ID, pump(2).ID}) {
		t.Error(each)
	}
	if p := get(s.Vulnerabilities(t.Context(), VulnerabilityFilter{Departments: icu, Text: "flaw"}))(t); p.Total != 1 || p.Vulnerabilities[0].ID != "CVE-2" {
		t.Errorf("%+v", p)
	}
	if p := get(s.Worklist(t.Context(), WorkFilter{Departments: icu}))(t); p.Total != 1 || len(p.Work[0].Devices) != 1 || len(p.Work[0].Effects) != 0 {
		t.Errorf("%+v", p)
	}
	if _, err := s.WorkFor(t.Context(), "k", []string{"Lab"}); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	for _, x := range get(s.Changes(t.Context(), ChangeFilter{Departments: icu}))(t) {
		if x.Device == pump(1).ID {
			t.Errorf("%+v", x)
		}
	}
	if n := get(s.ChangeCounts(t.Context(), c.at.Add(-day), icu))(t); n["device_new"] != 1 || n["work_new"] != 1 {
		t.Error(n)
	}
	if n := get(s.ChangeCounts(t.Context(), c.at.Add(-day), []string{"Lab"}))(t); n["work_new"] != 0 {
		t.Error("another department's work in the history:", n)
	}
}

func contractWork(t *testing.T, s *Store, c *clock) {
	put(t, s, pump(1), pump(2))
	a := remedy.Action{Rank: 1, Action: "Change the passwords", Kind: remedy.Credentials, Band: risk.ActNow, Devices: []device.ID{pump(1).ID}, Vulnerabilities: []string{"CVE-1"}}
	b := remedy.Action{Rank: 2, Action: "Patch", Kind: remedy.Patch, Band: risk.Track, Devices: []device.ID{pump(2).ID}}
	must(t, s.PutPlan(t.Context(), "x", []string{"a", "b"}, []remedy.Action{a, b}))
	p := get(s.Worklist(t.Context(), WorkFilter{Device: string(pump(1).ID), Vulnerability: "CVE-1", Kinds: []remedy.Kind{remedy.Credentials}, Bands: []risk.Band{risk.ActNow}}))(t)
	if p.Total != 1 || p.Work[0].Action.Action != "Change the passwords" || p.Work[0].RankBefore != 0 {
		t.Fatalf("%+v", p)
	}
	w := p.Work[0]
	doing, who := WorkDoing, "p1"
	got := get(s.SetWork(t.Context(), "a", w.Version, WorkChange{State: &doing, Assignee: &who}, anna))(t)
	if got.State != WorkDoing || got.Assignee != "p1" {
		t.Fatalf("%+v", got)
	}
	if _, err := s.SetWork(t.Context(), "a", w.Version, WorkChange{State: &doing}, bert); !errors.Is(err, ErrConflict) {
		t.Error("a lost update:", err)
	}
	dismissed := WorkDismissed
	if _, err := s.SetWork(t.Context(), "a", got.Version, WorkChange{State: &dismissed}, anna); !errors.Is(err, ErrRefused) {
		t.Error("dismissed without a reason:", err)
	}
	if _, err := s.SetWork(t.Context(), "nope", 1, WorkChange{State: &doing}, anna); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	c.at = c.at.Add(day)
	if w = get(s.Work(t.Context(), "b"))(t); w.RankBefore != 2 {
		t.Error("rank at the end of the day before:", w.RankBefore)
	}
	a.Rank = 3
	must(t, s.PutPlan(t.Context(), "y", []string{"a"}, []remedy.Action{a}))
	a.Rank = 4
	must(t, s.PutPlan(t.Context(), "y", []string{"a"}, []remedy.Action{a}))
	if w = get(s.Work(t.Context(), "a"))(t); w.RankBefore != 1 || w.Rank != 4 || w.State != WorkDoing {
		t.Errorf("%+v", w)
	}
	if w = get(s.Work(t.Context(), "b"))(t); w.State != WorkGone {
		t.Errorf("%+v", w)
	}
	must(t, s.PutPlan(t.Context(), "z", []string{"a", "b"}, []remedy.Action{a, b}))
	if w = get(s.Work(t.Context(), "b"))(t); w.State != WorkOpen {
		t.Errorf("%+v", w)
	}
	if n := get(s.ChangeCounts(t.Context(), time.Time{}, nil))(t); n["work_new"] != 3 || n["work_gone"] != 1 {
		t.Error(n)
	}
}

func contractDecisions(t *testing.T, s *Store, c *clock) {
	put(t, s, pump(1))
	id := pump(1).ID
	good := Decision{Kind: AcceptRisk, Device: id, Vulnerability: "CVE-1", Reason: "no other way until spring", Expires: c.at.Add(100 * day)}
	bad := []func(*Decision){
		func(d *Decision) { d.Reason = "short" }, func(d *Decision) { d.Expires = time.Time{} }, func(d *Decision) { d.Expires = c.at },
		func(d *Decision) { d.Expires = c.at.Add(181 * day) }, func(d *Decision) { d.Kind = "x" }, func(d *Decision) { d.Vulnerability = "" },
		func(d *Decision) { d.Kind, d.Value = OverrideScore, "101" }, func(d *Decision) { d.Kind, d.Value = OverrideScore, "NaN" },
		func(d *Decision) { d.Kind, d.Value = NotAffected, "because" }, func(d *Decision) { d.Kind, d.Field = Label, "x" },
	}
	for i, spoil := range bad {
		d := good
		spoil(&d)
		if _, err := s.Decide(t.Context(), d, false, anna); !errors.Is(err, ErrRefused) {
			t.Errorf("bad decision %d: %v", i, err)
		}
	}
	d := get(s.Decide(t.Context(), good, true, anna))(t)
	if d.State != Proposed {
		t.Fatalf("%+v", d)
	}
	if _, err := s.Second(t.Context(), d.ID, true, "I agree with me", anna); !errors.Is(err, ErrRefused) {
		t.Error("the same person was the second:", err)
	}
	if d = get(s.Second(t.Context(), d.ID, true, "I agree with that", bert))(t); d.State != InForce || d.SecondBy != "p2" {
		t.Fatalf("%+v", d)
	}
	if _, err := s.Second(t.Context(), d.ID, true, "I agree with that", bert); !errors.Is(err, ErrConflict) {
		t.Error(err)
	}
	short := good
	short.Expires, short.Kind, short.Value = c.at.Add(day), OverrideScore, "12.5"
	e := get(s.Decide(t.Context(), short, false, anna))(t)
	c.at = c.at.Add(2 * day)
	if over := get(s.ExpireDecisions(t.Context()))(t); len(over) != 1 || over[0].ID != e.ID || over[0].State != Expired {
		t.Fatalf("%+v", over)
	}
	if d = get(s.Revoke(t.Context(), d.ID, "it was patched today", bert))(t); d.State != Revoked {
		t.Fatalf("%+v", d)
	}
	l := get(s.Decide(t.Context(), Decision{Kind: Label, Device: id, Field: device.FieldTier, Value: "T1", Reason: "stands on the ward"}, false, anna))(t)
	if got := get(s.Decisions(t.Context(), DecisionFilter{Device: id, Kinds: []DecisionKind{Label}, States: []DecisionState{InForce}}))(t); len(got) != 1 || got[0].ID != l.ID {
		t.Fatalf("%+v", got)
	}
	for _, table := range []string{"decision", "decision_event"} {
		if _, err := s.write.Exec("DELETE FROM " + table); err == nil {
			t.Errorf("rows of %s were deleted", table)
		}
	}
	if n, _, faults, err := s.VerifyAudit(t.Context()); n != 6 || len(faults) != 0 || err != nil {
		t.Error(n, faults, err)
	}
}

func contractAdvisories(t *testing.T, s *Store, _ *clock) {
	a := advisory.Advisory{ID: "ICSMA-1", Title: "Pumps", Publisher: "CISA", Revision: "1", File: "x.json", Vulnerabilities: []advisory.Vulnerability{{ID: "CVE-1"}}}
	fresh, changed, err := s.PutAdvisories(t.Context(), "feed", []advisory.Advisory{a})
	if err != nil || len(fresh) != 1 || len(changed) != 0 {
		t.Fatal(fresh, changed, err)
	}
	a.File = "y.json"
	if fresh, changed, err = s.PutAdvisories(t.Context(), "feed", []advisory.Advisory{a}); err != nil || len(fresh)+len(changed) != 0 {
		t.Fatal("another file name is a change:", fresh, changed, err)
	}
	a.Revision, a.Vulnerabilities = "2", append(a.Vulnerabilities, advisory.Vulnerability{ID: "CVE-9"})
	if fresh, changed, err = s.PutAdvisories(t.Context(), "feed", []advisory.Advisory{a}); err != nil || len(fresh) != 0 || len(changed) != 1 {
		t.Fatal(fresh, changed, err)
	}
	r := get(s.Revisions(t.Context(), "ICSMA-1"))(t)
	if len(r) != 2 || r[0].Revision != "2" || !slices.Equal(r[0].Changed, []string{"vulnerability added: CVE-9"}) {
		t.Fatalf("%+v", r)
	}
	put(t, s, pump(1))
	assess(t, s, pump(1).ID, finding(pump(1).ID, "CVE-1", 80, risk.ActNow))
	lines, n, err := s.Advisories(t.Context(), AdvisoryFilter{Text: "cve-9", Ours: true, Publisher: "CISA"})
	if err != nil || n != 1 || lines[0].Devices != 1 || lines[0].Revisions != 2 {
		t.Fatal(lines, n, err)
	}
	if p := get(s.Findings(t.Context(), FindingFilter{Advisory: "ICSMA-1"}))(t); p.Total != 1 {
		t.Errorf("%+v", p)
	}
	if v := get(s.Vulnerabilities(t.Context(), VulnerabilityFilter{}))(t); !slices.Equal(v.Vulnerabilities[0].Advisories, []string{"ICSMA-1"}) {
		t.Errorf("%+v", v)
	}
	must(t, s.PutThreats(t.Context(), func(string) (advisory.Threat, bool) { return advisory.Threat{KEV: true, EPSS: 0.5}, true }))
	if v := get(s.Vulnerabilities(t.Context(), VulnerabilityFilter{KEV: true}))(t); v.Total != 1 || v.Vulnerabilities[0].EPSS != 0.5 {
		t.Errorf("%+v", v)
	}
}

func contractFeeds(t *testing.T, s *Store, c *clock) {
	must(t, s.PutFeed(t.Context(), Feed{Name: "kev", Kind: "kev", Enabled: true, Updated: c.at, State: `{"etag":"x"}`, StaleDays: 3}))
	if f := get(s.Feeds(t.Context()))(t); len(f) != 1 || f[0].State != `{"etag":"x"}` || f[0].Stale(c.at) || !f[0].Stale(c.at.Add(4*day)) {
		t.Errorf("%+v", f)
	}
}

func contractComments(t *testing.T, s *Store, _ *clock) {
	put(t, s, pump(1))
	subject := "device:" + string(pump(1).ID)
	x := get(s.AddComment(t.Context(), subject, " moved to 2.03 ", anna))(t)
	for _, bad := range [][2]string{{subject, ""}, {"moon:1", "x"}, {"device:nope", "x"}, {"work:nope", "x"}} {
		if _, err := s.AddComment(t.Context(), bad[0], bad[1], anna); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
	if err := s.RemoveComment(t.Context(), x.ID, bert); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	must(t, s.RemoveComment(t.Context(), x.ID, anna))
	if got := get(s.Comments(t.Context(), subject))(t); len(got) != 1 || !got[0].Deleted || got[0].Text != "" {
		t.Errorf("%+v", got)
	}
}

// contractHostile stores what attackers send: names that are no text, quotes,
// wildcards of LIKE.
func contractHostile(t *testing.T, s *Store, _ *clock) {
	d := pump(1)
	d.Hostname, d.Model, d.Location = "a\x00b\xff", `'; DROP TABLE device; --`, "100%_<script>"
	d.AssetID = strings.Repeat("ä", 5000)
	d.Claims = []device.Claim{{Field: device.FieldHostname, Value: "a\x00b\xff"}}
	put(t, s, d)
	for text, want := range map[string]int{"drop table": 1, "%": 1, "_<": 1, "%%": 0, "\x00": 1, "'": 1, strings.Repeat("x ", 500): 0} {
		if p := get(s.Devices(t.Context(), DeviceFilter{Text: text}))(t); p.Total != want {
			t.Errorf("%q finds %d", text, p.Total)
		}
	}
	must(t, s.Audit(t.Context(), anna, "x", "a\x00b\xff", "\x00"))
	if _, _, faults, err := s.VerifyAudit(t.Context()); err != nil || len(faults) != 0 {
		t.Error(faults, err)
	}
	assess(t, s, d.ID, finding(d.ID, "CVE-\x00\xff", 1, risk.Track))
}
