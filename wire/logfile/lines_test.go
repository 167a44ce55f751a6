package logfile

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

func write(t testing.TB, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func packGzip(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(text))
	z.Close()
	return b.Bytes()
}

func packZstd(t testing.TB, text string) []byte {
	t.Helper()
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return z.EncodeAll([]byte(text), nil)
}

func TestLines(t *testing.T) {
	long := strings.Repeat("x", MaxLine+1)
	middle := strings.Repeat("y", buffer+10)
	for _, c := range []struct {
		name     string
		file     []byte
		want     []string
		cut      bool
		warnings []string
	}{
		{name: "empty"},
		{name: "plain", file: []byte("a\nb\n"), want: []string{"a", "b"}},
		{name: "CRLF", file: []byte("a\r\n\r\nb\r\n"), want: []string{"a", "", "b"}},
		{name: "no end", file: []byte("a\nb"), want: []string{"a", "b"}, cut: true},
		{name: "gzip", file: packGzip(t, "a\nb\n"), want: []string{"a", "b"}},
		{name: "zstd", file: packZstd(t, "a\nb\n"), want: []string{"a", "b"}},
		{name: "longer than the buffer", file: []byte("a\n" + middle + "\nb\n"), want: []string{"a", middle, "b"}},
		{name: "too long", file: []byte("a\n" + long + "\nb\n" + long), want: []string{"a", "b"},
			warnings: []string{":2: 2 lines are longer than 1048576 bytes and were passed over"}},
		{name: "gzip breaks off", file: packGzip(t, "a\nb\n")[:20], want: []string{"a", "b"}, warnings: []string{": the file breaks off after line 2: unexpected EOF"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := write(t, "x.log", c.file)
			l, err := Open(path)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			cut := false
			if err := l.Each(context.Background(), func(line []byte, _ uint64) { got, cut = append(got, string(line)), l.Cut() }); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("lines: %.300s", d)
			}
			if cut != c.cut {
				t.Errorf("cut %v, want %v", cut, c.cut)
			}
			sum, err := l.Sum()
			if want := sha256.Sum256(c.file); err != nil || sum != hex.EncodeToString(want[:]) {
				t.Errorf("digest %s, %v", sum, err)
			}
			var s Summary
			var w Warnings
			l.Close(&s, &w)
			var warnings []string
			for _, text := range w.List() {
				warnings = append(warnings, strings.TrimPrefix(text, path))
			}
			if d := cmp.Diff(c.warnings, warnings); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	l, err := Open(write(t, "x.log", []byte("a\n")))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := l.Each(ctx, func([]byte, uint64) { t.Error("a line came after the end") }); err != context.Canceled {
		t.Errorf("got %v", err)
	}
}

func TestWarnings(t *testing.T) {
	var w Warnings
	for range maxWarnings + 7 {
		w.Add("x")
	}
	list := w.List()
	if len(list) != maxWarnings+1 || list[maxWarnings] != "and 7 more warnings about lines that could not be read" {
		t.Errorf("%d warnings, last %q", len(list), list[len(list)-1])
	}
}

func TestDuration(t *testing.T) {
	for s, want := range map[string]int64{"0.000001": 1000, "12": 12e9, "1.5e-05": 15000, "1669.123456789": 1669123456789} {
		if d, ok := Duration(s); !ok || int64(d) != want {
			t.Errorf("%s: %d %v, want %d", s, d, ok, want)
		}
	}
	for _, s := range []string{"", "-", "-1", "x", "1x", "99999999999999999999", "1e99", "NaN"} {
		if d, ok := Duration(s); ok {
			t.Errorf("%q gives %v", s, d)
		}
	}
}
