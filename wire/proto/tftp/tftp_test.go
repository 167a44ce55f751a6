package tftp

import (
	"fmt"
	"strings"
	"testing"

	"ward/internal/canary"
	"ward/wire/proto"
)

func request(op byte, file, mode string, options ...string) string {
	s := "\x00" + string([]byte{op}) + file + "\x00" + mode + "\x00"
	for _, o := range options {
		s += o + "\x00"
	}
	return s
}

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     Request
		ok       bool
	}{
		{"firmware", request(opRead, "images/c2960-lan.BIN", "octet", "blksize", "1428"), Request{Mode: "octet", Class: Firmware, Ext: "bin", File: "c2960-lan.BIN"}, true},
		{"configuration written", request(opWrite, `C:\tftp\sw-icu-confg`, "NETASCII"), Request{Write: true, Mode: "netascii", Class: Config, File: "sw-icu-confg"}, true},
		{"patient file", request(opWrite, canary.HL7Name+".pdf", "octet"), Request{Write: true, Mode: "octet", Class: Other, Ext: "pdf"}, true},
		{"folder with a name", request(opRead, canary.Family+"/boot.cfg", "octet"), Request{Mode: "octet", Class: Config, Ext: "cfg", File: "boot.cfg"}, true},
		{"odd characters", request(opRead, canary.HL7Name+".cfg", "octet"), Request{Mode: "octet", Class: Config, Ext: "cfg"}, true},
		{"no extension", request(opRead, canary.MRN, "octet"), Request{Mode: "octet", Class: Other}, true},
		{"unknown mode", request(opRead, "a.bin", "binary"), Request{}, false},
		{"option without value", request(opRead, "a.bin", "octet", "blksize"), Request{}, false},
		{"no end", "\x00\x01a.bin\x00octet", Request{}, false},
		{"no name", request(opRead, "", "octet"), Request{}, false},
		{"data", "\x00\x03\x00\x01abc\x00", Request{}, false},
		{"empty", "", Request{}, false},
	} {
		got, ok := Parse([]byte(tt.in))
		if got != tt.want || ok != tt.ok {
			t.Errorf("%s: Parse = %+v, %v; want %+v", tt.name, got, ok, tt.want)
		}
		for _, marker := range canary.Markers() {
			if strings.Contains(fmt.Sprint(got), marker) {
				t.Errorf("%s: %q came out", tt.name, marker)
			}
		}
	}
}

func TestMatch(t *testing.T) {
	known, odd := proto.Ports{Orig: 4000, Resp: port}, proto.Ports{Orig: 4000, Resp: 5000}
	for _, tt := range []struct {
		name, in string
		ports    proto.Ports
		want     proto.Match
	}{
		{"request", request(opRead, "a", "octet"), known, proto.Yes},
		{"request elsewhere", request(opRead, "a", "octet"), odd, proto.Yes},
		{"data", "\x00\x03\x00\x01abc", known, proto.Yes},
		{"data elsewhere", "\x00\x03\x00\x01abc", odd, proto.No},
		{"acknowledgement", "\x00\x04\x00\x01", known, proto.Yes},
		{"acknowledgement too long", "\x00\x04\x00\x01x", known, proto.No},
		{"error", "\x00\x05\x00\x01no file\x00", known, proto.Yes},
		{"options", "\x00\x06blksize\x00512\x00", known, proto.Yes},
		{"text", "hello world", known, proto.No},
	} {
		if got := match([]byte(tt.in), tt.ports); got != tt.want {
			t.Errorf("%s: match = %v, want %v", tt.name, got, tt.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(request(opRead, "a/b.bin", "octet", "blksize", "1428")))
	f.Add([]byte(request(opWrite, "sw-confg", "mail")))
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, ok := Parse(b); ok && (len(r.File) > maxName || !plain(r.File) || !plain(r.Ext)) {
			t.Fatalf("Parse = %+v", r)
		}
		match(b, proto.Ports{Resp: port})
	})
}
