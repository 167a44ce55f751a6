package sim

import (
	"io"
	"runtime"
	"testing"
	"time"
)

// BenchmarkWrite is the making of a busy hospital's capture: frames a second,
// and the memory that is in use after it.
func BenchmarkWrite(b *testing.B) {
	const packets = 400_000
	var frames uint64
	started := time.Now()
	for b.Loop() {
		h, err := New(Config{Seed: 1, Devices: 5000, Packets: packets, Duration: 16 * time.Second})
		if err != nil {
			b.Fatal(err)
		}
		r := NewRecorder(io.Discard, PCAP)
		truth, err := h.Write(r.Frame)
		if err != nil {
			b.Fatal(err)
		}
		frames += truth.Frames
		if b.N == 1 {
			var sessions int
			for _, n := range truth.Sessions {
				sessions += n
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.Logf("%d frames, %d bytes, mean %d, %d devices, %d sessions, %.1f frames each, %s, %d MB", truth.Frames, truth.Bytes, truth.Bytes/truth.Frames,
				len(truth.Devices), sessions, float64(truth.Frames)/float64(sessions), truth.End.Sub(truth.Start), m.Sys>>20)
		}
	}
	b.ReportMetric(float64(frames)/time.Since(started).Seconds(), "frames/s")
}
