package modbus

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/internal/canary"
	"ward/wire/proto"
)

func unit(transaction byte, pdu string) string {
	return string([]byte{0, transaction, 0, 0, 0, byte(len(pdu) + 1), 9}) + pdu
}

func object(id byte, v string) string { return string([]byte{id, byte(len(v))}) + v }

func run(orig, resp string, step int) (facts []proto.Fact) {
	p := Codec.New()
	emit := func(_ proto.Dir, f proto.Fact) { facts = append(facts, f) }
	for dir, s := range []string{orig, resp} {
		for len(s) > 0 {
			n := min(step, len(s))
			p.Data(proto.Dir(dir), []byte(s[:n]), emit)
			s = s[n:]
		}
	}
	p.Close(emit)
	return facts
}

func TestParser(t *testing.T) {
	identify := unit(3, "\x2b\x0e\x01\x01\x00\x00\x05"+object(0, "Schneider Electric")+object(1, "TM221")+object(2, "v1.6")+object(3, canary.User)+object(6, canary.Family))
	orig := unit(1, "\x03\x00\x00\x00\x02") + unit(2, "\x06\x00\x01\x00\x02") + unit(3, "\x2b\x0e\x01\x00") + unit(4, "\x03\x00\x00\x00\x02")
	resp := unit(1, "\x03\x04"+canary.MRN[:4]) + unit(2, "\x86\x02") + identify
	want := []proto.Fact{
		Identification{Unit: 9, Vendor: "Schneider Electric", ProductCode: "TM221", Revision: "v1.6"},
		Use{Unit: 9, Function: 3, Requests: 2},
		Use{Unit: 9, Function: 6, Requests: 1, Exceptions: 1, Write: true},
		Use{Unit: 9, Function: 43, Requests: 1},
	}
	for _, step := range []int{1, 5, 1000} {
		got := run(orig, resp, step)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("cut every %d bytes (-want +got):\n%s", step, diff)
		}
		for _, marker := range canary.Markers() {
			if strings.Contains(fmt.Sprint(got), marker) {
				t.Errorf("%q came out", marker)
			}
		}
	}
}

func TestMalformed(t *testing.T) {
	for _, tt := range []struct{ name, resp string }{
		{"object past the end", unit(3, "\x2b\x0e\x01\x01\x00\x00\x01\x00\x20ab")},
		{"more objects than there are", unit(3, "\x2b\x0e\x01\x01\x00\x00\xff"+object(0, "x"))},
		{"protocol 1", "\x00\x01\x00\x01\x00\x03\x09\x86\x02"},
		{"length 1", "\x00\x01\x00\x00\x00\x01\x09\x86\x02"},
		{"length beyond the limit", "\x00\x01\x00\x00\xff\xff\x09\x86\x02"},
	} {
		if got := run("", tt.resp, 1000); len(got) != 0 {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
}

func TestMatch(t *testing.T) {
	read := unit(1, "\x03\x00\x00\x00\x02")
	for _, tt := range []struct {
		name, orig, resp string
		port             uint16
		want             proto.Match
	}{
		{"pair", read, unit(1, "\x03\x04\x00\x00\x00\x00"), 9999, proto.Yes},
		{"exception", read, unit(1, "\x83\x02"), 9999, proto.Yes},
		{"other transaction", read, unit(2, "\x83\x02"), port, proto.No},
		{"one side", read, "", port, proto.Maybe},
		{"response only", "", unit(1, "\x83\x02"), port, proto.Maybe},
		{"response only elsewhere", "", unit(1, "\x83\x02"), 9999, proto.No},
		{"wrong size", unit(1, "\x03\x00\x00"), "", port, proto.No},
		{"text", "GET / HTTP/1.1\r\n", "", port, proto.No},
		{"function 99", unit(1, "\x63\x00"), "", port, proto.No},
	} {
		if got := match([]byte(tt.orig), []byte(tt.resp), proto.Ports{Orig: 4000, Resp: tt.port}); got != tt.want {
			t.Errorf("%s: match = %v, want %v", tt.name, got, tt.want)
		}
	}
}

func FuzzParser(f *testing.F) {
	f.Add([]byte(unit(1, "\x03\x00\x00\x00\x02")), 3)
	f.Add([]byte(unit(3, "\x2b\x0e\x01\x01\x00\x00\x01"+object(0, "x"))), 100)
	f.Fuzz(func(t *testing.T, b []byte, cut int) {
		if cut < 0 || cut > len(b) {
			cut = len(b) / 2
		}
		p := new(parser)
		emit := func(proto.Dir, proto.Fact) {}
		for _, part := range [][]byte{b[:cut], b[cut:], bytes.Repeat(b, 3)} {
			p.Data(proto.Resp, part, emit)
			p.Data(proto.Orig, part, emit)
		}
		if cap(p.buf[0]) > 4*maxADU || len(p.uses) > maxUses {
			t.Fatal("state grew")
		}
		p.Close(emit)
		match(b, b, proto.Ports{Resp: port})
	})
}
