package arp

import (
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"

	"ward/wire/packet"
	"ward/wire/proto"
)

func message(t *testing.T, op, sender, target string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll("0001 0800 06 04 "+op+" 0009fb112233 "+sender+" 000000000000 "+target, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestParse(t *testing.T) {
	mac := packet.MAC{0, 9, 0xfb, 0x11, 0x22, 0x33}
	one, two := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
	for _, tt := range []struct {
		name string
		in   []byte
		want Binding
	}{
		{"request", message(t, "0001", "0a000001", "0a000002"), Binding{one, mac, Request}},
		{"reply", message(t, "0002", "0a000002", "0a000001"), Binding{two, mac, Reply}},
		{"gratuitous request", message(t, "0001", "0a000001", "0a000001"), Binding{one, mac, Gratuitous}},
		{"gratuitous reply", message(t, "0002", "0a000001", "0a000001"), Binding{one, mac, Gratuitous}},
		{"probe", message(t, "0001", "00000000", "0a000002"), Binding{two, mac, Probe}},
		{"Ethernet padding", append(message(t, "0001", "0a000001", "0a000002"), make([]byte, 18)...), Binding{one, mac, Request}},
		{"reply without address", message(t, "0002", "00000000", "0a000002"), Binding{}},
		{"RARP operation", message(t, "0003", "0a000001", "0a000002"), Binding{}},
		{"multicast sender", message(t, "0001", "e0000001", "0a000002"), Binding{}},
		{"broadcast sender", message(t, "0001", "ffffffff", "0a000002"), Binding{}},
		{"cut short", message(t, "0001", "0a000001", "0a000002")[:27], Binding{}},
		{"empty", nil, Binding{}},
		{"other sizes", append([]byte{0, 1, 8, 0, 8, 4}, make([]byte, 30)...), Binding{}},
	} {
		if got, ok := Parse(tt.in); got != tt.want || ok != (tt.want != Binding{}) {
			t.Errorf("%s: Parse = %+v, %v; want %+v", tt.name, got, ok, tt.want)
		}
	}
}

func TestRepeatedBindingIsEmittedOnce(t *testing.T) {
	p, n := Codec.New(), 0
	emit := func(proto.Dir, proto.Fact) { n++ }
	for range 5 {
		p.Data(proto.Orig, message(t, "0001", "0a000001", "0a000002"), emit)
		p.Data(proto.Resp, message(t, "0002", "0a000002", "0a000001"), emit)
	}
	if n != 2 {
		t.Errorf("%d facts, want 2", n)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte{0, 1, 8, 0, 6, 4, 0, 1, 0, 9, 0xfb, 1, 2, 3, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 10, 0, 0, 2})
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, ok := Parse(b); ok && (!got.Addr.Is4() || got.Addr.IsUnspecified() || got.MAC.IsZero()) {
			t.Fatalf("Parse(%x) = %+v", b, got)
		}
	})
}
