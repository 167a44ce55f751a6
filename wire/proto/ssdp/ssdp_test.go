package ssdp

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/internal/canary"
	"ward/wire/proto"
)

func lines(s ...string) string { return strings.Join(s, "\r\n") + "\r\n\r\n" }

func TestParse(t *testing.T) {
	const id = "2f402f80-da50-11e1-9b23-001788685f61"
	for _, tt := range []struct {
		name, in string
		want     Message
		ok       bool
	}{
		{"notify", lines("NOTIFY * HTTP/1.1", "HOST: 239.255.255.250:1900", "LOCATION: http://"+canary.User+"@10.0.0.9:80/d.xml?q="+canary.MRN, "SERVER: Linux/3.14 UPnP/1.0 IpBridge/1.16",
			"NTS: ssdp:alive", "NT: urn:schemas-upnp-org:device:basic:1", "USN: uuid:"+id+"::upnp:rootdevice", "X-User: "+canary.Family),
			Message{"notify", "Linux/3.14 UPnP/1.0 IpBridge/1.16", "urn:schemas-upnp-org:device:basic:1", id, "10.0.0.9:80"}, true},
		{"byebye", lines("NOTIFY * HTTP/1.1", "NT: upnp:rootdevice", "NTS: ssdp:byebye", "USN: uuid:"+id), Message{Kind: "byebye", Target: "upnp:rootdevice", UUID: id}, true},
		{"search", lines("M-SEARCH * HTTP/1.1", `MAN: "ssdp:discover"`, "ST: ssdp:all", "User-Agent: Chrome/80 Windows"), Message{Kind: "search", Server: "Chrome/80 Windows", Target: "ssdp:all"}, true},
		{"response, bare line feeds", "HTTP/1.1 200 OK\nST: upnp:rootdevice\nUSN: uuid:" + id + "::x\n\n", Message{Kind: "response", Target: "upnp:rootdevice", UUID: id}, true},
		{"target made up", lines("M-SEARCH * HTTP/1.1", "ST: "+canary.HL7Name), Message{Kind: "search", Target: "other"}, true},
		{"IPv6", lines("HTTP/1.1 200 OK", "ST: upnp:rootdevice", "USN: uuid:"+id, "Location: http://[fe80::1]:5000/x"), Message{Kind: "response", Target: "upnp:rootdevice", UUID: id, Location: "[fe80::1]:5000"}, true},
		{"no USN", lines("HTTP/1.1 200 OK", "ST: upnp:rootdevice"), Message{}, false},
		{"plain HTTP", lines("GET / HTTP/1.1", "Host: x"), Message{}, false},
		{"one line", "NOTIFY * HTTP/1.1", Message{}, false},
		{"empty", "", Message{}, false},
	} {
		got, ok := Parse([]byte(tt.in))
		if !ok {
			got = Message{}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || ok != tt.ok {
			t.Errorf("%s: ok %v (-want +got):\n%s", tt.name, ok, diff)
		}
		for _, marker := range canary.Markers() {
			if strings.Contains(fmt.Sprint(got), marker) {
				t.Errorf("%s: %q came out", tt.name, marker)
			}
		}
	}
}

func TestRepeatsAreSkipped(t *testing.T) {
	p, n := Codec.New(), 0
	for range 4 {
		p.Data(proto.Orig, []byte(lines("M-SEARCH * HTTP/1.1", "ST: ssdp:all")), func(proto.Dir, proto.Fact) { n++ })
	}
	if n != 1 {
		t.Errorf("%d facts, want 1", n)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(lines("NOTIFY * HTTP/1.1", "LOCATION: http://10.0.0.9:80/d.xml", "NT: upnp:rootdevice", "USN: uuid:1::x")))
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, ok := Parse(b); ok && (len(m.Server) > maxText*3 || m.Kind == "") {
			t.Fatalf("Parse = %+v", m)
		}
	})
}
