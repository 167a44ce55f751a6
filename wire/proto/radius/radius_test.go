package radius

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/internal/canary"
	"ward/wire/packet"
	"ward/wire/proto"
)

var sameAddr = cmp.Comparer(func(a, b netip.Addr) bool { return a == b })

func attr(typ byte, v string) string { return string([]byte{typ, byte(len(v) + 2)}) + v }

func message(code byte, attrs ...string) string {
	body := strings.Join(attrs, "")
	n := headerSize + len(body)
	return string([]byte{code, 7, byte(n >> 8), byte(n)}) + "0123456789abcdef" + body
}

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     Packet
		ok       bool
	}{
		{"access request", message(1, attr(1, canary.User), attr(2, canary.Secret+"   "), attr(4, "\x0a\x00\x00\x01"), attr(5, "\x00\x00\x00\x0c"), attr(32, "sw-icu"), attr(61, "\x00\x00\x00\x0f"),
			attr(30, "00-10-A4-23-19-C0:"+canary.Family), attr(31, "0009fb010203"), attr(79, "\x02\x01\x00\x10\x01"+canary.MRN), attr(26, "\x00\x00\x00\x09\x01\x05abc"), attr(18, canary.Given)),
			Packet{Kind: "access_request", NAS: "sw-icu", NASAddr: netip.MustParseAddr("10.0.0.1"), NASPort: "12", PortType: 15, CalledMAC: packet.MAC{0, 0x10, 0xa4, 0x23, 0x19, 0xc0},
				CallingMAC: packet.MAC{0, 9, 0xfb, 1, 2, 3}, EAP: "identity", VendorID: 9}, true},
		{"named port", message(1, attr(5, "\x00\x00\x00\x0c"), attr(87, "Gi1/0/12")), Packet{Kind: "access_request", NASPort: "Gi1/0/12"}, true},
		{"accounting", message(4, attr(8, "\x0a\x00\x00\x05"), attr(31, "00:09:fb:01:02:03")), Packet{Kind: "accounting_request", Addr: netip.MustParseAddr("10.0.0.5"), CallingMAC: packet.MAC{0, 9, 0xfb, 1, 2, 3}}, true},
		{"calling by telephone", message(1, attr(31, canary.Phone)), Packet{Kind: "access_request"}, true},
		{"no attributes", message(2), Packet{Kind: "access_accept"}, true},
		{"address of three bytes", message(1, attr(4, "\x0a\x00\x00")), Packet{}, false},
		{"attribute past the end", message(1) + "\x01\x09abc", Packet{}, false},
		{"attribute of length 1", message(1, "\x01\x01"), Packet{}, false},
		{"length lies", message(1) + "x", Packet{}, false},
		{"code 99", message(99), Packet{}, false},
		{"empty", "", Packet{}, false},
	} {
		got, _, ok := Parse([]byte(tt.in))
		if diff := cmp.Diff(tt.want, got, sameAddr); diff != "" || ok != tt.ok {
			t.Errorf("%s: ok %v (-want +got):\n%s", tt.name, ok, diff)
		}
		for _, marker := range canary.Markers() {
			if strings.Contains(fmt.Sprintf("%+v", got), marker) {
				t.Errorf("%s: %q came out", tt.name, marker)
			}
		}
	}
}

func TestMatch(t *testing.T) {
	odd, known := proto.Ports{Orig: 4000, Resp: 5000}, proto.Ports{Orig: 4000, Resp: 1812}
	for _, tt := range []struct {
		name, in string
		ports    proto.Ports
		want     proto.Match
	}{
		{"known port", message(2), known, proto.Yes},
		{"elsewhere, no attributes", message(2), odd, proto.No},
		{"elsewhere", message(1, attr(1, "x"), attr(32, "y")), odd, proto.Yes},
		{"text", "this is no RADIUS packet at all", known, proto.No},
	} {
		if got := match([]byte(tt.in), tt.ports); got != tt.want {
			t.Errorf("%s: match = %v, want %v", tt.name, got, tt.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(message(1, attr(30, "00-10-A4-23-19-C0:x"), attr(79, "\x01\x01\x00\x05\x0d"), attr(26, "\x00\x00\x00\x09"))))
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, _, ok := Parse(b); ok && p.Kind == "" {
			t.Fatalf("Parse = %+v", p)
		}
	})
}
