package sim

import (
	"math/rand/v2"
	"slices"
	"time"
)

// Shift is a short look at the hospital while it works, so that many hours of
// its life need few bytes.
type Shift struct {
	Turn    uint64  // another turn plays the same devices differently
	Share   float64 // of the devices that are at work, 0 to 1
	Imaging bool    // scanners and viewers too, which move most bytes
	Scan    bool    // a stranger stands in the first ward, see stranger.go
}

// heavy are the catalogue rows that move images.
var heavy = []string{"ct", "ultrasound", "far_ultrasound", "viewer"}

// WriteShift plays a part of the hospital like Write, and keeps no truth.
func (h *Hospital) WriteShift(s Shift, frames func(at time.Time, iface int, data []byte) error) error {
	h.rng = rand.New(rand.NewPCG(h.cfg.Seed, s.Turn))
	for _, d := range h.hosts {
		image := slices.Contains(heavy, d.row.key)
		if at := h.rng.Float64(); image && s.Imaging || !image && at < s.Share {
			h.start(d)
		}
	}
	if s.Scan {
		h.startStranger()
	}
	var buf []byte
	return h.play(func(at time.Duration, f *frame) (bool, error) {
		if at >= h.end {
			return false, nil
		}
		buf = h.build(buf[:0], f)
		return true, frames(h.cfg.Start.Add(at), h.iface(f), buf)
	})
}
