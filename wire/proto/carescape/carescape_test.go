package carescape

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ward/internal/canary"
	"ward/wire/proto"
)

// discovery writes a broadcast with the canary's name behind byte 28.
func discovery(addr string, counter uint32, bed string) []byte {
	b := make([]byte, 100)
	a := netip.MustParseAddr(addr).As4()
	copy(b[4:], a[:])
	binary.BigEndian.PutUint32(b[8:], counter)
	copy(b[12:28], bed)
	copy(b[28:], canary.Family+","+canary.Given)
	return b
}

func alarm(addr, bed string) []byte {
	b := make([]byte, 120)
	a := netip.MustParseAddr(addr).As4()
	copy(b[6:], a[:])
	copy(b[24:40], bed)
	b[63] = 7
	copy(b[66:80], canary.Family)
	copy(b[84:], canary.MRN)
	return b
}

type seen struct {
	Dir  proto.Dir
	Fact proto.Fact
}

func run(datagrams ...[]byte) []seen {
	var out []seen
	emit := func(d proto.Dir, f proto.Fact) { out = append(out, seen{d, f}) }
	p := Codec.New()
	for _, b := range datagrams {
		p.Data(proto.Orig, b, emit)
		clear(b)
	}
	p.Close(emit)
	return out
}

func noCanary(t *testing.T, facts any) {
	t.Helper()
	b, err := json.Marshal(facts)
	if err != nil {
		t.Fatal(err)
	}
	for _, marker := range canary.Markers() {
		for _, form := range canary.Encodings(marker) {
			if bytes.Contains(b, form) {
				t.Errorf("%q came out: %s", form, b)
			}
		}
	}
}

var sameAddr = cmpopts.EquateComparable(netip.Addr{})

func TestBroadcasts(t *testing.T) {
	one, two := netip.MustParseAddr("10.5.0.7"), netip.MustParseAddr("10.5.0.8")
	tests := []struct {
		name      string
		datagrams [][]byte
		want      []seen
	}{
		{"discoveries", [][]byte{discovery("10.5.0.7", 1, "ICU|BED7"), discovery("10.5.0.7", 2, "ICU|BED7")},
			[]seen{{proto.Orig, Discovery{one, 1}}, {proto.Orig, Traffic{Discoveries: 2}}}},
		{"address changed", [][]byte{discovery("10.5.0.7", 1, "ICU|BED7"), discovery("10.5.0.8", 2, "ICU|BED7")},
			[]seen{{proto.Orig, Discovery{one, 1}}, {proto.Orig, Discovery{two, 2}}, {proto.Orig, Traffic{Discoveries: 2}}}},
		{"alarms", [][]byte{alarm("10.5.0.8", "ICU|BED8"), alarm("10.5.0.8", "ICU|BED8")},
			[]seen{{proto.Orig, Alarm{two}}, {proto.Orig, Traffic{Alarms: 2}}}},
		{"ward of the canary", [][]byte{discovery("10.5.0.7", 1, canary.Family+"|1")},
			[]seen{{proto.Orig, Discovery{one, 1}}, {proto.Orig, Traffic{Discoveries: 1}}}},
		{"data", [][]byte{[]byte(canary.HL7Name)}, []seen{{proto.Orig, Traffic{Data: 1}}}},
	}
	for _, tt := range tests {
		got := run(tt.datagrams...)
		if diff := cmp.Diff(tt.want, got, sameAddr); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
		noCanary(t, got)
	}
}

func TestMatch(t *testing.T) {
	good := discovery("10.5.0.7", 1, "ICU|BED7")
	tests := []struct {
		name       string
		b          []byte
		orig, resp uint16
		want       proto.Match
	}{
		{"discovery", good, 7000, 7000, proto.Yes},
		{"discovery on another port", good, 5000, 5001, proto.No},
		{"alarm", alarm("10.5.0.7", "ICU|BED7"), 7001, 7001, proto.Yes},
		{"alarm on the discovery port", alarm("10.5.0.7", "ICU|BED7"), 7000, 7000, proto.No},
		{"data request", []byte{1, 2, 3}, 3075, 2000, proto.Maybe},
		{"port 2000 alone", []byte{1, 2, 3}, 40000, 2000, proto.No},
		{"no bar in the bed", discovery("10.5.0.7", 1, "ICU BED7"), 7000, 7000, proto.No},
		{"bed of control characters", discovery("10.5.0.7", 1, "\x01|\x02"), 7000, 7000, proto.No},
		{"multicast address", discovery("239.1.1.1", 1, "ICU|BED7"), 7000, 7000, proto.No},
		{"loopback address", discovery("127.0.0.1", 1, "ICU|BED7"), 7000, 7000, proto.No},
		{"too short", good[:28], 7000, 7000, proto.No},
		{"nothing", nil, 7000, 7000, proto.No},
	}
	for _, tt := range tests {
		if got := Codec.Datagram(tt.b, proto.Ports{Orig: tt.orig, Resp: tt.resp}); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestMonitorsAreCapped(t *testing.T) {
	var datagrams [][]byte
	for i := range 100 {
		datagrams = append(datagrams, discovery(netip.AddrFrom4([4]byte{10, 5, 0, byte(i + 1)}).String(), 1, "A|B"))
	}
	if got := run(datagrams...); len(got) != maxMonitors+1 {
		t.Errorf("%d facts, want %d", len(got), maxMonitors+1)
	}
}

func FuzzParser(f *testing.F) {
	f.Add(discovery("10.5.0.7", 1, "ICU|BED7"))
	f.Add(alarm("10.5.0.7", "ICU|BED7"))
	f.Fuzz(func(t *testing.T, b []byte) {
		Codec.Datagram(b, proto.Ports{Orig: discoveryPort, Resp: discoveryPort})
		// What stands behind the cut may not change what comes out.
		var outs [2][]byte
		for i := range outs {
			c := bytes.Clone(b)
			if len(c) > alarmBedEnd {
				for j := range c[alarmBedEnd:] {
					c[alarmBedEnd+j] = byte(i * 0x55)
				}
			}
			outs[i], _ = json.Marshal(run(c))
		}
		if !bytes.Equal(outs[0], outs[1]) {
			t.Fatalf("hidden bytes show: %s %s", outs[0], outs[1])
		}
	})
}
