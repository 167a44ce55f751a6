package session

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ward/wire/capture"
)

// report is every session of a capture as JSON, one a line.
func report(t testing.TB, path string, workers int) (text string, spoken, named int, stats Stats) {
	src, err := capture.Open(path)
	if err != nil {
		return "", 0, 0, Stats{}
	}
	defer src.Close()
	var out strings.Builder
	enc := json.NewEncoder(&out)
	stats, _ = Run(context.Background(), src, Options{Workers: workers}, func(s *Session) {
		if s.Orig.Bytes+s.Resp.Bytes > 0 {
			spoken++
		}
		if s.Certainty == Content || s.Certainty == OneSide {
			named++
		}
		if err := enc.Encode(s); err != nil {
			t.Errorf("%s: %v", filepath.Base(path), err)
		}
	})
	return out.String(), spoken, named, stats
}

// Every real capture, with all codecs: no codec panics, and four workers
// write the same bytes as one.
func TestCaptures(t *testing.T) {
	files := captures(t)
	if testing.Short() {
		files = files[:min(len(files), 100)]
	}
	var spoken, named int
	for _, path := range files {
		one, s, n, stats := report(t, path, 1)
		spoken, named = spoken+s, named+n
		if stats.Panics > 0 {
			t.Errorf("%s: %d codecs panicked", filepath.Base(path), stats.Panics)
		}
		if four, _, _, _ := report(t, path, 4); four != one {
			t.Errorf("%s: four workers differ: %s", filepath.Base(path), cmp.Diff(strings.Split(one, "\n"), strings.Split(four, "\n")))
		}
	}
	t.Logf("%d captures, %d sessions with payload, %d named by it", len(files), spoken, named)
	if named*10 < spoken*7 {
		t.Errorf("only %d of %d sessions with payload named by it", named, spoken)
	}
}

// BenchmarkCaptures reads all real captures, one after another, with all codecs.
func BenchmarkCaptures(b *testing.B) {
	frames := joined(b)
	span := frames[len(frames)-1].Time - frames[0].Time + 1e9
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprint(workers), func(b *testing.B) {
			b.ReportAllocs()
			packets := uint64(0)
			for b.Loop() {
				stats, _ := Run(context.Background(), &cycle{memory: memory{frames: frames}, left: 4, span: span},
					Options{Workers: workers}, func(*Session) {})
				packets += stats.Frames
			}
			b.ReportMetric(float64(packets)/b.Elapsed().Seconds()/1e6, "Mpkt/s")
		})
	}
}

// joined gives the frames of all captures with times that follow each other.
func joined(b *testing.B) (frames []capture.Frame) {
	now := epoch.UnixNano()
	for _, path := range captures(b) {
		src, err := capture.Open(path)
		if err != nil {
			continue
		}
		var f capture.Frame
		var first, last int64
		for src.Next(&f) == nil {
			if first == 0 {
				first = f.Time
			}
			f.Data, f.Input = bytes.Clone(f.Data), 0
			last = max(last, f.Time-first)
			f.Time += now - first
			frames = append(frames, f)
		}
		src.Close()
		now += last + int64(time.Second)
	}
	return frames
}
