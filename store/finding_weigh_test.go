package store

import (
	"errors"
	"path/filepath"
	"testing"

	"ward/asset/device"
	"ward/vuln/exposure"
	"ward/vuln/risk"
)

// TestPutWeighed: what is weighed anew changes, the other findings of the device
// stay, and a finding that is not there changes nothing at all.
func TestPutWeighed(t *testing.T) {
	s, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "ward.db"), Key: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const id = "mac:00:09:fb:00:00:01"
	_, err = s.PutDevices(t.Context(), "seed", func(put func(*device.Device) error) error { return put(&device.Device{ID: id, Model: "X"}) })
	if err != nil {
		t.Fatal(err)
	}
	found := func(cve string, score float64, band risk.Band) Finding {
		return Finding{Finding: exposure.Finding{Device: id, Vulnerability: cve, Advisory: "A", Status: exposure.Affected, Match: exposure.Likely},
			Assessment: risk.Assessment{Device: id, Vulnerability: cve, Advisory: "A", Score: score, Band: band}}
	}
	if _, err := s.PutAssessed(t.Context(), "first", []Assessed{{id, []Finding{found("CVE-1", 20, risk.Track), found("CVE-2", 40, risk.Schedule)}}}); err != nil {
		t.Fatal(err)
	}
	changes, err := s.PutWeighed(t.Context(), "KEV", []Assessed{{id, []Finding{found("CVE-1", 75, risk.ActNow)}}, {"ip:9.9.9.9", []Finding{found("CVE-1", 1, risk.Track)}}})
	if err != nil || len(changes) != 1 || changes[0].Kind != "worse" || changes[0].Vulnerability != "CVE-1" {
		t.Fatalf("%+v %v", changes, err)
	}
	page, err := s.Findings(t.Context(), FindingFilter{Device: id})
	if err != nil || page.Total != 2 || page.Findings[0].Assessment.Score != 75 || page.Findings[1].Assessment.Score != 40 {
		t.Errorf("%+v %v", page, err)
	}
	list, err := s.Devices(t.Context(), DeviceFilter{})
	if err != nil || list.Devices[0].Score != 75 || list.Devices[0].Band != risk.ActNow || list.Devices[0].Findings != 2 {
		t.Errorf("%+v %v", list, err)
	}
	if _, err := s.PutWeighed(t.Context(), "KEV", []Assessed{{id, []Finding{found("CVE-2", 90, risk.ActNow), found("CVE-3", 90, risk.ActNow)}}}); !errors.Is(err, ErrConflict) {
		t.Error(err)
	}
	if f, err := s.Finding(t.Context(), id, "CVE-2"); err != nil || f.Assessment.Score != 40 {
		t.Errorf("half of a refused batch was stored: %+v %v", f, err)
	}
}
