package intake

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ward/internal/canary"
	"ward/store"
)

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(b)
	z.Close()
	return out.Bytes()
}

func TestNames(t *testing.T) {
	for in, want := range map[string]string{
		"../../etc/passwd": "passwd", `C:\temp\..\a.pcap`: "a.pcap", "..": "input", "": "input", "a\x00b\n.pcap": "ab.pcap",
		"/": "input", ".hidden": "hidden", "<b>x</b>.pcap": "b.pcap", "ä.pcap": "ä.pcap", strings.Repeat("x", 500) + ".csv": strings.Repeat("x", 116) + ".csv",
	} {
		if got := CleanName(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	dir := t.TempDir()
	h := open(t, filepath.Join(dir, "data"), Deps{})
	i := h.upload("../../../evil.csv", []byte("asset id,model\nB-1,Alpha\n"))
	h.settle()
	if entries, _ := os.ReadDir(dir); len(entries) != 1 || h.get(i.ID).Name != "evil.csv" {
		t.Errorf("outside of the data folder: %v, name %q", entries, h.get(i.ID).Name)
	}
}

func TestWrongContentIsRefused(t *testing.T) {
	h := open(t, t.TempDir(), Deps{})
	ctx := context.Background()
	for _, tt := range []struct{ name, content, says string }{
		{"a.zip", "PK\x03\x04rest of it", "ZIP"},
		{"a.pdf", "%PDF-1.7", "PDF"},
		{"a.html", "<html>sign in</html>", "web page"},
		{"a.pcap", "just words\nand more\n", "text"},
		{"a.pcap", "\x00\x01\x02\x03\x04", "none of the marks"},
	} {
		i, err := h.Begin(ctx, tt.name, int64(len(tt.content)), "", ada)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Append(ctx, i.ID, 0, strings.NewReader(tt.content)); err != nil {
			t.Fatal(err)
		}
		_, err = h.Complete(ctx, i.ID)
		if !errors.Is(err, ErrContent) || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), "Ward reads") || strings.Contains(err.Error(), h.Dir) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if got := h.get(i.ID); got.State != store.ImportFailed || got.Error == "" {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
	if left, _ := os.ReadDir(h.partDir()); len(left) > 0 {
		t.Errorf("parts left: %v", left)
	}
	// A large one is refused before it is whole.
	i, err := h.Begin(ctx, "big", 10<<20, "", ada)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Append(ctx, i.ID, 0, bytes.NewReader(make([]byte, 1<<20))); !errors.Is(err, ErrContent) {
		t.Errorf("a megabyte of zeros: %v", err)
	}
}

func TestBombIsRefused(t *testing.T) {
	h := open(t, t.TempDir(), Deps{MaxInflated: 8 << 20})
	bomb := append(bytes.Clone(files(t)["part0.pcap"][:24]), make([]byte, 16<<20)...)
	i := h.upload("bomb.pcap.gz", gzipped(bomb))
	h.settle()
	if got := h.get(i.ID); got.State != store.ImportFailed || !strings.Contains(got.Error, "expands without end") {
		t.Errorf("%+v", got)
	}
	if left, _ := os.ReadDir(h.queueDir()); len(left) > 0 {
		t.Errorf("left in the queue: %v", left)
	}
}

func TestNoRoom(t *testing.T) {
	h := open(t, t.TempDir(), Deps{MaxSize: 1000})
	if _, err := h.Begin(context.Background(), "a", 1001, "", ada); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
	full := open(t, t.TempDir(), Deps{MinFree: 1 << 60})
	if _, err := full.Begin(context.Background(), "a", 10, "", ada); !errors.Is(err, ErrNoSpace) {
		t.Error(err)
	}
}

func TestUploadResumes(t *testing.T) {
	dir := t.TempDir()
	h := open(t, dir, Deps{})
	ctx := context.Background()
	content := files(t)["part1.pcap"]
	size := int64(len(content))
	i, err := h.Begin(ctx, "a.pcap", size, strings.Repeat("0", 64), ada)
	if err != nil {
		t.Fatal(err)
	}
	if at, err := h.Append(ctx, i.ID, 0, bytes.NewReader(content[:size/2])); err != nil || at != size/2 {
		t.Fatal(at, err)
	}
	if at, err := h.Append(ctx, i.ID, 7, bytes.NewReader(content)); !errors.Is(err, ErrOffset) || at != size/2 {
		t.Fatal(at, err)
	}
	if _, err := h.Complete(ctx, i.ID); !errors.Is(err, ErrIncomplete) {
		t.Fatal(err)
	}
	if at, err := h.Append(ctx, i.ID, size/2, bytes.NewReader(append(bytes.Clone(content[size/2:]), 0))); !errors.Is(err, ErrTooLarge) || at != size/2 {
		t.Fatal(at, err)
	}
	if at, err := h.Append(ctx, i.ID, size/2, bytes.NewReader(content[size/2:])); err != nil || at != size {
		t.Fatal(at, err)
	}
	if _, err := h.Complete(ctx, i.ID); !errors.Is(err, ErrDigest) {
		t.Fatal(err)
	}
	if _, err := h.Append(ctx, i.ID, size, bytes.NewReader(nil)); !errors.Is(err, ErrState) {
		t.Fatal(err)
	}
}

func TestUploadExpires(t *testing.T) {
	now := time.Now()
	dir := t.TempDir()
	s, err := store.Open(t.Context(), store.Options{Path: filepath.Join(dir, "ward.db"), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	in, err := New(Deps{Store: s, Dir: dir, MinFree: 1})
	if err != nil {
		t.Fatal(err)
	}
	i, err := in.Begin(t.Context(), "a.pcap", 100, "", ada)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		after time.Duration
		want  store.ImportState
	}{{time.Hour, store.ImportReceiving}, {24 * time.Hour, store.ImportFailed}} {
		now = now.Add(step.after)
		if err := in.work(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Import(t.Context(), i.ID); err != nil || got.State != step.want {
			t.Errorf("after %s: %s %v", step.after, got.State, err)
		}
	}
	if left, _ := os.ReadDir(in.partDir()); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// TestNoPatient reads all simulated captures, in which a synthetic patient
// stands, and searches every byte that is left on the disk.
func TestNoPatient(t *testing.T) {
	dir := t.TempDir()
	h := open(t, dir, Deps{})
	planted := false
	for name, content := range files(t) {
		planted = planted || bytes.Contains(content, []byte(canary.Family))
		h.upload(name, content)
	}
	if !planted {
		t.Fatal("the captures do not hold the canary: nothing is tested")
	}
	h.settle()
	var forms [][]byte
	for _, m := range canary.Markers() {
		forms = append(forms, canary.Encodings(m)...)
	}
	search := func(where string, b []byte) {
		for _, form := range forms {
			if bytes.Contains(b, form) {
				t.Errorf("%s holds %q", where, form)
			}
		}
	}
	search("a device", []byte(h.devices()))
	err := h.Store.EachEvidence(t.Context(), func(e store.Evidence) error {
		v, err := Unpack(e, h.options())
		if err != nil {
			return err
		}
		var b bytes.Buffer
		if err := v.Save(&b); err != nil {
			return err
		}
		search("evidence", b.Bytes())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	h.Store.Close()
	err = filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(p)
		search(p, b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
