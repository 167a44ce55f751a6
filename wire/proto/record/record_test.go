package record

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/wire/proto"
)

func size2(h []byte) int { return 2 + int(binary.BigEndian.Uint16(h)) }

func cut(stream []byte, step, keep int) (got []string, sizes []int, ok bool) {
	f := Framer{Head: 2, Keep: keep, Size: size2}
	ok = true
	for len(stream) > 0 && ok {
		n := min(step, len(stream))
		ok = f.Data(stream[:n], func(rec []byte, size int) bool {
			got, sizes = append(got, string(rec[2:])), append(sizes, size)
			return true
		})
		stream = stream[n:]
	}
	return got, sizes, ok
}

func TestFramerAnyCut(t *testing.T) {
	stream := []byte("\x00\x03abc\x00\x00\x00\x0a0123456789\x00\x01z\x00\x05hal")
	for step := 1; step <= len(stream); step++ {
		got, sizes, ok := cut(stream, step, 6)
		if d := cmp.Diff([]string{"abc", "", "0123", "z"}, got); d != "" || !ok {
			t.Errorf("step %d: %s", step, d)
		}
		if d := cmp.Diff([]int{5, 2, 12, 3}, sizes); d != "" {
			t.Errorf("step %d sizes: %s", step, d)
		}
	}
}

func TestFramerBadSize(t *testing.T) {
	f := Framer{Head: 2, Keep: 8, Size: func(h []byte) int { return int(h[0]) }}
	if f.Data([]byte{0, 0, 1, 2}, func([]byte, int) bool { return true }) || !f.Bad() {
		t.Error("a size below the head must lose the framing")
	}
}

func TestLines(t *testing.T) {
	stream := []byte("one\r\ntwo\n\r\nrest")
	for step := 1; step <= len(stream); step++ {
		var l Lines
		var got []string
		for b := stream; len(b) > 0; {
			n := min(step, len(b))
			part := b[:n]
			b = b[n:]
			for {
				line, rest, ok := l.Next(part)
				if !ok {
					break
				}
				got, part = append(got, string(line)), rest
			}
		}
		if d := cmp.Diff([]string{"one", "two", ""}, got); d != "" || string(l.Pending()) != "rest" {
			t.Errorf("step %d: %s pending %q", step, d, l.Pending())
		}
	}
	var l Lines
	line, _, _ := l.Next([]byte(strings.Repeat("x", 3*MaxLine) + "\n"))
	if len(line) != MaxLine {
		t.Errorf("line of %d bytes", len(line))
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"a\x00b", "a b"}, {"  x \x1b[1m y ", "x [1m y"}, {"\xff\xfeab", "ab"}, {"1234567890123", "1234567890"}, {"", ""},
	} {
		if got := Text([]byte(c.in), 10); got != c.want {
			t.Errorf("Text(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	if got := UTF16([]byte("W\x00S\x001\x00\x00\x00x\x00"), 10); got != "WS1" {
		t.Errorf("UTF16 = %q", got)
	}
}

func TestHost(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"PACS.local:8080", "pacs.local"}, {"[fe80::1]:80", "fe80::1"}, {"10.0.0.1", "10.0.0.1"}, {"a b", ""}, {"x/y", ""},
	} {
		if got := Host([]byte(c.in)); got != c.want {
			t.Errorf("Host(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestBoth(t *testing.T) {
	if Both(proto.Yes, proto.Maybe) != proto.Maybe || Both(proto.Yes, proto.No) != proto.No || Both(proto.Yes, proto.Yes) != proto.Yes {
		t.Error("Both")
	}
}

func FuzzFramer(f *testing.F) {
	f.Add([]byte("\x00\x03abc\x00\x00"), 1)
	f.Fuzz(func(t *testing.T, b []byte, step int) {
		one, _, _ := cut(b, max(len(b), 1), 16)
		many, _, _ := cut(b, min(max(step, 1), 64), 16)
		if d := cmp.Diff(one, many); d != "" {
			t.Error(d)
		}
	})
}

// The short way for clean text gives what the long way gives.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "a b", " a", "a ", "a  b", "\x1b[1mx", "é", "a\xff", strings.Repeat("x", 40)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		const most = 32
		got := Text(b, most)
		if len(got) > most || Text([]byte(got), most) != got {
			t.Fatalf("Text(%q) = %q", b, got)
		}
		if long := Text(append([]byte{0}, b...), most); long != got { // never clean
			t.Fatalf("Text(%q) = %q, the long way %q", b, got, long)
		}
	})
}
