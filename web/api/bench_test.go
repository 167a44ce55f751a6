package api

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"ward/internal/seed"
)

// nothing is an answer nobody reads.
type nothing struct {
	header http.Header
	status int
}

func (n *nothing) Header() http.Header {
	if n.header == nil {
		n.header = http.Header{}
	}
	return n.header
}
func (n *nothing) WriteHeader(status int)      { n.status = status }
func (n *nothing) Write(b []byte) (int, error) { return len(b), nil }

// BenchmarkAPI measures each kind of answer at 5000 devices; p95 is the bar
// (300 ms at 50 000).
func BenchmarkAPI(b *testing.B) {
	s := newSite(b, 5000)
	s.talk()
	for _, path := range []string{"/devices", "/devices?text=pump&tier=T0", "/devices?limit=200&offset=4000&sort=name", "/devices/facets", pump, pump + "/peers", pump + "/week",
		"/findings", "/findings?limit=200&full=true", "/devices/" + string(seed.Device(0).ID) + "/findings/CVE-2026-90001", "/vulnerabilities", "/advisories", "/work",
		"/changes", "/imports", "/feeds", "/audit", "/gaps", "/coverage", "/health"} {
		b.Run(path, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				start := time.Now()
				var w nothing
				s.handler.ServeHTTP(&w, s.request("GET", path, nil))
				if w.status != http.StatusOK {
					b.Fatal(w.status)
				}
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			p95 := took[len(took)*95/100]
			b.ReportMetric(float64(p95.Microseconds())/1000, "p95-ms")
			if p95 > 300*time.Millisecond && len(took) > 20 {
				b.Errorf("p95 %v", p95)
			}
		})
	}
}
