package mqtt

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/internal/canary"
	"ward/wire/proto"
)

func str(s string) string { return string([]byte{byte(len(s) >> 8), byte(len(s))}) + s }

func packet(head byte, body string) string {
	if len(body) < 128 {
		return string([]byte{head, byte(len(body))}) + body
	}
	return string([]byte{head, byte(len(body)&0x7f | 0x80), byte(len(body) >> 7)}) + body
}

func connect(protocol string, level, flags byte, properties, id string) string {
	return packet(0x10, str(protocol)+string([]byte{level, flags, 0, 60})+properties+str(id)+str(canary.User)+str(canary.Secret))
}

func TestParser(t *testing.T) {
	publish := packet(0x30, str("ward/"+canary.Family)+strings.Repeat(canary.HL7Name, 40))
	orig := connect("MQTT", 4, 0xc2, "", "pump-0417") + publish + "\xc0\x00" + publish + packet(0x82, "\x00\x01"+str(canary.MRN)+"\x00")
	resp := "\x20\x02\x00\x00" + publish
	want := []proto.Fact{
		Connect{Version: "3.1.1", ClientID: "pump-0417", Username: true, Password: true, KeepAlive: 60}, Connack{},
		Traffic{Publishes: 2, Subscribes: 1}, Traffic{Publishes: 1},
	}
	for _, step := range []int{1, 7, 10000} {
		var got []proto.Fact
		p := Codec.New()
		emit := func(_ proto.Dir, f proto.Fact) { got = append(got, f) }
		for dir, s := range []string{orig, resp} {
			for len(s) > 0 {
				n := min(step, len(s))
				p.Data(proto.Dir(dir), []byte(s[:n]), emit)
				s = s[n:]
			}
		}
		p.Close(emit)
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

func TestConnect(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     Connect
		ok       bool
	}{
		{"3.1", connect("MQIsdp", 3, 2, "", "")[2:], Connect{Version: "3.1", KeepAlive: 60}, true},
		{"5.0", connect("MQTT", 5, 6, "\x05\x11\x00\x00\x00\x0a", "0009fb010203")[2:], Connect{Version: "5.0", ClientID: "0009fb010203", Will: true, KeepAlive: 60}, true},
		{"person as identifier", connect("MQTT", 4, 0, "", canary.User)[2:], Connect{Version: "3.1.1", KeepAlive: 60}, true},
		{"number as identifier", connect("MQTT", 4, 0, "", canary.MRN)[2:], Connect{Version: "3.1.1", KeepAlive: 60}, true},
		{"properties past the end", connect("MQTT", 5, 0, "\xff\x7f", "")[3:40], Connect{}, false},
		{"level 6", connect("MQTT", 6, 0, "", "x")[2:], Connect{}, false},
		{"cut", connect("MQTT", 4, 0, "", "x")[2:9], Connect{}, false},
		{"empty", "", Connect{}, false},
	} {
		if got, ok := parseConnect([]byte(tt.in)); got != tt.want || ok != tt.ok {
			t.Errorf("%s: parseConnect = %+v, %v; want %+v", tt.name, got, ok, tt.want)
		}
	}
}

func TestMatch(t *testing.T) {
	good := connect("MQTT", 4, 2, "", "x")
	for _, tt := range []struct {
		name, orig, resp string
		port             uint16
		want             proto.Match
	}{
		{"both", good, "\x20\x02\x00\x00", 9999, proto.Yes},
		{"one side", good, "", 9999, proto.Maybe},
		{"answer only", "", "\x20\x02\x00\x00", port, proto.Maybe},
		{"answer only elsewhere", "", "\x20\x02\x00\x00", 9999, proto.No},
		{"other answer", good, "HTTP/1.1 400", port, proto.No},
		{"other name", connect("MQTX", 4, 2, "", "x"), "", port, proto.No},
		{"length without end", "\x10\xff\xff\xff\xff\xff", "", port, proto.No},
		{"text", "GET / HTTP/1.1", "", port, proto.No},
	} {
		if got := match([]byte(tt.orig), []byte(tt.resp), proto.Ports{Orig: 4000, Resp: tt.port}); got != tt.want {
			t.Errorf("%s: match = %v, want %v", tt.name, got, tt.want)
		}
	}
}

func FuzzParser(f *testing.F) {
	f.Add([]byte(connect("MQTT", 5, 0xc6, "\x05\x11\x00\x00\x00\x0a", "pump-1")), 4)
	f.Add([]byte("\x20\x02\x00\x00\x30\x03\x00\x01a"), 2)
	f.Fuzz(func(t *testing.T, b []byte, cut int) {
		if cut < 0 || cut > len(b) {
			cut = len(b) / 2
		}
		p := new(parser)
		emit := func(proto.Dir, proto.Fact) {}
		for _, part := range [][]byte{b[:cut], b[cut:], b} {
			p.Data(proto.Orig, part, emit)
			p.Data(proto.Resp, part, emit)
		}
		for _, d := range p.dirs {
			if len(d.head) > 6 || len(d.body) > maxConnect {
				t.Fatal("state grew")
			}
		}
		p.Close(emit)
		match(b, b, proto.Ports{Resp: port})
	})
}
