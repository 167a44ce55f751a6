package record

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/wire/proto"
)

func hello(line []byte) bool { return bytes.HasPrefix(line, []byte("HELLO ")) }

func TestHeadsAnyCut(t *testing.T) {
	const long = "HELLO c\r\nx: "
	for _, tt := range []struct {
		name, stream string
		media        bool
		want         []string
	}{
		{"two with a body", "HELLO a\r\nContent-Length: 3\r\n\r\nxyzHELLO b\r\nl: 0\r\n\r\n", false, []string{"HELLO a", "HELLO b"}},
		{"empty lines between", "HELLO a\r\n\r\n\r\n\r\nHELLO b\r\n\r\n", false, []string{"HELLO a", "HELLO b"}},
		{"media between", "HELLO a\r\n\r\n$\x00\x00\x04HELLHELLO b\r\n\r\n", true, []string{"HELLO a", "HELLO b"}},
		{"no start", "GOODBYE\r\n\r\nHELLO b\r\n\r\n", false, nil},
		{"no end", long + strings.Repeat("y", MaxHead) + "\r\n\r\n", false, nil},
		{"empty", "", false, nil},
	} {
		for _, step := range []int{1, 9, 1 << 20} {
			h, stream := Heads{Starts: hello, Media: tt.media}, []byte(tt.stream)
			if tt.name == "no start" && step > 1 {
				continue // a segment that begins with a start line is found again
			}
			var got []string
			for len(stream) > 0 {
				n := min(step, len(stream))
				h.Data(stream[:n], func(head []byte) (int, bool) {
					line, rest, _ := strings.Cut(string(head), "\r\n")
					if !hello([]byte(line)) {
						return 0, false
					}
					got = append(got, line)
					return Headers([]byte(rest), func(string, []byte) {}), true
				})
				stream = stream[n:]
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("%s, step %d: %s", tt.name, step, d)
			}
			if h.Held() > 2*MaxHead {
				t.Errorf("%s: %d bytes held", tt.name, h.Held())
			}
		}
	}
}

func TestHeadsAfterLoss(t *testing.T) {
	h, n := Heads{Starts: hello}, 0
	read := func([]byte) (int, bool) { n++; return 0, true }
	h.Data([]byte("HELLO a\r\nx:"), read)
	h.Lost()
	h.Data([]byte("of something\r\n\r\n"), read)
	h.Data([]byte("HELLO b\r\n\r\n"), read)
	if n != 1 {
		t.Errorf("%d heads, want the one after the loss", n)
	}
}

func TestMatchStart(t *testing.T) {
	words := map[string]bool{"HELLO": true}
	for _, tt := range []struct {
		b    string
		want proto.Match
	}{
		{"", proto.Maybe}, {"HEL", proto.Maybe}, {"V/1", proto.Maybe}, {"HELLO ", proto.Yes}, {"\r\nHELLO a\r\nx", proto.Yes},
		{"BYE", proto.No}, {"BYE a\r\n", proto.No},
		{"hello ", proto.No}, {"\x16\x03\x01", proto.No}, {"\r\nhello", proto.No},
	} {
		if got := MatchStart([]byte(tt.b), hello, words, "V/"); got != tt.want {
			t.Errorf("%q: %v, want %v", tt.b, got, tt.want)
		}
	}
}

func TestUpToNUL(t *testing.T) {
	for in, want := range map[string]string{"a b\x00c": "a b", "\x00x": "", "": "", "a\r\n b": "a b"} {
		if got := UpToNUL([]byte(in), 10); got != want {
			t.Errorf("UpToNUL(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzHeads(f *testing.F) {
	f.Add([]byte("HELLO a\r\nContent-Length: 3\r\n\r\nxyzHELLO b\r\n\r\n"), byte(3))
	f.Add([]byte("HELLO a\r\n\r\n$\x00\xff\xff"), byte(1))
	f.Fuzz(func(t *testing.T, b []byte, step byte) {
		h := Heads{Starts: hello, Media: step&1 != 0}
		for len(b) > 0 {
			n := min(int(step)+1, len(b))
			h.Data(b[:n], func(head []byte) (int, bool) { return Headers(head, func(string, []byte) {}), hello(head) })
			if b = b[n:]; h.Held() > 2*MaxHead {
				t.Fatalf("%d bytes held", h.Held())
			}
		}
	})
}
