package exposure

import (
	"fmt"
	"testing"

	"ward/asset/device"
	"ward/vuln/advisory"
)

// fleet makes n devices spelt as in the hand-checked table, versions varied.
func fleet(t testing.TB, n int) []device.Device {
	rows := readMatching(t)
	out := make([]device.Device, n)
	for i := range out {
		r := rows[i%len(rows)]
		version := r.version
		if i%7 == 0 {
			version = fmt.Sprintf("%d.%d", i%11, i%13)
		}
		out[i] = device.Device{ID: device.ID(fmt.Sprintf("mac:%012x", i)), Manufacturer: r.manufacturer, Model: r.model, Version: version, Serial: fmt.Sprint("S", i)}
	}
	return out
}

// BenchmarkFleet matches 100,000 devices against all real documents.
func BenchmarkFleet(b *testing.B) {
	advisories := append(realAdvisories(b, "csaf-icsma"), realAdvisories(b, "csaf-ot")...)
	devices := fleet(b, 100_000)
	b.ResetTimer()
	for range b.N {
		m := New(advisories)
		for i := range devices {
			m.Findings(&devices[i])
		}
	}
}

// BenchmarkChangedAdvisory matches one advisory against 100,000 known devices
// (bar: 50 ms).
func BenchmarkChangedAdvisory(b *testing.B) {
	advisories := realAdvisories(b, "csaf-icsma")
	devices := fleet(b, 100_000)
	s := NewSpeller()
	var known []*device.Device
	for i := range devices {
		known = append(known, &devices[i])
	}
	f := s.Fleet(known)
	var one []advisory.Advisory
	for _, a := range advisories {
		if a.ID == "ICSMA-20-170-04" {
			one = append(one, a)
		}
	}
	b.ResetTimer()
	for range b.N {
		s.Match(one).Fleet(f)
	}
}

// BenchmarkNew understands all real documents.
func BenchmarkNew(b *testing.B) {
	advisories := append(realAdvisories(b, "csaf-icsma"), realAdvisories(b, "csaf-ot")...)
	for range b.N {
		New(advisories)
	}
}
