package dhcp

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

func message(op byte, yiaddr, options string) []byte {
	b := make([]byte, fixed)
	b[0], b[1], b[2] = op, 1, 6
	copy(b[16:], yiaddr)
	copy(b[28:], "\x00\x09\xfb\x01\x02\x03")
	return append(b, options...)
}

func option(tag byte, v string) string { return string([]byte{tag, byte(len(v))}) + v }

const magic = "\x63\x82\x53\x63"

func TestParse(t *testing.T) {
	mac := packet.MAC{0, 9, 0xfb, 1, 2, 3}
	ip := netip.MustParseAddr
	for _, tt := range []struct {
		name string
		in   []byte
		want Message
		ok   bool
	}{
		{"request", message(1, "", magic+option(53, "\x03")+option(61, "\x01\x00\x09\xfb\x01\x02\x03")+option(50, "\x0a\x00\x00\x05")+
			option(12, "MON-4")+option(60, "MSFT 5.0")+option(55, "\x01\x03\x06\x0f")+option(81, "\x00\x00\x00mon-4.ward.example")+
			option(77, "\x04iPXE")+option(97, "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10")+"\xff"),
			Message{Kind: "request", MAC: mac, Requested: ip("10.0.0.5"), Hostname: "MON-4", FQDN: "mon-4.ward.example", VendorClass: "MSFT 5.0",
				Params: "1,3,6,15", ParamHash: "66b0d9a3756be72e", ClientID: mac.String(), UserClass: "iPXE", UUID: "04030201-0605-0807-090a-0b0c0d0e0f10"}, true},
		{"ack", message(2, "\x0a\x00\x00\x05", magic+option(53, "\x05")+option(54, "\x0a\x00\x00\x01")+option(51, "\x00\x00\x0e\x10")+
			option(3, "\x0a\x00\x00\x01")+option(6, "\x0a\x00\x00\x02\x0a\x00\x00\x03")+option(15, "ward.example\x00")+"\xff"),
			Message{Kind: "ack", MAC: mac, Assigned: ip("10.0.0.5"), Server: ip("10.0.0.1"), Lease: 3600, Routers: []netip.Addr{ip("10.0.0.1")},
				Resolvers: []netip.Addr{ip("10.0.0.2"), ip("10.0.0.3")}, Domain: "ward.example"}, true},
		{"FQDN in DNS form", message(1, "", magic+option(53, "\x03")+option(81, "\x04\x00\x00\x03mon\x04ward\x00")), Message{Kind: "request", MAC: mac, FQDN: "mon.ward"}, true},
		{"DUID", message(1, "", magic+option(53, "\x01")+option(61, "\xff\x01\x02\x03\x04\x00\x03\x00\x01\x00\x09")), Message{Kind: "discover", MAC: mac, ClientID: "duid:000300010009"}, true},
		{"dropped options", message(1, "", magic+option(53, "\x01")+option(61, "\x00"+canary.User)+option(43, canary.HL7Name)+option(67, canary.MRN)+option(4, canary.Secret)),
			Message{Kind: "discover", MAC: mac}, true},
		{"BOOTP", message(1, "", ""), Message{Kind: "request", BOOTP: true, MAC: mac}, true},
		{"BOOTP reply with options", message(2, "\x0a\x00\x00\x05", magic+option(3, "\x0a\x00\x00\x01")+"\xff"),
			Message{Kind: "reply", BOOTP: true, MAC: mac, Assigned: ip("10.0.0.5"), Routers: []netip.Addr{ip("10.0.0.1")}}, true},
		{"cut after the type", message(1, "", magic+option(53, "\x01")+"\x0c\x20abc"), Message{Kind: "discover", MAC: mac}, true},
		{"cut before the type", message(1, "", magic+"\x0c\x20abc"), Message{}, false},
		{"type of two bytes", message(1, "", magic+option(53, "\x01\x01")), Message{}, false},
		{"short", message(1, "", "")[:fixed-1], Message{}, false},
		{"operation 3", message(3, "", magic), Message{}, false},
		{"hardware address too long", append([]byte{1, 1, 17}, make([]byte, 300)...), Message{}, false},
		{"BOOTP without address", append([]byte{1, 1, 6}, make([]byte, 300)...), Message{BOOTP: true, Kind: "request"}, false},
	} {
		got, ok := Parse(tt.in)
		if !ok && !tt.ok {
			continue
		}
		if diff := cmp.Diff(tt.want, got, sameAddr); diff != "" || ok != tt.ok {
			t.Errorf("%s: ok %v (-want +got):\n%s", tt.name, ok, diff)
		}
		checkCanary(t, got)
	}
}

func checkCanary(t *testing.T, v any) {
	t.Helper()
	for _, marker := range canary.Markers() {
		if strings.Contains(fmt.Sprintf("%+v", v), marker) {
			t.Errorf("%q came out: %+v", marker, v)
		}
	}
}

func TestOverload(t *testing.T) {
	b := message(1, "", magic+option(52, "\x03")+option(53, "\x01")+"\xff")
	copy(b[108:], option(12, "MON-4")+"\xff")
	copy(b[44:], option(60, "udhcp 1.2")+"\xff")
	if m, ok := Parse(b); !ok || m.Hostname != "MON-4" || m.VendorClass != "udhcp 1.2" {
		t.Errorf("Parse = %+v, %v", m, ok)
	}
}

func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		name  string
		in    []byte
		ports proto.Ports
		want  proto.Match
	}{
		{"DHCP on any port", message(1, "", magic+option(53, "\x01")), proto.Ports{Orig: 4000, Resp: 5000}, proto.Yes},
		{"BOOTP", message(1, "", ""), proto.Ports{Orig: 68, Resp: 67}, proto.Yes},
		{"BOOTP on another port", message(1, "", ""), proto.Ports{Orig: 68, Resp: 5000}, proto.No},
		{"text", []byte(strings.Repeat("text ", 80)), proto.Ports{Orig: 68, Resp: 67}, proto.No},
	} {
		if got := match(tt.in, tt.ports); got != tt.want {
			t.Errorf("%s: match = %v, want %v", tt.name, got, tt.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(message(1, "", magic+option(53, "\x03")+option(81, "\x04\x00\x00\x03mon\x00")+option(52, "\x03")))
	f.Add(message(2, "\x0a\x00\x00\x05", ""))
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, ok := Parse(b); ok && (len(m.Hostname) > maxText || len(m.Routers) > maxAddrs) {
			t.Fatalf("unbounded: %+v", m)
		}
	})
}
