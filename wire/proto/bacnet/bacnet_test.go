package bacnet

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/internal/canary"
	"ward/wire/proto"
)

func raw(t testing.TB, s string) string {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func link(function byte, body string) []byte {
	n := len(body) + 4
	return append([]byte{0x81, function, byte(n >> 8), byte(n)}, body...)
}

func text(s string) string { return string([]byte{0x75, byte(len(s) + 1), 0}) + s }

func TestParse(t *testing.T) {
	h := func(s string) string { return raw(t, s) }
	iam := "1000 c4 020003e8 22 05c4 91 00 21 05"
	read := func(id, value string) string {
		return h("0100 30 01 0c 0c 020003e8 19 "+id+" 3e") + value + h("3f")
	}
	for _, tt := range []struct {
		name string
		in   []byte
		want proto.Fact
	}{
		{"I-Am", link(0x0b, h("0120 ffff 00 ff "+iam)), IAm{1000, 5, "Johnson Controls"}},
		{"I-Am forwarded", link(0x04, h("0a000001bac0 0120 ffff 00 ff "+iam)), IAm{1000, 5, "Johnson Controls"}},
		{"I-Am routed from", link(0x0a, h("0108 0005 01 07 "+iam)), IAm{1000, 5, "Johnson Controls"}},
		{"I-Am of no device", link(0x0b, h("0100 1000 c4 00000001 22 05c4 91 00 21 05")), nil},
		{"I-Am cut", link(0x0b, h("0100 1000 c4 020003e8 22 05c4")), nil},
		{"Who-Is", link(0x0b, h("0120 ffff 00 ff 1008")), Call{"who_is", false}},
		{"WriteProperty", link(0x0a, h("0104 00 05 01 0f 0c 00000001 19 55 3e 44 42280000 3f")), Call{"write_property", true}},
		{"ReinitializeDevice", link(0x0a, h("0104 00 05 01 14 09 00 1d 09 00")+canary.Secret), Call{"reinitialize_device", true}},
		{"DeviceCommunicationControl", link(0x0a, h("0104 00 05 01 11 19 01")), Call{"device_communication_control", true}},
		{"foreign device", link(0x05, h("003c")), Call{"register_foreign_device", true}},
		{"model name", link(0x0a, read("46", text("FX-PCG2611"))), Properties{Instance: 1000, ModelName: "FX-PCG2611"}},
		{"model name, UCS-2", link(0x0a, read("46", h("75 05 04 0046 0058"))), Properties{Instance: 1000, ModelName: "FX"}},
		{"model name, Latin-1", link(0x0a, read("46", h("75 03 05 46 e4"))), Properties{Instance: 1000, ModelName: "Fä"}},
		{"description is dropped", link(0x0a, read("1c", text(canary.Family))), nil},
		{"location is dropped", link(0x0a, read("3a", text(canary.Address))), nil},
		{"other object", link(0x0a, h("0100 30 01 0c 0c 00000001 19 4d 3e")+text(canary.Family)+h("3f")), nil},
		{"multiple", link(0x0a, h("0100 30 01 0e 0c 020003e8 1e 29 4d 4e")+text("AHU-1")+h("4f 29 1c 4e")+text(canary.Family)+h("4f 29 2c 4e")+text("6.1")+h("4f 29 0c 5e 91 02 91 20 5f 1f")),
			Properties{Instance: 1000, ObjectName: "AHU-1", Firmware: "6.1"}},
		{"segmented", link(0x0a, h("0100 3c 01 00 04 0c 0c 020003e8")), nil},
		{"length lies", append(link(0x0b, h("0120 ffff 00 ff 1008")), 0), nil},
		{"string past the end", link(0x0a, h("0100 30 01 0c 0c 020003e8 19 46 3e 75 40 00 41")), nil},
		{"network version 2", link(0x0a, h("0200 1008")), nil},
		{"destination past the end", link(0x0a, h("0120 ffff 09 01")), nil},
		{"empty", nil, nil},
	} {
		got, ok := Parse(tt.in)
		if !ok {
			got = nil
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		for _, marker := range canary.Markers() {
			if strings.Contains(fmt.Sprint(got), marker) {
				t.Errorf("%s: %q came out", tt.name, marker)
			}
		}
	}
}

func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		in   []byte
		want proto.Match
	}{
		{link(0x0b, raw(t, "0120 ffff 00 ff 1008")), proto.Yes},
		{link(0x0c, raw(t, "0120 ffff 00 ff 1008")), proto.No},
		{link(0x05, "x"), proto.No},
		{[]byte("\x81\x0b text"), proto.No},
	} {
		if got := Codec.Datagram(tt.in, proto.Ports{Resp: 47808}); got != tt.want {
			t.Errorf("match(%x) = %v, want %v", tt.in, got, tt.want)
		}
	}
}

func TestEachFactComesOnce(t *testing.T) {
	p, n := Codec.New(), 0
	for range 5 {
		p.Data(proto.Orig, link(0x0b, raw(t, "0120 ffff 00 ff 1008")), func(proto.Dir, proto.Fact) { n++ })
	}
	if n != 1 {
		t.Errorf("%d facts, want 1", n)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(link(0x0b, raw(f, "0120 ffff 00 ff 1000 c4 020003e8 22 05c4 91 00 21 05")))
	f.Add(link(0x0a, raw(f, "0100 30 01 0e 0c 020003e8 1e 29 4d 4e 75 03 00 41 42 4f 1f")))
	f.Fuzz(func(t *testing.T, b []byte) {
		if fact, ok := Parse(b); ok && fact == nil {
			t.Fatal("no fact")
		}
	})
}
