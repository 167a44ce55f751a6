package ntp

import (
	"encoding/binary"
	"strings"
	"testing"

	"ward/internal/canary"
	"ward/wire/proto"
)

func message(first, stratum byte, ref string) []byte {
	b := make([]byte, minSize)
	b[0], b[1], b[2], b[3] = first, stratum, 6, 0xe9
	copy(b[12:], ref)
	binary.BigEndian.PutUint32(b[32:], 0xeaaa0001)
	binary.BigEndian.PutUint32(b[40:], 0xeaaa0001)
	return b
}

func TestParse(t *testing.T) {
	monlist := append([]byte{0x17, 0, 3, 42}, make([]byte, 4)...)
	control := append([]byte{0x16, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}, canary.MRN...)
	for _, tt := range []struct {
		name string
		in   []byte
		want Message
		ok   bool
	}{
		{"client", message(0xe3, 0, ""), Message{Mode: "client", Version: 4}, true},
		{"client that hides its precision", append([]byte{0x23, 0, 0, 0x20}, make([]byte, 44)...), Message{Mode: "client", Version: 4}, true},
		{"server stratum 1", message(0x24, 1, "GPS\x00"), Message{Mode: "server", Version: 4, Stratum: 1, RefID: "GPS"}, true},
		{"server stratum 2", message(0x1c, 2, "\x0a\x00\x00\x01"), Message{Mode: "server", Version: 3, Stratum: 2}, true},
		{"with a digest", append(message(0x23, 0, ""), make([]byte, 20)...), Message{Mode: "client", Version: 4}, true},
		{"monlist", monlist, Message{Mode: "private", Version: 2, Monlist: true}, true},
		{"control", control, Message{Mode: "control", Version: 2}, true},
		{"control count lies", []byte{0x16, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9}, Message{}, false},
		{"version 0", message(0x03, 0, ""), Message{}, false},
		{"version 7", message(0x3b, 0, ""), Message{}, false},
		{"mode 0", message(0x20, 0, ""), Message{}, false},
		{"stratum 99", message(0x24, 99, ""), Message{}, false},
		{"short", message(0x23, 0, "")[:47], Message{}, false},
		{"odd length", append(message(0x23, 0, ""), 1), Message{}, false},
		{"text", []byte("NOTIFY * HTTP/1.1\r\nHost: 239.255.255.250:1900\r\n\r\n\r"), Message{}, false},
	} {
		if got, ok := Parse(tt.in); got != tt.want || ok != tt.ok {
			t.Errorf("%s: Parse = %+v, %v; want %+v", tt.name, got, ok, tt.want)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		name  string
		in    []byte
		ports proto.Ports
		want  proto.Match
	}{
		{"client", message(0xe3, 0, ""), proto.Ports{Orig: 4000, Resp: 123}, proto.Yes},
		{"client elsewhere", message(0xe3, 0, ""), proto.Ports{Orig: 4000, Resp: 5000}, proto.No},
		{"server elsewhere", message(0x24, 2, ""), proto.Ports{Orig: 4000, Resp: 5000}, proto.Yes},
		{"server without time", append([]byte{0x24, 2, 6, 0xe9}, make([]byte, 44)...), proto.Ports{Orig: 4000, Resp: 5000}, proto.No},
		{"text on the port", []byte(strings.Repeat("text", 12)), proto.Ports{Orig: 4000, Resp: 123}, proto.No},
	} {
		if got := match(tt.in, tt.ports); got != tt.want {
			t.Errorf("%s: match = %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestEqualMessagesComeOnce(t *testing.T) {
	p, n := Codec.New(), 0
	for range 4 {
		p.Data(proto.Orig, message(0xe3, 0, ""), func(proto.Dir, proto.Fact) { n++ })
	}
	if n != 1 {
		t.Errorf("%d facts, want 1", n)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(message(0x24, 1, "GPS\x00"))
	f.Add([]byte{0x17, 0, 3, 42, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, ok := Parse(b); ok && (m.Mode == "" || len(m.RefID) > 4) {
			t.Fatalf("Parse(%x) = %+v", b, m)
		}
	})
}
