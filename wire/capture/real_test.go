package capture

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ward/internal/shareddata"
)

// captures lists the real captures, by path.
func captures(t testing.TB) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(filepath.Join(shareddata.Dir(t), "pcap"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && (strings.Contains(path, ".pcap") || strings.HasSuffix(path, ".cap")) {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) == 0 {
		t.Fatal("no captures")
	}
	return out
}

// walk counts the frames of a whole file and their bytes in the plainest way,
// for comparison. It knows little-endian and big-endian pcap and pcapng.
func walk(b []byte) (frames, size int, ok bool) {
	var o binary.ByteOrder = binary.LittleEndian
	head := binary.BigEndian.Uint32(b)
	if head == 0xa1b2c3d4 || head == 0xa1b23c4d || head == 0x0a0d0d0a && binary.BigEndian.Uint32(b[8:]) == 0x1a2b3c4d {
		o = binary.BigEndian
	}
	if head != 0x0a0d0d0a {
		for b = b[24:]; len(b) >= 16; frames++ {
			n := int(o.Uint32(b[8:]))
			if len(b) < 16+n {
				return frames, size, false
			}
			size += n
			b = b[16+n:]
		}
		return frames, size, len(b) == 0
	}
	for len(b) >= 12 {
		n := int(o.Uint32(b[4:]))
		switch o.Uint32(b) {
		case 6, 2:
			frames, size = frames+1, size+int(o.Uint32(b[20:]))
		case 3:
			frames, size = frames+1, size+min(n-16, int(o.Uint32(b[8:])))
		}
		b = b[n:]
	}
	return frames, size, len(b) == 0
}

// plain unpacks gzip with the standard library.
func plain(t *testing.T, b []byte) []byte {
	t.Helper()
	if !bytes.HasPrefix(b, []byte{0x1f, 0x8b}) {
		return b
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if b, err = io.ReadAll(z); err != nil {
		t.Fatal(err)
	}
	return b
}

// TestRealCaptures reads every real capture and compares with a plain walk over the bytes.
func TestRealCaptures(t *testing.T) {
	total, cut := 0, 0
	for _, path := range captures(t) {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		r, err := NewReader(bytes.NewReader(b), path)
		if err != nil {
			if !errors.Is(err, ErrNoCapture) || !isText(b) { // scripts that lie beside the captures
				t.Error(err)
			}
			continue
		}
		got, err := collect(r)
		frames, size, whole := walk(plain(t, b))
		for _, f := range got {
			size -= len(f.Data)
		}
		if len(got) != frames || size != 0 || whole != (err == nil) {
			t.Errorf("%s: %d frames, %v; walked %d, %d bytes more, whole %v", path, len(got), err, frames, size, whole)
		}
		total += frames
		if err != nil {
			cut++
			if !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Error(err)
			}
		}
	}
	t.Logf("%d frames, %d files cut", total, cut)
}

// TestRealMerged reads all real captures at once, in time order.
func TestRealMerged(t *testing.T) {
	var readers []*Reader
	for _, path := range captures(t) {
		if r, err := Open(path); err == nil {
			readers = append(readers, r)
		}
	}
	m := Merge(readers)
	defer m.Close()
	byNext := make([]uint64, len(readers))
	total := uint64(0)
	in := &batches{in: m}
	var f Frame
	var err error
	for err = in.Next(&f); err == nil; err = in.Next(&f) {
		byNext[f.Input]++
		if f.Number != byNext[f.Input] {
			t.Fatalf("%s: frame %d came as number %d", readers[f.Input].Name(), f.Number, byNext[f.Input])
		}
		total++
	}
	if err != io.EOF {
		t.Fatal(err)
	}
	for i, r := range readers {
		if byNext[i] != r.Frames() {
			t.Errorf("%s: %d of %d frames", r.Name(), byNext[i], r.Frames())
		}
	}
	cut := 0
	for _, err := range m.Errors() {
		if err != nil {
			cut++
		}
	}
	t.Logf("%d frames of %d inputs, %d cut", total, len(readers), cut)
}
