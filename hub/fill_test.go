package hub

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"ward/sim"
	"ward/store"
)

// example writes a simulated hospital: its traffic, its maintenance export,
// whose path it gives, and into the feeds of the hub the advisories on it.
func example(t *testing.T, h *running) (assets string) {
	t.Helper()
	dir := t.TempDir()
	hospital, err := sim.New(sim.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, "ward.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	record := sim.NewRecorder(f, sim.PCAP)
	if _, err := hospital.Write(record.Frame); err != nil {
		t.Fatal(err)
	}
	assets = filepath.Join(dir, "assets.csv")
	for _, end := range []func() error{record.Close, f.Close, func() error { return hospital.WriteAssets(assets) },
		func() error { return hospital.WriteFeeds(filepath.Join(h.Feeds, "example")) }} {
		if err := end(); err != nil {
			t.Fatal(err)
		}
	}
	h.Triage.FeedsChanged("feeds of the example")
	return assets
}

// fill brings the example in.
func fill(t *testing.T, h *running) {
	t.Helper()
	assets := example(t, h)
	h.upload(t, assets)
	h.upload(t, filepath.Join(filepath.Dir(assets), "ward.pcap"))
	seen := true
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		onWire, err := h.Store.Devices(t.Context(), store.DeviceFilter{OnWire: &seen, Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		if onWire.Total > 20 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the devices of the capture never came")
		}
	}
	if err := h.Triage.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// seen is a page that a person may see.
type seen struct{ name, path string }

// pagesToSee are all pages, with a device, a piece of work and so on that exist.
func (h *running) pagesToSee(t *testing.T) []seen {
	t.Helper()
	list := []seen{{"worklist", "/"}, {"devices", "/devices"}, {"vulnerabilities", "/vulnerabilities"}, {"advisories", "/advisories"}, {"network", "/network"},
		{"feeds", "/feeds"}, {"imports", "/imports"}, {"changes", "/changes"}, {"audit", "/audit"}, {"people", "/people"}, {"settings", "/settings"},
		{"notifications", "/settings/notifications"}, {"sign-in settings", "/settings/sign-in"}, {"tokens", "/settings/tokens"}, {"about", "/about"}, {"account", "/account"}, {"worklist on paper", "/worklist.html"}, {"inventory on paper", "/inventory.html"}}
	devices, err := h.Store.Devices(t.Context(), store.DeviceFilter{Limit: 1})
	if err != nil || len(devices.Devices) == 0 {
		t.Fatal("no device", err)
	}
	list = append(list, seen{"device", "/devices/" + string(devices.Devices[0].ID)},
		seen{"device on paper", "/devices/" + string(devices.Devices[0].ID) + "/report.html"})
	work, err := h.Store.Worklist(t.Context(), store.WorkFilter{Limit: 1})
	if err != nil || len(work.Work) == 0 {
		t.Fatal("no work", err)
	}
	list = append(list, seen{"work", "/work/" + work.Work[0].Key})
	found, err := h.Store.Findings(t.Context(), store.FindingFilter{Limit: 1})
	if err != nil || len(found.Findings) == 0 {
		t.Fatal("no finding", err)
	}
	return append(list, seen{"vulnerability", "/vulnerabilities/" + found.Findings[0].Vulnerability}, seen{"advisory", "/advisories/" + found.Findings[0].Advisory})
}
