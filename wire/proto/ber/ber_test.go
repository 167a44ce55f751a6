package ber

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"testing"
)

func TestRead(t *testing.T) {
	long := append([]byte{0x04, 0x81, 0x80}, make([]byte, 128)...)
	tests := []struct {
		name    string
		in      []byte
		tag     byte
		content int
		rest    int
		err     error
	}{
		{"null", []byte{5, 0}, Null, 0, 0, nil},
		{"integer and more", []byte{2, 1, 7, 5, 0}, Integer, 1, 2, nil},
		{"long form", long, OctetString, 128, 0, nil},
		{"long form not minimal", []byte{4, 0x84, 0, 0, 0, 1, 'x'}, OctetString, 1, 0, nil},
		{"tag number 31", []byte{0x7f, 0x1f, 1, 'x'}, 0x7f, 1, 0, nil},
		{"empty", nil, 0, 0, 0, ErrShort},
		{"tag only", []byte{0x30}, 0, 0, 0, ErrShort},
		{"content cut", []byte{4, 3, 'a', 'b'}, 0, 0, 0, ErrShort},
		{"length cut", []byte{4, 0x82, 1}, 0, 0, 0, ErrShort},
		{"long tag cut", []byte{0x1f, 0x1f}, 0, 0, 0, ErrShort},
		{"indefinite", []byte{0x30, 0x80, 0, 0}, 0, 0, 0, ErrLength},
		{"five length octets", []byte{4, 0x85, 0, 0, 0, 0, 1, 'x'}, 0, 0, 0, ErrLength},
		{"too long", []byte{4, 0x84, 0xff, 0xff, 0xff, 0xff}, 0, 0, 0, ErrLength},
		{"tag number above 127", []byte{0x1f, 0x81, 0x01, 0}, 0, 0, 0, ErrTag},
		{"tag number below 31 in long form", []byte{0x1f, 0x02, 0}, 0, 0, 0, ErrTag},
	}
	for _, tt := range tests {
		tag, content, rest, err := Read(tt.in)
		if tag != tt.tag || len(content) != tt.content || len(rest) != tt.rest || !errors.Is(err, tt.err) {
			t.Errorf("%s: Read gave tag %#x, %d bytes, %d rest, %v", tt.name, tag, len(content), len(rest), err)
		}
	}
}

func TestInt(t *testing.T) {
	for _, tt := range []struct {
		in   []byte
		want int64
		err  error
	}{
		{[]byte{0}, 0, nil},
		{[]byte{0xff}, -1, nil},
		{[]byte{0x00, 0xff}, 255, nil},
		{[]byte{0x7f, 0xff, 0xff, 0xff}, 1<<31 - 1, nil},
		{[]byte{0x80, 0, 0, 0, 0, 0, 0, 0}, -1 << 63, nil},
		{nil, 0, ErrLength},
		{make([]byte, 9), 0, ErrLength},
	} {
		if got, err := Int(tt.in); got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("Int(%x) = %d, %v; want %d, %v", tt.in, got, err, tt.want, tt.err)
		}
	}
	if _, _, err := ReadInt([]byte{4, 1, 1}, Integer); !errors.Is(err, ErrTag) {
		t.Errorf("ReadInt of an octet string gave %v", err)
	}
}

func TestOIDText(t *testing.T) {
	for _, tt := range []struct {
		in   []byte
		want string
	}{
		{[]byte{0x2b, 6, 1, 2, 1, 1, 1, 0}, "1.3.6.1.2.1.1.1.0"},
		{[]byte{0x2a, 0x86, 0x48, 0xce, 0x14}, "1.2.840.10004"},
		{[]byte{0x88, 0x37}, "2.999"},
		{[]byte{0x27}, "0.39"},
		{nil, ""},
		{[]byte{0x2b, 0x86}, ""},
		{[]byte{0x2b, 0x80, 0x01}, ""},
		{bytes.Repeat([]byte{1}, MaxArcs+2), ""},
	} {
		if got := OIDText(tt.in); got != tt.want {
			t.Errorf("OIDText(%x) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestFind(t *testing.T) {
	b := []byte{2, 1, 1, 4, 2, 'a', 'b', 5, 0}
	if c, ok := Find(b, OctetString, 8); !ok || string(c) != "ab" {
		t.Errorf("Find gave %q, %v", c, ok)
	}
	if _, ok := Find(b, OctetString, 1); ok {
		t.Error("Find went past its limit")
	}
	if _, ok := Find(b[:5], OctetString, 8); ok {
		t.Error("Find took a cut element")
	}
}

func TestValid(t *testing.T) {
	nest := func(n int) []byte {
		b := []byte{5, 0}
		for range n {
			b = append([]byte{Sequence, byte(len(b))}, b...)
		}
		return b
	}
	if !Valid(nest(MaxDepth - 1)) {
		t.Error("Valid refused allowed nesting")
	}
	if Valid(nest(MaxDepth)) {
		t.Error("Valid followed nesting without end")
	}
	if Valid([]byte{0x30, 3, 2, 2, 1}) {
		t.Error("Valid took a cut inner element")
	}
}

// FuzzRead compares with encoding/asn1, which is stricter (DER): what it takes,
// Read must take with the same bounds.
func FuzzRead(f *testing.F) {
	f.Add([]byte{0x30, 3, 2, 1, 5})
	f.Add([]byte{6, 3, 0x2a, 3, 4})
	f.Add([]byte{4, 0x82, 1, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		tag, content, rest, err := Read(b)
		if err == nil && len(content)+len(rest) > len(b) {
			t.Fatal("content and rest exceed the input")
		}
		Valid(b)
		OIDText(b)
		var raw asn1.RawValue
		tail, derErr := asn1.Unmarshal(b, &raw)
		if derErr != nil || raw.Tag > 127 || len(raw.Bytes) > MaxLength {
			return
		}
		if err != nil || tag != b[0] || !bytes.Equal(content, raw.Bytes) || !bytes.Equal(rest, tail) {
			t.Fatalf("Read(%x): %v; encoding/asn1 takes it", b, err)
		}
	})
}
