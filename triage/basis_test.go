package triage

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ward/asset/device"
	"ward/store"
)

// TestRestart: a start after which nothing changed assesses nothing, and what
// changed while the hub was down is found. Both end like a first start.
func TestRestart(t *testing.T) {
	h := newHub(t)
	for m := range 4 {
		writeModel(t, h.folder.dir, m)
	}
	h.folder.threats(t, nil, nil)
	for i := range 40 {
		d := scaleDevice(i % 4)
		d = renumbered(d, i)
		h.inside[d.ID] = d
	}
	h.fold("seed")
	assessed := func() int {
		stop := h.start()
		defer stop()
		return h.Status().Done
	}
	if n := assessed(); n != 40 {
		t.Fatalf("the first start assessed %d devices", n)
	}
	want := h.lines()
	if n := assessed(); n != 0 {
		t.Errorf("a start without any change assessed %d devices", n)
	}
	if got := h.lines(); !cmp.Equal(want, got) {
		t.Errorf("a restart changed something: %s", cmp.Diff(want, got))
	}

	id := slices.Sorted(maps.Keys(h.inside))[5]
	changed := *h.inside[id]
	changed.Version = "9.9"
	h.inside[id] = &changed
	h.Triage = nil // the fold is not told to anybody
	h.fold("while it was down")
	if n := assessed(); n != 1 {
		t.Errorf("one device changed while the hub was down, %d were assessed", n)
	}
	h.folder.threats(t, []string{flaw(2, 3)}, nil)
	if n := assessed(); n != 10 {
		t.Errorf("KEV names a flaw of ten devices, %d were assessed", n)
	}
	of := slices.Sorted(maps.Keys(h.inside))[9] // of model 1
	if _, err := h.store.Decide(t.Context(), store.Decision{Kind: store.OverrideScore, Device: of, Vulnerability: flaw(1, 4), Value: "7", Reason: "alone in its network",
		Expires: h.clock().Add(48 * time.Hour)}, false, h.ann); err != nil {
		t.Fatal(err)
	}
	if n := assessed(); n != 1 {
		t.Errorf("a decision speaks of one device, %d were assessed", n)
	}
	resumed := h.lines()
	h.forget()
	if n := assessed(); n != 40 {
		t.Errorf("a start that knows nothing assessed %d devices", n)
	}
	if got := h.lines(); !cmp.Equal(resumed, got) {
		t.Errorf("what a restart left is not what a full plan gives: %s", cmp.Diff(resumed, got))
	}
}

// TestWarm: after a restart the plan is drafted in the background, and a change
// before that waits for it.
func TestWarm(t *testing.T) {
	h := newHub(t)
	for m := range 4 {
		writeModel(t, h.folder.dir, m)
	}
	h.folder.threats(t, nil, nil)
	for i := range 40 {
		d := renumbered(scaleDevice(i%4), i)
		h.inside[d.ID] = d
	}
	h.fold("seed")
	h.start()()
	stop := h.start()
	h.folder.threats(t, []string{flaw(2, 3)}, nil)
	h.FeedsChanged("KEV")
	h.wait()
	got := h.lines()
	stop()
	if len(h.said("KEV")) != 10 {
		t.Errorf("%d findings changed by KEV", len(h.said("KEV")))
	}
	h.forget()
	h.start()()
	if want := h.lines(); !cmp.Equal(want, got) {
		t.Errorf("the plan after a restart and a change: %s", cmp.Diff(want, got))
	}
}

// forget takes away what a restart could go on from.
func (h *hub) forget() {
	h.t.Helper()
	if err := h.store.PutTriageState(h.t.Context(), state{}); err != nil {
		h.t.Fatal(err)
	}
	var none []store.Basis
	for id := range h.inside {
		none = append(none, store.Basis{Device: id, Matter: []byte{}, Sum: []byte{}})
	}
	if err := h.store.PutBases(h.t.Context(), none); err != nil {
		h.t.Fatal(err)
	}
}

// renumbered makes another device of the same make and model.
func renumbered(d *device.Device, i int) *device.Device {
	d.MAC[5] = byte(i)
	d.ID = device.ID("mac:" + d.MAC.String())
	return d
}
