package dhcp6

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

func option(code byte, v string) string { return string([]byte{0, code, 0, byte(len(v))}) + v }

const (
	llt        = "\x00\x01\x00\x01\x1c\x39\xcf\x88\x00\x09\xfb\x01\x02\x03"
	lltHex     = "000100011c39cf880009fb010203"
	address    = "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x05"
	peer       = "\xfe\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x09"
	solicit    = "\x01\xaa\xbb\xcc"
	enterprise = "\x00\x02\x00\x00\x01\x37abcd"
)

func relay(inner string) string {
	return "\x0c\x00" + address + peer + option(9, inner)
}

func TestParse(t *testing.T) {
	client := DUID{1, lltHex, packet.MAC{0, 9, 0xfb, 1, 2, 3}, 0}
	for _, tt := range []struct {
		name, in string
		want     Message
		ok       bool
	}{
		{"solicit", solicit + option(1, llt) + option(39, "\x00\x05mon-4\x04ward\x00") + option(16, "\x00\x00\x01\x37\x00\x08MSFT 5.0"),
			Message{Kind: "solicit", Client: client, FQDN: "mon-4.ward", Enterprise: 311, VendorClass: "MSFT 5.0"}, true},
		{"reply", "\x07\x01\x02\x03" + option(1, llt) + option(2, enterprise) + option(3, strings.Repeat("\x00", 12)+option(5, address+strings.Repeat("\x00", 8))),
			Message{Kind: "reply", Client: client, Server: DUID{2, "00020000013761626364", packet.MAC{}, 311}, Addrs: []netip.Addr{netip.MustParseAddr("2001:db8::5")}}, true},
		{"relayed", relay(solicit + option(1, llt)), Message{Kind: "solicit", Client: client, Peer: netip.MustParseAddr("fe80::9")}, true},
		{"dropped options", solicit + option(1, llt) + option(17, canary.Family) + option(15, canary.User), Message{Kind: "solicit", Client: client}, true},
		{"relays too deep", relay(relay(relay(relay(relay(solicit + option(1, llt)))))), Message{}, false},
		{"no DUID", solicit + option(39, "\x00\x05mon-4\x00"), Message{}, false},
		{"option past the end", solicit + "\x00\x01\x00\x20abc", Message{}, false},
		{"type 0", "\x00\x01\x02\x03" + option(1, llt), Message{}, false},
		{"type 14", "\x0e\x01\x02\x03" + option(1, llt), Message{}, false},
		{"relay cut short", relay("")[:20], Message{}, false},
		{"empty", "", Message{}, false},
	} {
		got, ok := Parse([]byte(tt.in))
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
	good := []byte(solicit + option(1, llt))
	if got := match(good, proto.Ports{Orig: 546, Resp: 547}); got != proto.Yes {
		t.Errorf("match = %v on its ports", got)
	}
	if got := match(good, proto.Ports{Orig: 4000, Resp: 5000}); got != proto.No {
		t.Errorf("match = %v elsewhere", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(relay(solicit + option(1, llt))))
	f.Add([]byte(solicit + option(1, llt) + option(39, "\x00\x05mon-4\x00") + option(3, strings.Repeat("\x00", 12)+option(5, address))))
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, ok := Parse(b); ok && (len(m.Addrs) > maxAddrs || len(m.Client.Hex) > 2*maxDUID) {
			t.Fatalf("unbounded: %+v", m)
		}
	})
}
