package tls

import (
	"testing"

	"ward/internal/prototest"
	"ward/wire/proto"
)

func TestFingerprintsOfCaptures(t *testing.T) {
	for _, c := range []struct{ file, ja4 string }{
		{"suricata-verify/ja4-tls/input.pcap", "t12i1810s1_27d4652c4487_06a4338d0495"},
		{"suricata-verify/ja4-tls-quic/input.pcap", "t13d1516h2_8daaf6152771_e5627efa2ab1"},
	} {
		seen := map[string]bool{}
		for _, s := range prototest.Capture(t, c.file) {
			if s.Match(Codec) != proto.No {
				for _, f := range prototest.Facts(Codec, 0, s.Msgs...) {
					if h, ok := f.(ClientHello); ok {
						seen[h.JA4] = true
					}
				}
			}
		}
		if !seen[c.ja4] {
			t.Errorf("%s: want %s, saw %v", c.file, c.ja4, seen)
		}
	}
}

func TestCaptures(t *testing.T) {
	count := map[string]int{}
	for _, name := range prototest.Names(t, "zeek/tls") {
		for _, s := range prototest.Capture(t, name) {
			if s.Match(Codec) != proto.Yes {
				continue
			}
			count["sessions"]++
			for _, f := range prototest.Facts(Codec, 0, s.Msgs...) {
				switch f := f.(type) {
				case ClientHello:
					count["hello "+f.Version]++
				case Certificate:
					count["certificates"]++
				}
			}
		}
	}
	t.Log(count)
	if count["certificates"] < 40 || count["hello TLS 1.2"] < 20 || count["hello TLS 1.3"] < 5 || count["hello SSL 2.0"] < 1 {
		t.Errorf("too little read: %v", count)
	}
}
