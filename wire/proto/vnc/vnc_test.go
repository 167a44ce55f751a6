package vnc

import (
	"testing"

	"ward/internal/canary"
	"ward/internal/prototest"
	"ward/wire/proto"
)

func TestContract(t *testing.T) { prototest.Contract(t, Codec) }

func TestHandshake(t *testing.T) {
	o, r := prototest.Orig, prototest.Resp
	prototest.Check(t, Codec, []proto.Fact{Version{"3.8"}, Version{"3.8"}, Security{Types: []string{"none", "vnc"}, Chosen: "none", Open: true}},
		r("RFB 003.008\n"), o("RFB 003.008\n"), r("\x02\x01\x02"), o("\x01"), r("\x00\x00\x00\x00"+canary.Family))
	prototest.Check(t, Codec, []proto.Fact{Version{"3.8"}, Version{"3.3"}, Security{Types: []string{"vnc"}, Chosen: "vnc"}},
		r("RFB 003.008\n"), o("RFB 003.003\n"), r("\x00\x00\x00\x02challenge"+canary.Secret))
	prototest.Check(t, Codec, []proto.Fact{Version{"3.7"}, Version{"3.7"}, Security{Types: []string{"vnc"}}}, r("RFB 003.007\n"), o("RFB 003.007\n"), r("\x01\x02"))
	prototest.Check(t, Codec, []proto.Fact{Version{"3.8"}, Version{"3.8"}}, r("RFB 003.008\n"), o("RFB 003.008\n"), r("\x00\x00\x00\x00\x05"+canary.Family))
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		orig, resp string
		want       proto.Match
	}{
		{"RFB 003.008\n", "RFB 003.889\n", proto.Yes}, {"", "RFB 003.008\n", proto.Maybe}, {"RFB 00x", "", proto.No}, {"GET", "RFB 003.008\n", proto.No},
	} {
		if got := Codec.Stream([]byte(c.orig), []byte(c.resp), proto.Ports{}); got != c.want {
			t.Errorf("%q %q: %v", c.orig, c.resp, got)
		}
	}
}

func TestCaptures(t *testing.T) {
	n := 0
	for _, name := range append(prototest.Names(t, "zeek/rfb"), "ndpi/vnc.pcap") {
		for _, s := range prototest.Capture(t, name) {
			if s.Match(Codec) == proto.Yes {
				n++
				f := prototest.Facts(Codec, 0, s.Msgs...)
				if len(f) < 3 {
					t.Errorf("%s: %v", name, f)
				}
			}
		}
	}
	if n < 3 {
		t.Errorf("%d sessions", n)
	}
}

func FuzzCodec(f *testing.F) {
	prototest.Fuzz(f, Codec, []prototest.Msg{prototest.Resp("RFB 003.008\n"), prototest.Orig("RFB 003.008\n"), prototest.Resp("\x02\x01\x02"), prototest.Orig("\x01")})
}
