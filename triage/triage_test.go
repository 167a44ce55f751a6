package triage

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ward/asset/device"
	"ward/people"
	"ward/store"
	"ward/vuln/risk"
)

// hub is a Triage at work over a real store.
type hub struct {
	*Triage
	t      *testing.T
	store  *store.Store
	folder folder
	ann    store.Actor
	mu     sync.Mutex
	now    time.Time                        // guarded by mu
	heard  map[string][]store.FindingChange // guarded by mu; by cause
	inside map[device.ID]*device.Device
}

func newHub(t *testing.T) *hub {
	t.Helper()
	h := &hub{t: t, now: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC), heard: map[string][]store.FindingChange{}, inside: map[device.ID]*device.Device{}}
	s, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "ward.db"), Key: make([]byte, 32), Now: h.clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	p, err := s.AddPerson(t.Context(), people.Person{Name: "Ann", Email: "ann@example.org", Roles: []people.Role{people.Analyst}})
	if err != nil {
		t.Fatal(err)
	}
	h.store, h.ann, h.folder.dir = s, store.Actor{ID: p.ID, Name: p.Name}, t.TempDir()
	return h
}

func (h *hub) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(time.Millisecond)
	return h.now
}

func (h *hub) later(d time.Duration) {
	h.mu.Lock()
	h.now = h.now.Add(d)
	h.mu.Unlock()
}

// start runs a worker until the returned function is called.
func (h *hub) start() (stop func()) {
	h.Triage = New(Deps{Store: h.store, Feeds: h.folder.dir, OnError: func(err error) { h.t.Error(err) },
		OnChange: func(_ context.Context, cause string, changes []store.FindingChange) {
			h.mu.Lock()
			h.heard[cause] = append(h.heard[cause], changes...)
			h.mu.Unlock()
		}})
	ctx, cancel := context.WithCancel(h.t.Context())
	end := make(chan struct{})
	go func() {
		defer close(end)
		if err := h.Run(ctx); !errors.Is(err, context.Canceled) {
			h.t.Error(err)
		}
	}()
	h.wait()
	return func() { cancel(); <-end }
}

func (h *hub) wait() {
	h.t.Helper()
	if err := h.Wait(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// fold puts the devices into the store and tells triage.
func (h *hub) fold(cause string) {
	h.t.Helper()
	c, err := h.store.PutDevices(h.t.Context(), cause, func(put func(*device.Device) error) error {
		for _, d := range h.inside {
			if err := put(d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	if h.Triage != nil {
		h.DevicesChanged(cause, c)
		h.wait()
	}
}

// lines is what the store holds: open findings and the worklist.
func (h *hub) lines() []string {
	h.t.Helper()
	var out []string
	page, err := h.store.Findings(h.t.Context(), store.FindingFilter{Limit: 1000, Closed: true})
	if err != nil || page.Total > 1000 {
		h.t.Fatal(page.Total, err)
	}
	for _, f := range page.Findings {
		a := &f.Assessment
		out = append(out, fmt.Sprintf("%s %s %s %s %s %.1f (%.1f-%.1f) %s %q %s %v", f.Device, f.Vulnerability, f.Advisory, f.Status, f.Match,
			a.Score, a.Low, a.High, a.Band, a.FindOut, f.Decision, f.Closed.IsZero()))
	}
	slices.Sort(out)
	list, err := h.store.Worklist(h.t.Context(), store.WorkFilter{Limit: 1000})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, w := range list.Work {
		out = append(out, fmt.Sprintf("%d %s %s %v", w.Rank, w.Key, w.Action.Action, w.Devices))
	}
	return out
}

func (h *hub) said(cause string) []store.FindingChange {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.heard[cause])
}

// TestDayAtTheHub goes through a day with a real store: feeds, a new device, an
// exploited flaw, a revision of words only, decisions and their ends, stale
// feeds; at the end a fresh start finds the same.
func TestDayAtTheHub(t *testing.T) {
	names, read := documents(t, 16)
	h := newHub(t)
	h.folder.names = names
	for i := range names {
		h.folder.have(t, i, true)
		d := unit(i, &read[i].Products[0], "", "infusion_pump")
		h.inside[d.ID] = d
	}
	h.folder.threats(t, nil, nil)
	h.fold("import ward.csv")
	stop := h.start()
	if len(h.said("start")) == 0 {
		t.Error("nobody heard of the first findings")
	}
	h.newDevice(unit(40, &read[3].Products[0], "", "patient_monitor"))
	cve := h.exploit()
	h.words(names[0])
	h.decisions(cve)
	h.stale()
	before := h.lines()
	stop()
	defer h.start()()
	if diff := cmp.Diff(before, h.lines()); diff != "" {
		t.Error(diff)
	}
}

func (h *hub) newDevice(d *device.Device) {
	h.inside[d.ID] = d
	h.fold("import second.csv")
	for _, c := range h.said("import second.csv") {
		if c.Device != d.ID {
			h.t.Errorf("the new device changed the list of %s", c.Device)
		}
	}
	if len(h.said("import second.csv")) == 0 {
		h.t.Error("the new device has no findings")
	}
}

// exploit lets KEV name the flaw of the most urgent finding that is not at the top.
func (h *hub) exploit() string {
	page, err := h.store.Findings(h.t.Context(), store.FindingFilter{Limit: 1000})
	if err != nil {
		h.t.Fatal(err)
	}
	i := slices.IndexFunc(page.Findings, func(f store.Finding) bool {
		return f.Assessment.Band != risk.ActNow && strings.HasPrefix(f.Vulnerability, "CVE-")
	})
	if i < 0 {
		h.t.Fatal("every finding is at the top")
	}
	cve := page.Findings[i].Vulnerability
	h.folder.threats(h.t, []string{cve}, nil)
	h.FeedsChanged("KEV of today")
	h.wait()
	got := h.said("KEV of today")
	if len(got) == 0 {
		h.t.Errorf("nobody heard that %s is exploited", cve)
	}
	for _, c := range got {
		if c.Vulnerability != cve || c.Kind != "worse" {
			h.t.Errorf("%+v", c)
		}
	}
	return cve
}

// words rewrites a title: no list changes.
func (h *hub) words(name string) {
	before := h.lines()
	path := filepath.Join(h.folder.dir, filepath.Base(name))
	retitle(h.t, path)
	h.FeedsChanged("a new title")
	h.wait()
	if got := h.said("a new title"); len(got) > 0 {
		h.t.Errorf("%+v", got)
	}
	if diff := cmp.Diff(before, h.lines()); diff != "" {
		h.t.Error(diff)
	}
}

func (h *hub) decisions(cve string) {
	before := h.lines()
	d, err := h.store.Decide(h.t.Context(), store.Decision{Kind: store.OverrideScore, Vulnerability: cve, Value: "7", Reason: "behind the firewall",
		Expires: h.store.Now().AddDate(0, 0, 10)}, true, h.ann)
	if err != nil {
		h.t.Fatal(err)
	}
	if d, err = h.store.Second(h.t.Context(), d.ID, true, "seen the rules", store.Actor{ID: "bo", Name: "Bo"}); err != nil {
		h.t.Fatal(err)
	}
	h.Decided(d)
	h.wait()
	page, err := h.store.Findings(h.t.Context(), store.FindingFilter{Vulnerability: cve})
	if err != nil || page.Total == 0 {
		h.t.Fatal(page.Total, err)
	}
	for _, f := range page.Findings {
		if a := f.Assessment; a.Score != 7 || f.Decision != d.ID || !strings.HasPrefix(a.Sentence, "Ann set the score to 7, until 2026-11-30: behind the firewall") {
			h.t.Errorf("%.1f %s %s", a.Score, f.Decision, a.Sentence)
		}
	}
	h.later(11 * 24 * time.Hour)
	h.Tick()
	h.wait()
	if diff := cmp.Diff(before, h.lines()); diff != "" {
		h.t.Error("the end of the decision left something:", diff)
	}
}

// stale lets KEV grow old: what a score may be is wider, the score stays.
func (h *hub) stale() {
	feed := store.Feed{Name: "kev", Kind: "kev", Enabled: true, Updated: h.store.Now(), StaleDays: 7}
	if err := h.store.PutFeed(h.t.Context(), feed); err != nil {
		h.t.Fatal(err)
	}
	scores := func() (score, high float64) {
		page, err := h.store.Findings(h.t.Context(), store.FindingFilter{Limit: 1000})
		if err != nil {
			h.t.Fatal(err)
		}
		for _, f := range page.Findings {
			score, high = score+f.Assessment.Score, high+f.Assessment.High
		}
		return score, high
	}
	score, high := scores()
	h.later(8 * 24 * time.Hour)
	h.Tick()
	h.wait()
	if s, wide := scores(); s != score || wide <= high {
		h.t.Errorf("scores %.0f, were %.0f; up to %.0f, was %.0f", s, score, wide, high)
	}
	gaps, err := h.Gaps(h.t.Context(), nil)
	if err != nil {
		h.t.Fatal(err)
	}
	var kinds []string
	for _, g := range gaps {
		kinds = append(kinds, g.Kind)
	}
	for _, want := range []string{"stale_feed", "no_traffic"} {
		if !slices.Contains(kinds, want) {
			h.t.Errorf("no gap %q among %v", want, kinds)
		}
	}
}

// TestExplain: a match and a device that is spared say why.
func TestExplain(t *testing.T) {
	names, read := documents(t, 16)
	h := newHub(t)
	h.folder.names = names
	for i := range 4 {
		h.folder.have(t, i, true)
	}
	d := unit(1, &read[0].Products[0], "", "infusion_pump")
	other := *d
	other.ID, other.Model = "mac:00:09:fb:00:09:09", "Coffee Maker 12"
	h.inside[d.ID], h.inside[other.ID] = d, &other
	h.fold("import")
	defer h.start()()
	why, err := h.Explain(t.Context(), d.ID, read[0].ID)
	if err != nil || len(why) == 0 || !strings.Contains(why[len(why)-1].Text, "so the match is") {
		t.Errorf("%+v %v", why, err)
	}
	if _, err := h.Explain(t.Context(), "ip:1.2.3.4", read[0].ID); !errors.Is(err, ErrNoDevice) {
		t.Error(err)
	}
	list, whole := h.Spared(read[0].ID)
	if whole != 1 || list[0].Devices[0] != other.ID || len(list[0].Why) == 0 {
		t.Errorf("%d %+v", whole, list)
	}
}
