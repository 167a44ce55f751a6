package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"ward/asset/device"
	realpg "ward/internal/postgres"
	"ward/vuln/exposure"
	"ward/vuln/risk"
)

// scale is how many devices the benchmark has, each with 20 findings:
// WARD_SCALE=50000 is the bar.
func scale() int {
	if n, err := strconv.Atoi(os.Getenv("WARD_SCALE")); err == nil {
		return n
	}
	return 2000
}

func many(n int) *device.Device {
	d := pump(n % 50000)
	d.ID = device.ID(fmt.Sprintf("mac:00:09:%02x:%02x:%02x:01", n>>16, n>>8&255, n&255))
	d.MAC[2], d.MAC[3], d.MAC[4], d.MAC[5] = byte(n>>16), byte(n>>8), byte(n), 1
	d.Model, d.Kind = fmt.Sprintf("model %d", n%200), fmt.Sprintf("kind %d", n%40)
	d.Department, d.Location = fmt.Sprintf("dept %d", n%30), fmt.Sprintf("room %d", n%900)
	d.Manufacturer = fmt.Sprintf("maker %d", n%60)
	for i := range 25 {
		d.Claims = append(d.Claims, device.Claim{Field: device.FieldSoftware, Name: fmt.Sprint("part ", i), Value: fmt.Sprint(n % 7),
			Source: device.Source{Rule: "dicom.implementation", Input: "tap.pcap", Frame: uint64(n*100 + i)}, Confidence: 0.8})
	}
	return d
}

// manyFindings share their texts by model; every tenth device has its own.
func manyFindings(n int) Assessed {
	a := Assessed{Device: many(n).ID}
	for i := range 20 {
		score := float64((n%200*7 + i*13) % 100)
		f := finding(a.Device, fmt.Sprintf("CVE-2026-%05d", (n%200*20+i)%5000), score, bandCodes[1+int(score)/25])
		f.Advisory = fmt.Sprintf("ICSMA-26-%03d", n%200)
		f.Vuln = nil
		for r := range 8 {
			f.Assessment.Why = append(f.Assessment.Why, risk.Reason{Factor: "L.reach", Value: 0.5, Text: fmt.Sprintf("reason %d of model %d in plain words", r, n%200)})
			f.Evidence = append(f.Evidence, exposure.Evidence{Rule: "version.range", Text: fmt.Sprintf("step %d for product %d", r, n%200), File: "icsma.json", Place: "/vulnerabilities/0"})
		}
		if n%10 == 0 {
			f.Assessment.Why[0].Evidence = fmt.Sprintf("frame %d", n)
		}
		a.Findings = append(a.Findings, f)
	}
	return a
}

// BenchmarkScale fills a store and measures every list.
func BenchmarkScale(b *testing.B) {
	for _, db := range []string{"sqlite", "postgres"} {
		b.Run(db, func(b *testing.B) {
			for b.Loop() {
				measure(b, db, scale())
			}
		})
	}
}

func measure(b *testing.B, db string, n int) {
	ctx := context.Background()
	o := Options{Path: filepath.Join(b.TempDir(), "ward.db")}
	if db == "postgres" {
		o.URL = realpg.New(b)
	}
	s := get(Open(ctx, o))(b)
	defer s.Close()
	timed := func(name string, f func() error) {
		at := time.Now()
		must(b, f())
		b.Logf("%-32s %v", name, time.Since(at).Round(time.Millisecond))
	}
	inventory := func() error {
		_, err := s.PutDevices(ctx, "x", func(put func(*device.Device) error) error {
			for i := range n {
				if err := put(many(i)); err != nil {
					return err
				}
			}
			return nil
		})
		return err
	}
	assessAll := func() error {
		for i := 0; i < n; i += 500 {
			var batch []Assessed
			for j := i; j < min(i+500, n); j++ {
				batch = append(batch, manyFindings(j))
			}
			if _, err := s.PutAssessed(ctx, "feed", batch); err != nil {
				return err
			}
		}
		return nil
	}
	timed("devices, first", inventory)
	timed("devices, the same again", inventory)
	timed("findings, first", assessAll)
	timed("findings, the same again", assessAll)
	for _, u := range get(s.Usage(ctx))(b) {
		if u.Bytes > 1<<20 {
			b.Logf("%-32s %d rows, %d MB", u.Kind, u.Rows, u.Bytes>>20)
		}
	}
	for _, p := range pages(s, ctx) {
		var took []time.Duration
		for range 15 {
			at := time.Now()
			must(b, p.read())
			took = append(took, time.Since(at))
		}
		slices.Sort(took)
		b.Logf("%-32s p50 %v, worst of 15 %v", p.name, took[7].Round(10*time.Microsecond), took[14].Round(10*time.Microsecond))
	}
}

type timedPage struct {
	name string
	read func() error
}

// pages are the queries behind the pages.
func pages(s *Store, ctx context.Context) []timedPage {
	dept := []string{"dept 3", "dept 4"}
	devices := func(f DeviceFilter) func() error { return func() error { return get2(s.Devices(ctx, f)) } }
	facets := func(f DeviceFilter) func() error { return func() error { return get2(s.DeviceFacets(ctx, f)) } }
	findings := func(f FindingFilter) func() error { return func() error { return get2(s.Findings(ctx, f)) } }
	return []timedPage{
		{"devices", devices(DeviceFilter{})}, {"devices, text", devices(DeviceFilter{Text: "model 17 pump"})},
		{"devices, by name, page 400", devices(DeviceFilter{Sort: "name", Offset: 20000})},
		{"devices, filters", devices(DeviceFilter{Kinds: []string{"kind 3"}, Bands: []risk.Band{risk.ActNow}})},
		{"devices with a vulnerability", devices(DeviceFilter{Vulnerability: "CVE-2026-00100"})},
		{"facets", facets(DeviceFilter{})}, {"facets, text", facets(DeviceFilter{Text: "model 17", Kinds: []string{"kind 3"}})},
		{"findings of a device", findings(FindingFilter{Device: many(17).ID})},
		{"findings of a vulnerability", findings(FindingFilter{Vulnerability: "CVE-2026-00100", Brief: true})},
		{"findings, all", findings(FindingFilter{Brief: true})},
		{"findings, departments", findings(FindingFilter{Brief: true, Departments: dept})},
		{"findings, act now", findings(FindingFilter{Brief: true, Bands: []risk.Band{risk.ActNow}})},
		{"vulnerabilities", func() error { return get2(s.Vulnerabilities(ctx, VulnerabilityFilter{})) }},
		{"vulnerabilities, departments", func() error { return get2(s.Vulnerabilities(ctx, VulnerabilityFilter{Departments: dept})) }},
		{"changes", func() error { return get2(s.Changes(ctx, ChangeFilter{})) }},
		{"changes, departments", func() error { return get2(s.Changes(ctx, ChangeFilter{Departments: dept})) }},
		{"change counts", func() error { return get2(s.ChangeCounts(ctx, time.Now().Add(-day), nil)) }},
	}
}
