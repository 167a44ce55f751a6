package lldp

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/internal/canary"
	"ward/wire/packet"
	"ward/wire/proto"
)

var sameAddr = cmp.Comparer(func(a, b netip.Addr) bool { return a == b })

func tlv(typ int, v string) string {
	return string([]byte{byte(typ<<1 | len(v)>>8), byte(len(v))}) + v
}

func ctlv(typ byte, v string) string {
	return string([]byte{0, typ, 0, byte(len(v) + 4)}) + v
}

const mandatory = "\x02\x07\x04\x00\x09\xfb\x01\x02\x03" + "\x04\x04\x05ge1" + "\x06\x02\x00\x78"

func TestParse(t *testing.T) {
	base := Neighbor{ChassisID: "00:09:fb:01:02:03", ChassisMAC: packet.MAC{0, 9, 0xfb, 1, 2, 3}, PortID: "ge1"}
	full := base
	full.SystemName, full.SystemDescription = "MON-ICU-4", "Monitor X3 Rev. M"
	full.Capabilities = []string{"bridge", "phone"}
	full.ManagementAddr, full.VLAN = netip.MustParseAddr("10.1.2.3"), 12
	full.MED = Inventory{"A1", "B2", "C3", "SN77", "Philips", "MX800", "TAG-9"}
	med := func(sub, v string) string { return tlv(127, "\x00\x12\xbb"+sub+v) }
	for _, tt := range []struct {
		name, in string
		want     Neighbor
		ok       bool
	}{
		{"mandatory only", mandatory + "\x00\x00", base, true},
		{"no end TLV", mandatory, base, true},
		{"everything", mandatory + tlv(5, "MON-ICU-4") + tlv(6, "Monitor X3\nRev. M") + tlv(7, "\x00\x24\x00\x24") +
			tlv(8, "\x05\x01\x0a\x01\x02\x03\x02\x00\x00\x00\x01\x00") + tlv(127, "\x00\x80\xc2\x01\x00\x0c") +
			med("\x05", "A1") + med("\x06", "B2") + med("\x07", "C3") + med("\x08", "SN77") + med("\x09", "Philips") +
			med("\x0a", "MX800") + med("\x0b", "TAG-9") + med("\x03", canary.Address) + tlv(4, canary.Family) + "\x00\x00", full, true},
		{"management address length lies", mandatory + tlv(8, "\xff\x01\x0a\x01"), base, true},
		{"wrong order", tlv(5, "x") + mandatory, Neighbor{}, false},
		{"TLV past the end", mandatory + "\x0a\xff", Neighbor{}, false},
		{"cut in the mandatory part", mandatory[:9], Neighbor{}, false},
		{"empty", "", Neighbor{}, false},
	} {
		got, ok := Parse([]byte(tt.in))
		if diff := cmp.Diff(tt.want, got, sameAddr); diff != "" || ok != tt.ok {
			t.Errorf("%s: ok %v (-want +got):\n%s", tt.name, ok, diff)
		}
	}
}

func TestParseCDP(t *testing.T) {
	head := "\x02\xb4\x00\x00"
	want := CiscoNeighbor{"SW-ICU", "Gi0/1", "cisco WS-C2960", "Cisco IOS Software, Version 12.2(25)SEB", []string{"bridge", "igmp"}, netip.MustParseAddr("10.0.0.1"), 7}
	for _, tt := range []struct {
		name, in string
		want     CiscoNeighbor
		ok       bool
	}{
		{"everything", head + ctlv(1, "SW-ICU") + ctlv(2, "\x00\x00\x00\x01\x01\x01\xcc\x00\x04\x0a\x00\x00\x01") + ctlv(3, "Gi0/1") +
			ctlv(4, "\x00\x00\x00\x28") + ctlv(5, "Cisco IOS Software, Version 12.2(25)SEB\nbuilt by "+canary.User) + ctlv(6, "cisco WS-C2960") +
			ctlv(10, "\x00\x07") + ctlv(9, canary.Family), want, true},
		{"no device", head + ctlv(3, "Gi0/1"), CiscoNeighbor{}, false},
		{"length below its header", head + "\x00\x01\x00\x03", CiscoNeighbor{}, false},
		{"length past the end", head + "\x00\x01\x00\x09abc", CiscoNeighbor{}, false},
		{"other version", "\x07\xb4\x00\x00" + ctlv(1, "SW"), CiscoNeighbor{}, false},
		{"empty", "", CiscoNeighbor{}, false},
	} {
		got, ok := ParseCDP([]byte(tt.in))
		if diff := cmp.Diff(tt.want, got, sameAddr); diff != "" || ok != tt.ok {
			t.Errorf("%s: ok %v (-want +got):\n%s", tt.name, ok, diff)
		}
	}
}

func TestRepeatsAreSkipped(t *testing.T) {
	for _, tt := range []struct {
		codec proto.Codec
		in    string
	}{{Codec, mandatory}, {CDP, "\x02\xb4\x00\x00" + ctlv(1, "SW")}} {
		p, n := tt.codec.New(), 0
		for range 3 {
			p.Data(proto.Orig, []byte(tt.in), func(proto.Dir, proto.Fact) { n++ })
		}
		if n != 1 {
			t.Errorf("%s: %d facts, want 1", tt.codec.Name, n)
		}
	}
}

func TestTextIsBounded(t *testing.T) {
	n, ok := Parse([]byte(mandatory + tlv(6, strings.Repeat("x", 500))))
	if !ok || len(n.SystemDescription) != maxText {
		t.Errorf("description has %d bytes", len(n.SystemDescription))
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(mandatory + tlv(8, "\x05\x01\x0a\x01\x02\x03") + tlv(127, "\x00\x12\xbb\x08SN")))
	f.Add([]byte("\x02\xb4\x00\x00" + ctlv(1, "SW") + ctlv(2, "\x00\x00\x00\x01\x01\x01\xcc\x00\x04\x0a\x00\x00\x01")))
	f.Fuzz(func(t *testing.T, b []byte) {
		Parse(b)
		ParseCDP(b)
	})
}
