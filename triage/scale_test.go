package triage

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ward/asset/device"
	"ward/store"
	"ward/wire/packet"
)

var scale = flag.Int("devices", 50_000, "devices of BenchmarkScale")

const (
	scaleModels = 500 // groups of make and model
	scaleFlaws  = 20  // findings of each device
	// sharedFlaw is in a library that two of five models use.
	sharedFlaw = "CVE-2021-44228"
)

// BenchmarkScale seeds a store with a large hospital - 50 000 devices of 500
// models with 20 findings each - and prints how long it takes to assess all of
// it and after changes of the feeds, and how much memory the process holds:
//
//	go test ./triage -run - -bench Scale -benchtime 1x -devices 50000
func BenchmarkScale(b *testing.B) {
	for range b.N {
		feeds := b.TempDir()
		for m := range scaleModels {
			writeModel(b, feeds, m)
		}
		f := folder{dir: feeds}
		f.threats(b, nil, nil)
		s, err := store.Open(b.Context(), store.Options{Path: filepath.Join(b.TempDir(), "ward.db"), Key: make([]byte, 32)})
		if err != nil {
			b.Fatal(err)
		}
		defer s.Close()
		timed(b, "put devices", func() { fill(b, s, nil) })
		t := New(Deps{Store: s, Feeds: feeds})
		round := func(what string, w work) {
			timed(b, what, func() {
				if err := t.round(b.Context(), &w); err != nil {
					b.Fatal(err)
				}
			})
			b.Logf("   %d devices assessed", t.status.Done)
		}
		t.queue.take()
		round("assess everything", work{all: true, feeds: true, causes: []string{"start"}})
		epss := map[string]float64{}
		for m := range scaleModels {
			epss[flaw(m, 3)] = 0.04
		}
		f.threats(b, nil, epss)
		round("EPSS below the floor", work{feeds: true, causes: []string{"epss"}})
		f.threats(b, []string{flaw(7, 2)}, epss)
		round("KEV names a flaw of one model", work{feeds: true, causes: []string{"kev one"}})
		f.threats(b, []string{flaw(7, 2), sharedFlaw}, epss)
		round("KEV names a flaw of two of five devices", work{feeds: true, causes: []string{"kev shared"}})
		d := scaleDevice(11)
		d.Version = "9.9"
		fill(b, s, d)
		round("one device changed", work{devices: map[device.ID]bool{d.ID: true}, causes: []string{"one"}})
	}
}

// fill puts the hospital into the store; other takes the place of the device
// with its ID.
func fill(b *testing.B, s *store.Store, other *device.Device) {
	_, err := s.PutDevices(b.Context(), "seed", func(put func(*device.Device) error) error {
		for i := range *scale {
			d := scaleDevice(i)
			if other != nil && d.ID == other.ID {
				d = other
			}
			if err := put(d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// timed prints what f took and what the process holds after it.
func timed(b *testing.B, what string, f func()) {
	start := time.Now()
	f()
	b.Logf("%-45s %8.2f s   %s", what, time.Since(start).Seconds(), memory())
}

// memory reads the resident memory of this process, now and at most.
func memory() string {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return ""
	}
	var out []string
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "VmRSS") || strings.HasPrefix(line, "VmHWM") {
			out = append(out, strings.Join(strings.Fields(line), " "))
		}
	}
	return strings.Join(out, ", ")
}

func flaw(model, n int) string { return fmt.Sprintf("CVE-2031-%05d", model*scaleFlaws+n) }

var scaleMakers = []string{"Philips", "Siemens Healthineers", "GE Healthcare", "Baxter", "Becton Dickinson"}

func modelName(m int) string { return fmt.Sprintf("Vitalon %d", 1000+m) }

// writeModel writes the advisory of one model.
func writeModel(b testing.TB, dir string, m int) {
	type object = map[string]any
	var flaws []any
	for n := range scaleFlaws {
		id := flaw(m, n)
		if n == 0 && m%5 < 2 {
			id = sharedFlaw
		}
		flaws = append(flaws, object{"cve": id, "cwe": object{"id": "CWE-306", "name": "Missing Authentication"},
			"notes":          []any{object{"category": "summary", "text": fmt.Sprintf("Flaw %d of the web server lets an attacker change settings of the device.", n)}},
			"product_status": object{"known_affected": []any{"P1"}},
			"scores":         []any{object{"products": []any{"P1"}, "cvss_v3": object{"version": "3.1", "baseScore": 8.1, "baseSeverity": "HIGH", "vectorString": "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H"}}},
			"remediations":   []any{object{"category": "vendor_fix", "details": fmt.Sprintf("Update to version %d.2 or later.", 3+n%4), "product_ids": []any{"P1"}}}})
	}
	stamp := "2026-01-05T00:00:00Z"
	doc := object{
		"document": object{"category": "csaf_security_advisory", "csaf_version": "2.0", "title": modelName(m), "publisher": object{"category": "vendor", "name": "Example", "namespace": "https://example.org"},
			"tracking": object{"id": fmt.Sprintf("EX-%04d", m), "initial_release_date": stamp, "current_release_date": stamp, "status": "final", "version": "1",
				"revision_history": []any{object{"date": stamp, "number": "1", "summary": "first"}}}},
		"product_tree": object{"branches": []any{object{"category": "vendor", "name": scaleMakers[m%len(scaleMakers)], "branches": []any{object{"category": "product_name", "name": modelName(m),
			"branches": []any{object{"category": "product_version_range", "name": "<3.0", "product": object{"name": modelName(m) + " <3.0", "product_id": "P1"}}}}}}}},
		"vulnerabilities": flaws,
	}
	data, err := json.Marshal(doc)
	if err != nil {
		b.Fatal(err)
	}
	writeFile(b, filepath.Join(dir, fmt.Sprintf("ex-%04d.json", m)), data)
}

// scaleDevice makes one device as large as one that was watched for weeks.
func scaleDevice(i int) *device.Device {
	m := i % scaleModels
	mac := packet.MAC{0, 9, 0xfb, byte(i >> 16), byte(i >> 8), byte(i)}
	d := &device.Device{ID: device.ID("mac:" + mac.String()), MAC: mac, Manufacturer: scaleMakers[m%len(scaleMakers)], Model: modelName(m), Version: fmt.Sprintf("2.%d", i%3), Kind: "patient_monitor",
		Tier: "T1", Serial: fmt.Sprintf("SN%06d", i), Hostname: fmt.Sprintf("mon-%05d", i), Location: fmt.Sprintf("Ward %d", i%40), Department: fmt.Sprintf("D%d", i%12), OnWire: true,
		Addresses: []netip.Addr{netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})}, First: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}
	for n := range 12 {
		d.Services = append(d.Services, device.Service{Name: []string{"http", "hl7", "dicom", "ssh"}[n%4], Transport: "tcp", Port: uint16(1000 + n), Answers: n%2 == 0, Sessions: 40 + n, First: d.First, Input: "tap1.pcapng", Frame: uint64(i + n)})
		d.Peers = append(d.Peers, device.Peer{Addr: netip.AddrFrom4([4]byte{10, 200, byte(i % 7), byte(n)}), Device: device.ID(fmt.Sprintf("ip:10.200.%d.%d", i%7, n)), Service: "http", Port: 80, Inbound: n%3 == 0, Sessions: 9})
	}
	for n := range 10 {
		d.Claims = append(d.Claims, device.Claim{Field: "hostname", Value: fmt.Sprintf("mon-%05d-%d", i, n), Confidence: 0.8})
	}
	return d
}
