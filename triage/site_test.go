package triage

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ward/asset/device"
	"ward/internal/shareddata"
	"ward/pipeline"
	"ward/store"
	"ward/vuln/advisory"
	"ward/vuln/exposure"
	"ward/vuln/feed/csaf"
	"ward/vuln/remedy"
	"ward/vuln/risk"
)

// documents reads some of the shared medical advisories.
func documents(t testing.TB, most int) (names []string, read []advisory.Advisory) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(shareddata.Dir(t), "vuln", "csaf-icsma", "*.json"))
	if err != nil || len(files) < most {
		t.Fatalf("%d advisories: %v", len(files), err)
	}
	for i := range most {
		file := files[i*len(files)/most]
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		a, err := csaf.Parse(filepath.Base(file), data)
		if err != nil {
			t.Fatal(err)
		}
		names, read = append(names, file), append(read, a)
	}
	return names, read
}

// hospital is a site with its devices in memory instead of a store.
type hospital struct {
	*site
	docs    map[device.ID]*device.Device
	kept    map[device.ID][]store.Finding
	saved   int
	coveted bool // the CVE records must be read again

	refreshed int // how often KEV and EPSS alone were read
}

func newHospital() *hospital {
	s := exposure.NewSpeller()
	return &hospital{site: newSite(pipeline.NewAssessor(s), s), docs: map[device.ID]*device.Device{}, kept: map[device.ID][]store.Finding{}}
}

func (h *hospital) arrive(d *device.Device) {
	h.docs[d.ID] = d
	h.coveted = h.put(d) || h.coveted
}

func (h *hospital) depart(id device.ID) {
	delete(h.docs, id)
	delete(h.kept, id)
	h.remove(id)
}

// settle does what a round does and gives the worklist.
func (h *hospital) settle(t testing.TB, feeds string, changed bool, now decisions) []remedy.Action {
	var lock sync.Mutex
	changed = changed || h.coveted
	if changed {
		fresh, done, err := h.assessor.Refresh(feeds)
		if err != nil {
			t.Fatal(err)
		}
		if h.coveted || !done {
			fresh = pipeline.NewAssessor(h.speller)
			if _, err := fresh.Read(feeds, h.widen(), func(int64, int64) {}); err != nil {
				t.Fatal(err)
			}
		} else {
			h.refreshed++
		}
		h.assessor, h.coveted = fresh, false
	}
	h.depend()
	h.compare(changed, &lock)
	h.decide(now, &lock)
	h.saved = 0
	err := h.assessTouched(step{&lock, func(id device.ID) (*device.Device, []byte, error) { return h.docs[id], nil, nil }, func(_ *member, a store.Assessed) error {
		h.kept[a.Device] = a.Findings
		h.saved++
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	clear(h.touched)
	clear(h.replan)
	return remedy.Join(h.parts())
}

// lines is what must be the same however it came about.
func (h *hospital) lines() []string {
	var out []string
	for id, list := range h.kept {
		for _, f := range list {
			a := &f.Assessment
			out = append(out, fmt.Sprintf("%s %s %s %s %s %q R%.3f L%.3f K%.3f %.1f (%.1f-%.1f) %s %s %s %q %s", id, f.Vulnerability, f.Advisory, f.Status, f.Match, f.Product,
				a.R, a.L, a.K, a.Score, a.Low, a.High, a.Band, a.BandLow, a.BandHigh, a.FindOut, f.Decision))
		}
	}
	slices.Sort(out)
	return out
}

// folder is a folder of feeds that changes.
type folder struct {
	dir   string
	names []string
}

func (f *folder) have(t testing.TB, i int, there bool) {
	path := filepath.Join(f.dir, filepath.Base(f.names[i]))
	os.Remove(path)
	if there {
		data, err := os.ReadFile(f.names[i])
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, path, data)
	}
}

func writeFile(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// threats writes KEV and EPSS files.
func (f *folder) threats(t testing.TB, exploited []string, epss map[string]float64) {
	type entry struct {
		ID   string `json:"cveID"`
		Date string `json:"dateAdded"`
		Due  string `json:"dueDate"`
		Ran  string `json:"knownRansomwareCampaignUse"`
	}
	list := []entry{}
	for _, id := range append([]string{"CVE-1999-0001"}, exploited...) { // an empty list is no KEV file
		list = append(list, entry{id, "2026-01-02", "2026-02-02", "Unknown"})
	}
	data, err := json.Marshal(map[string]any{"title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": "2026.11.20",
		"dateReleased": "2026-11-20T00:00:00.000Z", "count": len(list), "vulnerabilities": list})
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(f.dir, "kev.json"), data)
	var b strings.Builder
	b.WriteString("#model_version:v2025.03.14,score_date:2026-11-20T00:00:00+0000\ncve,epss,percentile\n")
	for _, id := range slices.Sorted(maps.Keys(epss)) {
		fmt.Fprintf(&b, "%s,%.5f,0.50000\n", id, epss[id])
	}
	writeFile(t, filepath.Join(f.dir, "epss.csv"), []byte(b.String()))
}

// reword changes what a publisher says to do, where the document is there.
func (f *folder) reword(t testing.TB, i int) {
	path := filepath.Join(f.dir, filepath.Base(f.names[i]))
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return
	}
	var doc map[string]any
	if err == nil {
		err = json.Unmarshal(data, &doc)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range doc["vulnerabilities"].([]any) {
		v.(map[string]any)["remediations"] = []any{map[string]any{"category": "vendor_fix", "details": "Update to version 12.5 or later."}}
	}
	data, _ = json.Marshal(doc)
	writeFile(t, path, data)
}

// unit makes a device of a product of an advisory.
func unit(n int, p *advisory.Product, version, kind string) *device.Device {
	d := &device.Device{ID: device.ID(fmt.Sprintf("mac:00:09:fb:00:%02x:%02x", n>>8, n&255)), Manufacturer: p.Vendor, Model: p.Name, Version: version,
		Kind: kind, Tier: "T1", OnWire: true, Addresses: []netip.Addr{netip.AddrFrom4([4]byte{10, 1, byte(n % 3), byte(n)})}}
	return d
}

var versions = []string{"", "1.0", "2.1", "9.9"}

// TestIncrementalIsFull: after any sequence of events - devices come, change and
// go, servers gain users, advisories and threats come and go, persons decide -
// the findings and the worklist are those of assessing everything from nothing.
func TestIncrementalIsFull(t *testing.T) {
	names, read := documents(t, 24)
	var products []*advisory.Product
	for i := range read {
		for j := range read[i].Products {
			products = append(products, &read[i].Products[j])
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "feeds")
		if err != nil {
			t.Fatal(err)
		}
		e := events{t: t, r: r, h: newHospital(), folder: folder{dir, names}, products: products, decisions: decisions{}, epss: map[string]float64{}}
		e.run(read)
	})
}

// events draws what happens to a hospital.
type events struct {
	t         *testing.T
	r         *rapid.T
	h         *hospital
	folder    folder
	products  []*advisory.Product
	exploited []string
	epss      map[string]float64
	decisions decisions
	feeds     bool
}

func (e *events) run(read []advisory.Advisory) {
	for i := range e.folder.names {
		e.folder.have(e.t, i, i%2 == 0)
	}
	e.folder.threats(e.t, nil, nil)
	for n := range 12 {
		e.arrive(n)
	}
	e.feeds = true
	for range rapid.IntRange(1, 8).Draw(e.r, "events") {
		e.event(read)
		if rapid.Bool().Draw(e.r, "settle") {
			e.h.settle(e.t, e.folder.dir, e.feeds, maps.Clone(e.decisions))
			e.feeds = false
		}
	}
	got := e.h.settle(e.t, e.folder.dir, e.feeds, maps.Clone(e.decisions))
	fresh := newHospital()
	for _, d := range e.h.docs {
		fresh.arrive(d)
	}
	want := fresh.settle(e.t, e.folder.dir, true, maps.Clone(e.decisions))
	if diff := cmp.Diff(fresh.lines(), e.h.lines()); diff != "" {
		e.r.Fatal(diff)
	}
	if diff := cmp.Diff(briefly(want), briefly(got)); diff != "" {
		e.r.Fatal(diff)
	}
}

func briefly(plan []remedy.Action) []string {
	var out []string
	keys := remedy.Keys(plan)
	for i, a := range plan {
		out = append(out, fmt.Sprintf("%d %s %s %s %v %.1f %.2f %v", a.Rank, keys[i], a.Band, a.Action, a.Devices, a.Removes, a.Hours, a.Vulnerabilities))
	}
	return out
}

func (e *events) arrive(n int) {
	p := e.products[rapid.IntRange(0, len(e.products)-1).Draw(e.r, "product")]
	d := unit(n, p, versions[rapid.IntRange(0, 3).Draw(e.r, "version")], []string{"", "infusion_pump", "patient_monitor"}[n%3])
	for i := range rapid.IntRange(0, 4).Draw(e.r, "users") { // a server: who uses it decides its share
		d.Peers = append(d.Peers, device.Peer{Device: device.ID(fmt.Sprintf("ip:10.9.9.%d", i+n)), Addr: netip.AddrFrom4([4]byte{10, 9, 9, byte(i + n)}), Service: "dicom", Inbound: true})
	}
	e.h.arrive(d)
}

func (e *events) event(read []advisory.Advisory) {
	cve := func() string {
		a := &read[rapid.IntRange(0, len(read)-1).Draw(e.r, "advisory")]
		return a.Vulnerabilities[rapid.IntRange(0, len(a.Vulnerabilities)-1).Draw(e.r, "flaw")].ID
	}
	switch rapid.IntRange(0, 7).Draw(e.r, "event") {
	case 0:
		e.arrive(rapid.IntRange(0, 20).Draw(e.r, "device"))
	case 1:
		ids := slices.Sorted(maps.Keys(e.h.docs))
		if len(ids) > 1 {
			e.h.depart(ids[rapid.IntRange(0, len(ids)-1).Draw(e.r, "gone")])
		}
	case 2:
		e.folder.have(e.t, rapid.IntRange(0, len(e.folder.names)-1).Draw(e.r, "file"), rapid.Bool().Draw(e.r, "there"))
		e.feeds = true
	case 3:
		e.exploited = append(e.exploited, cve())
		e.folder.threats(e.t, e.exploited, e.epss)
		e.feeds = true
	case 4:
		e.epss[cve()] = rapid.Float64Range(0, 1).Draw(e.r, "epss")
		e.folder.threats(e.t, e.exploited, e.epss)
		e.feeds = true
	case 5:
		at := spot{"", cve()}
		if ids := slices.Sorted(maps.Keys(e.h.docs)); rapid.Bool().Draw(e.r, "one") && len(ids) > 0 {
			at.device = ids[rapid.IntRange(0, len(ids)-1).Draw(e.r, "of")]
		}
		e.decisions.add(&store.Decision{ID: fmt.Sprint(len(e.decisions)), Device: at.device, Vulnerability: at.vulnerability, Value: "55", By: "p",
			Kind: []store.DecisionKind{store.AcceptRisk, store.OverrideScore, store.NotAffected}[rapid.IntRange(0, 2).Draw(e.r, "kind")]}, "Ann")
	case 6:
		for at := range e.decisions {
			delete(e.decisions, at)
			break
		}
	case 7:
		e.folder.reword(e.t, rapid.IntRange(0, len(e.folder.names)-1).Draw(e.r, "reworded"))
		e.feeds = true
	}
}

// TestThreatsTouchOnlyTheirs: one CVE that becomes known as exploited touches the
// devices that have it, and a small wobble of EPSS touches nobody.
func TestThreatsTouchOnlyTheirs(t *testing.T) {
	names, read := documents(t, 12)
	f := folder{t.TempDir(), names}
	h := newHospital()
	for i := range names {
		f.have(t, i, true)
		h.arrive(unit(i, &read[i].Products[0], "", "infusion_pump"))
	}
	epss := map[string]float64{}
	for i := range read {
		epss[read[i].Vulnerabilities[0].ID] = 0.02
	}
	f.threats(t, nil, epss)
	h.settle(t, f.dir, true, nil)
	if h.saved != len(names) {
		t.Fatalf("%d devices assessed first", h.saved)
	}
	for id := range epss {
		epss[id] = 0.03
	}
	f.threats(t, nil, epss)
	if h.settle(t, f.dir, true, nil); h.saved != 0 {
		t.Errorf("a wobble of EPSS below the floor touched %d devices", h.saved)
	}
	var cve string
	with := map[device.ID]bool{}
	for id, list := range h.kept {
		if len(list) > 0 && cve == "" {
			cve = list[0].Vulnerability
		}
		if slices.ContainsFunc(list, func(f store.Finding) bool { return f.Vulnerability == cve && f.Status.Open() }) {
			with[id] = true
		}
	}
	for id, list := range h.kept {
		if slices.ContainsFunc(list, func(f store.Finding) bool { return f.Vulnerability == cve }) {
			with[id] = true
		}
	}
	if h.refreshed != 1 {
		t.Errorf("the feeds were read whole for a new EPSS file")
	}
	before := h.kept[slices.Sorted(maps.Keys(with))[0]]
	f.threats(t, []string{cve}, epss)
	if h.settle(t, f.dir, true, nil); h.saved != len(with) || h.saved == len(names) {
		t.Errorf("%s exploited: %d devices touched, %d have it", cve, h.saved, len(with))
	}
	after := h.kept[before[0].Device]
	if !(worst(after) > worst(before)) {
		t.Errorf("the score stays at %.0f", worst(after))
	}
}

func worst(list []store.Finding) float64 {
	score := 0.0
	for _, f := range list {
		score += f.Assessment.Score
	}
	return score
}

// retitle gives a document another title, number and date.
func retitle(t testing.TB, path string) []byte {
	t.Helper()
	var doc map[string]any
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &doc)
	}
	if err != nil {
		t.Fatal(err)
	}
	document := doc["document"].(map[string]any)
	document["title"] = "Another title"
	document["tracking"].(map[string]any)["version"] = "77"
	document["tracking"].(map[string]any)["current_release_date"] = "2026-11-11T00:00:00Z"
	data, _ = json.Marshal(doc)
	writeFile(t, path, data)
	return data
}

// TestRevisionOfWords: another title, number and date of an advisory touches
// nobody; another product does.
func TestRevisionOfWords(t *testing.T) {
	names, read := documents(t, 12)
	f := folder{t.TempDir(), names}
	h := newHospital()
	for i := range names {
		f.have(t, i, true)
		h.arrive(unit(i, &read[i].Products[0], "", "infusion_pump"))
	}
	h.settle(t, f.dir, true, nil)
	path := filepath.Join(f.dir, filepath.Base(names[0]))
	data := retitle(t, path)
	if h.settle(t, f.dir, true, nil); h.saved != 0 {
		t.Errorf("a new title touched %d devices", h.saved)
	}
	writeFile(t, path, []byte(strings.Replace(string(data), `"known_affected"`, `"known_not_affected"`, 1)))
	if h.settle(t, f.dir, true, nil); h.saved != 1 {
		t.Errorf("a new status touched %d devices", h.saved)
	}
}

// TestDecisions: an accepted risk stays visible and leaves the plan, an overruled
// score names person, reason and end, and all of it ends with the decision.
func TestDecisions(t *testing.T) {
	names, read := documents(t, 12)
	f := folder{t.TempDir(), names[:1]}
	f.have(t, 0, true)
	h := newHospital()
	d := unit(1, &read[0].Products[0], "", "infusion_pump")
	h.arrive(d)
	plain := h.settle(t, f.dir, true, nil)
	if len(plain) == 0 || len(h.kept[d.ID]) == 0 {
		t.Fatalf("nothing found: %d actions", len(plain))
	}
	before := h.lines()
	all := decisions{}
	for _, x := range h.kept[d.ID] {
		all.add(&store.Decision{ID: "D1", Kind: store.AcceptRisk, Vulnerability: x.Vulnerability, Reason: "old", SecondBy: "bo"}, "Ann")
	}
	if plan := h.settle(t, f.dir, false, all); len(plan) != 0 || h.saved != 1 || h.kept[d.ID][0].Decision != "D1" || !h.kept[d.ID][0].Status.Open() {
		t.Errorf("accepted: %d actions, %+v", len(plan), h.kept[d.ID][0])
	}
	one := decisions{}
	one.add(&store.Decision{ID: "D2", Kind: store.OverrideScore, Device: d.ID, Vulnerability: h.kept[d.ID][0].Vulnerability, Value: "12", Reason: "no network", SecondBy: "bo"}, "Ann")
	h.settle(t, f.dir, false, one)
	i := slices.IndexFunc(h.kept[d.ID], func(f store.Finding) bool { return f.Decision == "D2" })
	if i < 0 || h.kept[d.ID][i].Assessment.Score != 12 || h.kept[d.ID][i].Assessment.Band != risk.Track || !strings.Contains(h.kept[d.ID][i].Assessment.Sentence, "Ann set the score to 12") {
		t.Errorf("overruled: %+v", h.kept[d.ID])
	}
	// One person alone cannot keep a life-critical device off the list, also when
	// the device became so after the decision.
	alone := decisions{}
	alone.add(&store.Decision{ID: "D3", Kind: store.AcceptRisk, Device: d.ID, Vulnerability: h.kept[d.ID][0].Vulnerability, Reason: "old"}, "Ann")
	if plan := h.settle(t, f.dir, false, alone); len(plan) != len(plain) || h.kept[d.ID][0].Decision != "" ||
		!slices.ContainsFunc(h.kept[d.ID][0].Assessment.Why, func(r risk.Reason) bool {
			return strings.Contains(r.Text, "does not hold any more: the device is tier T1")
		}) {
		t.Errorf("alone: %d actions, %+v", len(plan), h.kept[d.ID][0].Assessment.Why)
	}
	h.settle(t, f.dir, false, nil)
	if diff := cmp.Diff(before, h.lines()); diff != "" {
		t.Error(diff)
	}
}
