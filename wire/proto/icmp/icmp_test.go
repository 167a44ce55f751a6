package icmp

import (
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/internal/canary"
	"ward/wire/packet"
	"ward/wire/proto"
)

func raw(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func collect(c proto.Codec, in ...[]byte) (facts []proto.Fact) {
	p := c.New()
	emit := func(_ proto.Dir, f proto.Fact) { facts = append(facts, f) }
	for _, b := range in {
		p.Data(proto.Orig, b, emit)
	}
	p.Close(emit)
	return facts
}

var sameAddr = cmp.Comparer(func(a, b netip.Addr) bool { return a == b })

func TestV6(t *testing.T) {
	const target = "fe80000000000000020d60fffe836f84"
	mac := packet.MAC{0, 0x0d, 0x60, 0x83, 0x6f, 0x84}
	addr := netip.MustParseAddr("fe80::20d:60ff:fe83:6f84")
	for _, tt := range []struct {
		name, in string
		want     []proto.Fact
	}{
		{"advertisement", "8800 1234 e0000000" + target + "0201000d60836f84",
			[]proto.Fact{Neighbor{addr, mac, Advertisement, true}, Messages{true, 136, 0, 1}}},
		{"solicitation", "8700 1234 00000000" + target + "0101000d60836f84",
			[]proto.Fact{Neighbor{MAC: mac, Kind: Solicitation}, Messages{true, 135, 0, 1}}},
		{"duplicate address detection", "8700 1234 00000000" + target, []proto.Fact{Messages{true, 135, 0, 1}}},
		{"router advertisement", "8600 1234 4080 0708 00000000 00000000 0101000d60836f84 0304 40c0 00000e10 00000e10 00000000 20010db8000000000000000000000000",
			[]proto.Fact{RouterAdvertisement{mac, true, 1800, 1, true}, Messages{true, 134, 0, 1}}},
		{"router solicitation", "8500 1234 00000000 0101000d60836f84",
			[]proto.Fact{Neighbor{MAC: mac, Kind: RouterSolicit}, Messages{true, 133, 0, 1}}},
		{"option of length zero", "8800 1234 e0000000" + target + "0200000d60836f84", []proto.Fact{Messages{true, 136, 0, 1}}},
		{"option past the end", "8800 1234 e0000000" + target + "0202000d60836f84", []proto.Fact{Messages{true, 136, 0, 1}}},
		{"group MAC address", "8800 1234 e0000000" + target + "0201ff0d60836f84", []proto.Fact{Messages{true, 136, 0, 1}}},
		{"cut short", "8800 1234 e0000000 fe80", []proto.Fact{Messages{true, 136, 0, 1}}},
		{"shorter than a header", "8800 12", nil},
	} {
		if diff := cmp.Diff(tt.want, collect(V6, raw(t, tt.in)), sameAddr); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestCounters(t *testing.T) {
	echo := append([]byte{8, 0, 0, 0, 0, 1, 0, 1}, canary.HL7Name...)
	port := append([]byte{3, 3, 0, 0, 0, 0, 0, 0}, canary.MRN...)
	got := collect(Codec, echo, port, echo, echo)
	want := []proto.Fact{Messages{Type: 8, Count: 3}, Messages{Type: 3, Code: 3, Count: 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("counters (-want +got):\n%s", diff)
	}
	if !got[1].(Messages).Unreachable() || got[0].(Messages).Unreachable() {
		t.Error("Unreachable is wrong")
	}
}

func TestCountersAreBounded(t *testing.T) {
	var in [][]byte
	for i := range 256 {
		in = append(in, []byte{byte(i), byte(i), 0, 0})
	}
	if got := len(collect(Codec, in...)); got != maxKinds {
		t.Errorf("%d counters, want %d", got, maxKinds)
	}
}

func FuzzV6(f *testing.F) {
	f.Add(raw(f, "8800 1234 e0000000 fe80000000000000020d60fffe836f84 0201000d60836f84"))
	f.Add(raw(f, "8600 1234 4080 0708 00000000 00000000 0101000d60836f84"))
	f.Fuzz(func(t *testing.T, b []byte) {
		collect(V6, b, b)
		collect(Codec, b)
	})
}
