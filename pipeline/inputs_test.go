package pipeline_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ward/pipeline"
)

// odd are inputs that are no captures. Each gives an error that says what is
// wrong and what to give instead.
var odd = []struct {
	name string
	make func(t *testing.T, path string)
	says string
}{
	{"empty", func(t *testing.T, p string) { write(t, p, nil) }, "empty"},
	{"text", func(t *testing.T, p string) { write(t, p, []byte("dear colleague,\nhere is the capture\n")) }, "looks like text"},
	{"picture", func(t *testing.T, p string) { write(t, p, append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 999)...)) }, "no capture"},
	{"folder", func(t *testing.T, p string) { mkdir(t, p) }, "Zeek"},
	{"absent", func(*testing.T, string) {}, "no such file"},
	{"failing disk", func(t *testing.T, p string) { link(t, "/proc/self/mem", p) }, "input/output error"},
	{"header", func(t *testing.T, p string) { write(t, p, []byte{0xd4, 0xc3, 0xb2, 0xa1, 2, 0}) }, "cut"},
	{"gzip", func(t *testing.T, p string) { write(t, p, []byte{0x1f, 0x8b, 8, 0}) }, "damaged"},
	{"json", func(t *testing.T, p string) { write(t, p, []byte(strings.Repeat("[", 1<<20))) }, "no capture"},
}

func TestOddInputs(t *testing.T) {
	for _, o := range odd {
		path := filepath.Join(t.TempDir(), "input")
		o.make(t, path)
		_, err := pipeline.Analyze(context.Background(), pipeline.Request{Inputs: []string{path}})
		if !errors.Is(err, pipeline.ErrNothing) || !strings.Contains(err.Error(), o.says) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want %v that names the file and says %q", o.name, err, pipeline.ErrNothing, o.says)
		}
	}
}

// TestOddBesideGood gives an odd input together with a good one: a result with
// damage that names it.
func TestOddBesideGood(t *testing.T) {
	good := filepath.Join(t.TempDir(), "good.pcap")
	write(t, good, pcapHeader)
	for _, o := range odd {
		path := filepath.Join(t.TempDir(), "input")
		o.make(t, path)
		r, err := pipeline.Analyze(context.Background(), pipeline.Request{Inputs: []string{good, path}})
		if err != nil || len(r.Damage) != 1 || !strings.Contains(r.Damage[0], path) {
			t.Errorf("%s: %v, damage %v", o.name, err, r)
		}
	}
}

// pcapHeader is a capture without frames.
var pcapHeader = []byte{0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0}

// badFeeds are files that a folder of feeds may hold. Each is named in a
// warning, the rest of the folder is read, memory stays bounded.
var badFeeds = []struct {
	file string
	make func(t *testing.T) []byte
}{
	{"nested.json", func(*testing.T) []byte {
		return []byte(`{"document":` + strings.Repeat(`{"a":[`, 10_000))
	}},
	{"closed.json", func(*testing.T) []byte {
		return []byte(`{"document":{"category":"csaf_security_advisory","notes":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}}`)
	}},
	{"bomb.json.gz", func(t *testing.T) []byte {
		return packed(t, `{"document":{"category":"csaf_security_advisory","title":"`, 1<<30)
	}},
	{"bomb.csv.gz", func(t *testing.T) []byte { return packed(t, "cve,epss,percentile\n", 1<<30) }},
	{"bomb.zip", zipBomb},
	{"wide.csv", func(*testing.T) []byte {
		return []byte("cve,epss,percentile" + strings.Repeat(",x", 1_000_000) + "\nCVE-2020-0001,0.5,0.5" + strings.Repeat(",1", 1_000_000) + "\n")
	}},
	{"cut.json", func(*testing.T) []byte {
		return []byte(`{"document":{"category":"csaf_security_advisory","title":"cut`)
	}},
	{"empty.json", func(*testing.T) []byte { return nil }},
	{"zero.json", func(*testing.T) []byte { return make([]byte, 1<<20) }},
}

// quiet names files that are passed over without a warning, because nothing in
// them looks like a feed, as in a README.
var quiet = map[string]bool{"empty.json": true, "zero.json": true}

func TestBadFeeds(t *testing.T) {
	capture := filepath.Join(t.TempDir(), "good.pcap")
	write(t, capture, pcapHeader)
	heap := watchHeap(t)
	for _, f := range badFeeds {
		if testing.Short() && strings.HasPrefix(f.file, "bomb") {
			continue
		}
		dir := t.TempDir()
		write(t, filepath.Join(dir, f.file), f.make(t))
		write(t, filepath.Join(dir, "kev.csv"), []byte(kev))
		started := time.Now()
		r, err := pipeline.Analyze(context.Background(), pipeline.Request{Inputs: []string{capture}, Feeds: dir})
		if err != nil {
			t.Errorf("%s: %v", f.file, err)
			continue
		}
		if took := time.Since(started); took > 30*time.Second {
			t.Errorf("%s: took %v", f.file, took)
		}
		if len(r.Feeds) == 0 {
			t.Errorf("%s: the good feed beside it was not read", f.file)
		}
		if !quiet[f.file] && !strings.Contains(strings.Join(r.Damage, "\n"), f.file) {
			t.Errorf("%s: no warning names it: %q", f.file, r.Damage)
		}
		t.Logf("%s: %v, %.200q", f.file, time.Since(started).Round(time.Millisecond), r.Damage)
	}
	if high := heap(); high > hostileHeap {
		t.Errorf("heap grew to %d MB, the bar is %d MB", high>>20, hostileHeap>>20)
	}
}

const kev = `cveID,vendorProject,product,vulnerabilityName,dateAdded,shortDescription,requiredAction,dueDate,knownRansomwareCampaignUse,notes,cwes
CVE-2019-0708,Microsoft,Remote Desktop Services,x,2021-11-03,x,Apply updates,2022-05-03,Known,,
`

// packed gives head and then size zero bytes' worth of spaces, gzipped.
func packed(t *testing.T, head string, size int) []byte {
	t.Helper()
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	fill(t, z, head, size)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipBomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("feed.json")
	if err != nil {
		t.Fatal(err)
	}
	fill(t, w, `{"document":{"category":"csaf_security_advisory","title":"`, 1<<30)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func fill(t *testing.T, w interface{ Write([]byte) (int, error) }, head string, size int) {
	t.Helper()
	if _, err := w.Write([]byte(head)); err != nil {
		t.Fatal(err)
	}
	block := bytes.Repeat([]byte("x"), 1<<20)
	for range size >> 20 {
		if _, err := w.Write(block); err != nil {
			t.Fatal(err)
		}
	}
}

// TestBadAssets gives maintenance exports that are none.
func TestBadAssets(t *testing.T) {
	for _, a := range []struct{ name, text string }{
		{"empty", ""},
		{"no header that is known", "a,b,c\n1,2,3\n"},
		{"a million columns", "asset_id,manufacturer,model" + strings.Repeat(",x", 1_000_000) + "\nB-1,Philips,MP50" + strings.Repeat(",1", 1_000_000) + "\n"},
		{"quote that never ends", "asset_id,model\nB-1,\"" + strings.Repeat("x", 1<<20)},
		{"binary", "asset_id,model\n" + strings.Repeat("\x00\xff", 1000)},
	} {
		path := filepath.Join(t.TempDir(), "assets.csv")
		write(t, path, []byte(a.text))
		r, err := pipeline.Analyze(context.Background(), pipeline.Request{Assets: path})
		switch {
		case err == nil && len(r.Devices) == 0 && len(r.Damage) == 0:
			t.Errorf("%s: no device, no error and no warning", a.name)
		case err != nil && !strings.Contains(err.Error(), path):
			t.Errorf("%s: the error does not name the file: %.200v", a.name, err)
		}
	}
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func mkdir(t *testing.T, path string) {
	t.Helper()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, to, path string) {
	t.Helper()
	if err := os.Symlink(to, path); err != nil {
		t.Fatal(err)
	}
}
