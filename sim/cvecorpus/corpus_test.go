package cvecorpus_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/sim/cvecorpus"
	"ward/spec/cpe"
	"ward/vuln/advisory"
	"ward/vuln/exposure/cpeindex"
	"ward/vuln/feed"
)

// write puts a corpus into a folder, one file a year.
func write(t testing.TB, c cvecorpus.Corpus, format int) string {
	t.Helper()
	dir := t.TempDir()
	for year := cvecorpus.FirstYear; year <= cvecorpus.LastYear; year++ {
		f, err := os.Create(filepath.Join(dir, fmt.Sprintf("nvd-%d.json", year)))
		if err != nil {
			t.Fatal(err)
		}
		if format == 20 {
			err = c.Write20(f, year)
		} else {
			err = c.Write11(f, year)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// index reads a folder of feeds into an index.
func index(t testing.TB, dir string) (*cpeindex.Index, *feed.Set) {
	t.Helper()
	b := cpeindex.NewBuilder()
	set, err := feed.Open(dir, feed.Options{Record: func(a advisory.Advisory) {
		for _, v := range a.Vulnerabilities {
			b.Add(v.ID, v.Configurations)
		}
	}})
	if err != nil || len(set.Warnings)+len(set.Unknown) > 0 || b.Skipped() > 0 {
		t.Fatal(err, set.Warnings, set.Unknown, b.Skipped())
	}
	return b.Index(), set
}

func inventory(t testing.TB, c cvecorpus.Corpus, devices int) *cpeindex.Inventory {
	t.Helper()
	inv := cpeindex.NewInventory()
	var names []cpe.Name
	for i := range devices {
		names = names[:0]
		for _, s := range c.Device(i) {
			n, err := cpe.Parse(s)
			if err != nil {
				t.Fatal(s, err)
			}
			names = append(names, n)
		}
		inv.Add(names)
	}
	return inv
}

// TestFormatsAgree reads both formats of one corpus and expects one result.
func TestFormatsAgree(t *testing.T) {
	c := cvecorpus.New(7, 6000)
	inv := inventory(t, c, 200)
	results := [2]map[string]cpeindex.How{}
	for i, format := range []int{20, 11} {
		ix, set := index(t, write(t, c, format))
		if set.Sources[0].Records != c.Len() || set.Sources[0].Date.Year() != cvecorpus.LastYear {
			t.Errorf("%+v", set.Sources)
		}
		results[i] = map[string]cpeindex.How{}
		inv.Match(ix, func(d int, cve string, how cpeindex.How) { results[i][fmt.Sprint(d, " ", cve)] = how })
	}
	if diff := cmp.Diff(results[0], results[1]); diff != "" {
		t.Error(diff)
	}
	if len(results[0]) < 200 {
		t.Errorf("only %d matches", len(results[0]))
	}
}

func TestShape(t *testing.T) {
	c := cvecorpus.New(1, 20_000)
	matches, ranges, none, hardware := 0, 0, 0, 0
	ids := map[string]bool{}
	for i := range c.Len() {
		r := c.Record(i)
		ids[r.ID] = true
		matches += len(r.Matches) + len(r.Platforms)
		for _, m := range r.Matches {
			if m.EndExcluding+m.EndIncluding != "" {
				ranges++
			}
		}
		if len(r.Matches) == 0 {
			none++
		}
		if len(r.Platforms) > 0 {
			hardware++
		}
	}
	share := func(n int) float64 { return float64(n) / float64(c.Len()) }
	if len(ids) != c.Len() || share(matches) < 5 || share(matches) > 6 || share(none) < 0.09 || share(none) > 0.11 ||
		share(hardware) < 0.11 || share(hardware) > 0.13 || share(ranges) < 2 || share(ranges) > 3 {
		t.Errorf("%d ids, %.2f matches, %.2f ranges, %.3f without, %.3f with hardware", len(ids), share(matches), share(ranges), share(none), share(hardware))
	}
	var a, b bytes.Buffer
	if err := c.WriteInventory(&a, 20); err != nil {
		t.Fatal(err)
	}
	if err := cvecorpus.New(1, 20_000).WriteInventory(&b, 20); err != nil || a.String() != b.String() {
		t.Error("not the same twice")
	}
}

// The sizes of the matching bar.
const (
	cves    = 300_000
	devices = 10_000
)

// BenchmarkBar builds the index from JSON once, then matches the way a run
// does: load the saved index, parse the names, match.
func BenchmarkBar(b *testing.B) {
	c := cvecorpus.New(1, cves)
	dir := write(b, c, 20)
	start := processor(b)
	ix, _ := index(b, dir)
	b.Logf("build from JSON %.1f CPU-s, %+v", processor(b)-start, ix.Stats())
	path := filepath.Join(b.TempDir(), "index")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	if err := ix.Save(f); err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{devices, 10 * devices} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			lines := make([][]string, n)
			for i := range lines {
				lines[i] = c.Device(i)
			}
			count, cpu, runs := 0, processor(b), 0
			for b.Loop() {
				count = run(b, path, lines)
				runs++
			}
			b.ReportMetric(float64(count)/float64(n), "matches/device")
			b.ReportMetric((processor(b)-cpu)/float64(runs), "CPU-s/op")
		})
	}
	b.Run("change", func(b *testing.B) { change(b, c) })
}

// processor is the CPU time of the process so far, in seconds.
func processor(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}

// run is one whole run and the number of its matches.
func run(b *testing.B, path string, lines [][]string) int {
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		b.Fatal(err)
	}
	ix, err := cpeindex.Load(f, info.Size())
	if err != nil {
		b.Fatal(err)
	}
	inv := cpeindex.NewInventory()
	var names []cpe.Name
	for _, line := range lines {
		names = names[:0]
		for _, s := range line {
			n, err := cpe.Parse(s)
			if err != nil {
				b.Fatal(err)
			}
			names = append(names, n)
		}
		inv.Add(names)
	}
	count := 0
	inv.Match(ix, func(int, string, cpeindex.How) { count++ })
	return count
}

// change matches a day's new CVEs, 150, against ten times the devices.
func change(b *testing.B, c cvecorpus.Corpus) {
	inv := inventory(b, c, 10*devices)
	dir := write(b, cvecorpus.New(99, 150), 20)
	ix, _ := index(b, dir)
	b.ResetTimer()
	for b.Loop() {
		count := 0
		inv.Match(ix, func(int, string, cpeindex.How) { count++ })
		b.ReportMetric(float64(count), "matches")
	}
}
