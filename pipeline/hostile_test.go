package pipeline_test

import (
	"context"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ward/internal/shareddata"
	"ward/pipeline"
)

// How hostile inputs are made and what they may cost.
const (
	hostileLong  = 25 * time.Second // some ten rounds over all captures
	hostileShort = 5 * time.Second
	hostileHeap  = 400 << 20 // bytes of live heap at any time
	hostileEach  = 10 * time.Second
	largest      = 3 << 20 // captures above it are left out
)

// TestHostileCaptures cuts every real capture at random places and flips random
// bits, and runs the whole pipeline over each: a result or a clear error, no
// panic, bounded memory and time. The seed is fixed; the time allows several
// rounds or a part of one.
func TestHostileCaptures(t *testing.T) {
	budget := hostileLong
	if testing.Short() {
		budget = hostileShort
	}
	files := allCaptures(t)
	random := rand.New(rand.NewPCG(1, 2))
	random.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	heap := watchHeap(t)
	input := filepath.Join(t.TempDir(), "hostile")
	var runs, errors, damaged int
	seen := map[string]bool{}
	for end := time.Now().Add(budget); time.Now().Before(end); runs++ {
		file := files[runs%len(files)]
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(input, spoil(random, b), 0o600); err != nil {
			t.Fatal(err)
		}
		started := time.Now()
		r, err := pipeline.Analyze(context.Background(), pipeline.Request{Inputs: []string{input}, Workers: 1 + runs%2})
		if took := time.Since(started); took > hostileEach {
			t.Errorf("run %d, %s: took %v", runs, file, took)
		}
		seen[file] = true
		switch {
		case err != nil:
			errors++
			if !strings.Contains(err.Error(), pipeline.ErrNothing.Error()) {
				t.Errorf("run %d, %s: unclear error %v", runs, file, err)
			}
		case len(r.Damage) > 0:
			damaged++
		}
		failOnPanic(t, r, file, runs)
	}
	t.Logf("%d runs over %d of %d captures: %d with damage, %d without a result; at most %d MB of heap", runs, len(seen), len(files), damaged, errors, heap()>>20)
	if high := heap(); high > hostileHeap {
		t.Errorf("heap grew to %d MB, the bar is %d MB", high>>20, hostileHeap>>20)
	}
	if damaged == 0 || errors == 0 {
		t.Error("nothing was damaged: the test could not fail")
	}
}

// spoil cuts or flips, most often both.
func spoil(random *rand.Rand, b []byte) []byte {
	if len(b) == 0 {
		return b
	}
	how := random.IntN(4)
	if how != 0 { // flips, sometimes near the start where the headers are
		for range 1 + random.IntN(1+min(len(b)/200, 400)) {
			at := random.IntN(len(b))
			if random.IntN(8) == 0 {
				at = random.IntN(min(len(b), 300))
			}
			b[at] ^= 1 << random.IntN(8)
		}
	}
	if how != 1 {
		b = b[:random.IntN(len(b)+1)]
	}
	return b
}

// failOnPanic fails where a codec panicked and was caught.
func failOnPanic(t *testing.T, r *pipeline.Result, file string, run int) {
	t.Helper()
	if r == nil {
		return
	}
	for _, w := range r.Warnings {
		if strings.Contains(w, "codec fail") {
			t.Errorf("run %d, %s: %s", run, file, w)
		}
	}
}

// watchHeap looks at the live heap ten times a second and gives a function that
// returns the most it saw.
func watchHeap(t *testing.T) func() uint64 {
	var high atomic.Uint64
	done := make(chan bool)
	t.Cleanup(func() { close(done) })
	go func() {
		for tick := time.NewTicker(100 * time.Millisecond); ; {
			select {
			case <-done:
				tick.Stop()
				return
			case <-tick.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				high.Store(max(high.Load(), m.HeapAlloc))
			}
		}
	}()
	return high.Load
}

// allCaptures gives every real capture of a moderate size.
func allCaptures(t *testing.T) (files []string) {
	root := filepath.Join(shareddata.Dir(t), "pcap")
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch filepath.Ext(path) {
		case ".pcap", ".pcapng", ".cap", ".trace":
			if info, err := d.Info(); err == nil && info.Size() <= largest {
				files = append(files, path)
			}
		}
		return nil
	})
	if len(files) == 0 {
		t.Fatal("no captures")
	}
	return files
}
