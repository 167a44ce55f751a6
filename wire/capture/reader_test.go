package capture

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

var little, big = binary.LittleEndian, binary.BigEndian

func TestFormats(t *testing.T) {
	old := makePcap(little, magicMicro, LinkEthernet, shots)
	old[6] = 1
	for at, s := 24, shots; len(s) > 0; s = s[1:] {
		little.PutUint32(old[at+8:], uint32(s[0].wire))
		little.PutUint32(old[at+12:], uint32(len(s[0].data)))
		at += pcapRecord + len(s[0].data)
	}
	nano := []shot{{1_700_000_000_123_456_789, "nanoseconds", 11}}
	rows := []struct {
		name string
		b    []byte
		want []Frame
	}{
		{"pcap little-endian", makePcap(little, magicMicro, LinkEthernet, shots), frames(LinkEthernet, shots)},
		{"pcap big-endian", makePcap(big, magicMicro, LinkLinuxSLL, shots), frames(LinkLinuxSLL, shots)},
		{"nanoseconds", makePcap(little, magicNano, LinkRaw, nano), frames(LinkRaw, nano)},
		{"nanoseconds big-endian", makePcap(big, magicNano, LinkRaw, nano), frames(LinkRaw, nano)},
		{"modified", makePcap(little, magicModified, LinkEthernet, shots), frames(LinkEthernet, shots)},
		{"version 2.1, lengths the other way round", old, frames(LinkEthernet, shots)},
		{"no frames", makePcap(little, magicMicro, LinkEthernet, nil), nil},
		{"frame check length in the link type", makePcap(little, magicMicro, LinkEthernet, nil)[:20], nil},
		{"pcapng little-endian", makeNg(little, shots), frames(LinkEthernet, shots)},
		{"pcapng big-endian", makeNg(big, shots), frames(LinkEthernet, shots)},
		{"pcapng without frames", section(big), nil},
		{"gzip", gz(t, makePcap(little, magicMicro, LinkEthernet, shots)), frames(LinkEthernet, shots)},
		{"zstd", zst(t, makeNg(big, shots)), frames(LinkEthernet, shots)},
	}
	for _, r := range rows {
		b := r.b
		if len(b) == 20 {
			b = little.AppendUint32(b, 0x14000000|uint32(LinkEthernet))
		}
		for how, in := range map[string]io.Reader{"whole": bytes.NewReader(b), "one byte a time": iotest.OneByteReader(bytes.NewReader(b)), "EOF with data": iotest.DataErrReader(bytes.NewReader(b))} {
			rd, err := NewReader(in, r.name)
			if err != nil {
				t.Errorf("%s, %s: %v", r.name, how, err)
				continue
			}
			got, err := collect(rd)
			if err != nil {
				t.Errorf("%s, %s: %v", r.name, how, err)
			}
			if d := cmp.Diff(r.want, got); d != "" {
				t.Errorf("%s, %s: %s", r.name, how, d)
			}
		}
	}
}

// TestSections has two sections of different byte order, each with interfaces
// of its own, and every kind of block that holds a frame.
func TestSections(t *testing.T) {
	ethernet := describe(little, LinkEthernet, 4, option(little, 2, []byte("eth0")), option(little, optResolution, []byte{9}))
	shifted := describe(little, LinkRaw, 0, option(little, optOffset, little.AppendUint64(nil, 100)), option(little, optEnd, nil))
	b := bytes.Join([][]byte{
		section(little), ethernet, shifted,
		enhanced(little, 0, 7_000_000_001, 60, "one"),
		enhanced(little, 1, 7_000_001, 60, "two"),
		simple(little, 60, "four or more"),
		section(big),
		describe(big, LinkLinuxSLL2, 0, option(big, optResolution, []byte{0x80 | 10})),
		obsolete(big, 0, 3<<10|512, 5, "five5"),
	}, nil)
	got, err := read(t, b)
	if err != nil {
		t.Fatal(err)
	}
	want := []Frame{
		{Time: 7_000_000_001, Data: []byte("one"), Length: 60, Number: 1, Link: LinkEthernet},
		{Time: 107_000_001_000, Data: []byte("two"), Length: 60, Number: 2, Iface: 1, Link: LinkRaw},
		{Time: 107_000_001_000, Data: []byte("four"), Length: 60, Number: 3, Link: LinkEthernet},
		{Time: 3_500_000_000, Data: []byte("five5"), Length: 5, Number: 4, Link: LinkLinuxSLL2},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestClock(t *testing.T) {
	rows := []struct {
		resolution uint8
		offset     int64
		count      uint64
		want       int64
	}{
		{0, 0, 5, 5 * second},
		{3, 0, 1_700_000_000_123, 1_700_000_000_123_000_000},
		{6, -1, 2_500_000, 1_500_000_000},
		{9, 0, 42, 42},
		{12, 0, 42_999, 42},
		{19, 0, math.MaxUint64, math.MaxUint64 / 10_000_000_000},
		{0x80, 0, 5, 5 * second},
		{0x80 | 1, 0, 3, 1_500_000_000},
		{0x80 | 32, 0, 1<<32 + 1<<31, 1_500_000_000},
		{0x80 | 63, 0, 1<<63 + 1<<62, 1_500_000_000},
		{0, 0, math.MaxUint64, math.MaxInt64},
		{0x80, 0, math.MaxUint64, math.MaxInt64},
		{6, math.MaxInt64, 1, math.MaxInt64/second*second + 1000},
		{9, math.MinInt64, 0, -math.MaxInt64 / second * second},
	}
	for _, r := range rows {
		i := iface{offset: r.offset}
		if !i.setResolution(r.resolution) {
			t.Errorf("%#x: refused", r.resolution)
		} else if got := i.time(r.count); got != r.want {
			t.Errorf("%#x: %d gives %d, want %d", r.resolution, r.count, got, r.want)
		}
	}
	for _, bad := range []uint8{20, 0x7f, 0x80 | 64} {
		if new(iface).setResolution(bad) {
			t.Errorf("%#x: taken", bad)
		}
	}
}

// TestTruncated cuts files at every byte: no panic, every frame that is whole
// before the cut comes out, and the cut is told.
func TestTruncated(t *testing.T) {
	for name, b := range map[string][]byte{
		"pcap":     makePcap(little, magicMicro, LinkEthernet, shots),
		"modified": makePcap(big, magicModified, LinkEthernet, shots),
		"pcapng":   makeNg(big, shots),
		"gzip":     gz(t, makePcap(little, magicMicro, LinkEthernet, shots)),
		"zstd":     zst(t, makeNg(little, shots)),
	} {
		all := frames(LinkEthernet, shots)
		most := 0
		for n := range b {
			got, err := read(t, b[:n])
			if d := cmp.Diff(all[:len(got)], got); len(got) > 0 && d != "" {
				t.Fatalf("%s cut at %d: %s", name, n, d)
			}
			if len(got) < most {
				t.Errorf("%s cut at %d: %d frames, %d before", name, n, len(got), most)
			}
			most = max(most, len(got))
			var e *Error
			if err != nil && !errors.As(err, &e) {
				t.Errorf("%s cut at %d: %v is no *Error", name, n, err)
			}
			if err == nil && (name == "gzip" || name == "zstd") {
				t.Errorf("%s cut at %d: no error", name, n)
			}
		}
		if most < 3 {
			t.Errorf("%s: only %d frames came out", name, most)
		}
	}
}

func TestTruncatedPlaces(t *testing.T) {
	b := makePcap(little, magicMicro, LinkEthernet, shots)
	ends := []int{24, 24 + 16 + 11, 24 + 16 + 11 + 16} // after the header, one frame, two frames
	for frames, end := range ends {
		if got, err := read(t, b[:end]); err != nil || len(got) != frames {
			t.Errorf("cut at %d: %d frames, %v", end, len(got), err)
		}
		got, err := read(t, b[:end+5])
		var e *Error
		if !errors.As(err, &e) || !errors.Is(err, io.ErrUnexpectedEOF) || len(got) != frames ||
			e.Frame != uint64(frames) || e.Offset != int64(end) || e.Input != "test.pcap" {
			t.Errorf("cut at %d: %d frames, %+v", end+5, len(got), err)
		}
	}
}

// TestFlipped changes every bit of small files.
func TestFlipped(t *testing.T) {
	for name, b := range map[string][]byte{
		"pcap": makePcap(little, magicMicro, LinkEthernet, shots), "pcapng": makeNg(big, shots),
		"gzip": gz(t, makeNg(little, shots)), "zstd": zst(t, makeNg(little, shots)),
	} {
		for bit := range len(b) * 8 {
			c := bytes.Clone(b)
			c[bit/8] ^= 1 << (bit % 8)
			got, err := read(t, c)
			var e *Error
			if err != nil && !errors.As(err, &e) {
				t.Errorf("%s bit %d: %v", name, bit, err)
			}
			for _, f := range got {
				if f.Length < len(f.Data) {
					t.Errorf("%s bit %d: %+v", name, bit, f)
				}
			}
		}
	}
}

func TestDamaged(t *testing.T) {
	head := append(section(little), describe(little, LinkEthernet, 0)...)
	then := func(more []byte) []byte { return append(bytes.Clone(head), more...) }
	frame := enhanced(little, 0, 1, 1, "x")
	poke := func(b []byte, at int, v uint32) []byte {
		b = bytes.Clone(b)
		little.PutUint32(b[at:], v)
		return b
	}
	one := makePcap(little, magicMicro, LinkEthernet, shots[:1])
	manyIfaces := section(little)
	for range maxIfaces + 1 {
		manyIfaces = append(manyIfaces, describe(little, LinkEthernet, 0)...)
	}
	gzBad := gz(t, one)
	gzBad[len(gzBad)-8] ^= 1
	rows := []struct {
		name string
		b    []byte
		want error
	}{
		{"frame too long", poke(one, 32, maxFrame+1), ErrTooLarge},
		{"frame 4 GiB", poke(one, 32, math.MaxUint32), ErrTooLarge},
		{"pcap version 3", poke(one, 4, 3), ErrDamaged},
		{"block too long", then(poke(frame, 4, maxBlock+4)), ErrTooLarge},
		{"unknown block too long", then(poke(poke(frame, 0, 99), 4, maxSkip+4)), ErrTooLarge},
		{"block length 0", then(poke(frame, 4, 0)), ErrDamaged},
		{"block length odd", then(poke(frame, 4, 33)), ErrDamaged},
		{"block too short for its kind", then(block(little, blockEnhanced, make([]byte, 8))), ErrDamaged},
		{"lengths differ", then(poke(frame, len(frame)-4, 4)), ErrDamaged},
		{"lengths differ, unknown block", then(poke(block(little, 99, make([]byte, 8)), 16, 24)), ErrDamaged},
		{"frame longer than block", then(poke(frame, 20, 1000)), ErrDamaged},
		{"frame too long in block", then(poke(frame, 20, maxFrame+1)), ErrTooLarge},
		{"no such interface", then(enhanced(little, 1, 1, 1, "x")), ErrDamaged},
		{"simple frame without interface", append(section(little), simple(little, 1, "x")...), ErrDamaged},
		{"no byte order", poke(head, 8, 7), ErrDamaged},
		{"pcapng version 2", poke(head, 12, 2), ErrDamaged},
		{"impossible clock", then(describe(little, 1, 0, option(little, optResolution, []byte{99}))), ErrDamaged},
		{"too many interfaces", manyIfaces, ErrTooLarge},
		{"gzip header only", []byte{0x1f, 0x8b, 8, 0xff, 0, 0, 0, 0, 0, 0}, ErrDamaged},
		{"gzip checksum", gzBad, ErrDamaged},
		{"zstd window of 128 MiB", []byte{0x28, 0xb5, 0x2f, 0xfd, 0, 17 << 3, 0x20, 0, 0, 1, 2, 3, 4}, ErrTooLarge},
	}
	for _, r := range rows {
		_, err := read(t, r.b)
		var e *Error
		if !errors.As(err, &e) || r.want != nil && !errors.Is(err, r.want) {
			t.Errorf("%s: %v, want %v", r.name, err, r.want)
		}
	}
}

func TestNoCapture(t *testing.T) {
	rows := []struct{ in, hint string }{
		{"", "it is empty"},
		{"a", "looks like text"},
		{"{\"event_type\":\"dns\"}\n", "eve.json"},
		{"#separator \\x09\n", "Zeek log; give the folder"},
		{"PK\x03\x04....", "ZIP archive"},
		{"<!DOCTYPE html>", "web page"},
		{"snoop\x00\x00\x00\x00\x00\x00\x02", "editcap"},
		{"hello, this is a note\n", "looks like text"},
		{"\x00\x01\x02\x03\x04", "none of the marks"},
		{string(gz(t, []byte("{}"))), "JSON"},
		{string(gz(t, gz(t, makeNg(little, nil)))), "packed twice"},
		{strings.Repeat("\x00", 257) + "ustar", "tar archive"},
	}
	for _, r := range rows {
		_, err := read(t, []byte(r.in))
		if !errors.Is(err, ErrNoCapture) || !strings.Contains(err.Error(), r.hint) || !strings.Contains(err.Error(), "test.pcap: no capture: ") {
			t.Errorf("%.20q: %v, want a hint with %q", r.in, err, r.hint)
		}
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	b := gz(t, makePcap(little, magicMicro, LinkEthernet, shots))
	path := filepath.Join(dir, "ward.pcap") // packed, though the name does not say so
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Open(path, WithDigest)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got, err := collect(r)
	if err != nil || len(got) != len(shots) || r.Frames() != uint64(len(shots)) || r.Kind() != Pcap || r.Name() != path {
		t.Errorf("%d frames, %v, %q", len(got), err, r.Kind())
	}
	if first, last := r.Span(); first != shots[0].time || last != shots[3].time {
		t.Errorf("from %d to %d", first, last)
	}
	if done, total := r.Progress(); done != int64(len(b)) || total != done {
		t.Errorf("%d of %d, want %d", done, total, len(b))
	}
	if _, err = Open(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err = Open(dir); !errors.Is(err, ErrNoCapture) {
		t.Errorf("folder: %v", err)
	}
}

// TestSum stops after no, one and all frames: the digest is that of the file.
func TestSum(t *testing.T) {
	b := append(makePcap(little, magicMicro, LinkEthernet, shots), bytes.Repeat([]byte{1}, bufferSize)...)
	want := sha256.Sum256(b)
	for stop := range 5 {
		r, err := NewReader(bytes.NewReader(b), "x", WithDigest)
		if err != nil {
			t.Fatal(err)
		}
		var f Frame
		for range stop {
			if err := r.Next(&f); err != nil {
				t.Fatal(err)
			}
		}
		sha, size, err := r.Sum()
		if sha != hex.EncodeToString(want[:]) || size != int64(len(b)) || err != nil {
			t.Errorf("after %d frames: %s %d %v", stop, sha, size, err)
		}
		if err := r.Next(&f); err == nil {
			t.Error("a frame after Sum")
		}
	}
}

// TestFailingInput hands on the error of the system.
func TestFailingInput(t *testing.T) {
	bad := errors.New("disk on fire")
	in := io.MultiReader(bytes.NewReader(makeNg(little, shots)), iotest.ErrReader(bad))
	r, err := NewReader(in, "x")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := collect(r); !errors.Is(err, bad) || len(got) != len(shots) {
		t.Errorf("%d frames, %v", len(got), err)
	}
}
