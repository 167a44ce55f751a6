package rdp

import (
	"strings"
	"testing"

	"ward/internal/canary"
	"ward/internal/prototest"
	"ward/wire/proto"
	"ward/wire/proto/tls"
)

func TestContract(t *testing.T) { prototest.Contract(t, Codec) }

func tpkt(body string) string {
	return string([]byte{3, 0, byte((len(body) + 4) >> 8), byte(len(body) + 4)}) + body
}

func x224(code byte, tail string) string {
	return tpkt(string([]byte{byte(6 + len(tail)), code, 0, 0, 0, 0, 0}) + tail)
}

var ask = x224(request, "Cookie: mstshash="+canary.User+"\r\n\x01\x00\x08\x00\x03\x00\x00\x00")

func TestNLA(t *testing.T) {
	prototest.Check(t, Codec, []proto.Fact{
		Negotiation{Requested: []string{"rdp", "tls", "nla"}, Selected: "nla", NLA: true}, tls.Alert{Fatal: true, Code: 40, Text: "handshake_failure"},
	}, prototest.Orig(ask), prototest.Resp(x224(confirm, "\x02\x00\x08\x00\x02\x00\x00\x00")+""), prototest.Resp("\x15\x03\x01\x00\x02\x02\x28"))
}

func TestOldSecurity(t *testing.T) {
	core := "\x01\xc0\xd8\x00\x04\x00\x08\x00" + strings.Repeat("\x00", 12) + "\x28\x0a\x00\x00" + "M\x00O\x00N\x00-\x007\x00" + strings.Repeat("\x00", 170)
	prototest.Check(t, Codec, []proto.Fact{
		Negotiation{Requested: []string{"rdp"}, Selected: "rdp"},
		Client{Name: "MON-7", Version: "5.0 or later", Build: 2600},
		Server{Version: "4.0", Encryption: "low"},
	}, prototest.Orig(x224(request, "Cookie: mstshash="+canary.User+"\r\n")), prototest.Resp(x224(confirm, "")),
		prototest.Orig(tpkt("\x02\xf0\x80\x7f\x65"+core)), prototest.Resp(tpkt("\x02\xf0\x80\x7f\x66\x01\x0c\x08\x00\x01\x00\x08\x00\x02\x0c\x0c\x00\x02\x00\x00\x00\x01\x00\x00\x00")))
}

func TestMatch(t *testing.T) {
	yes := x224(confirm, "\x02\x00\x08\x00\x00\x00\x00\x00")
	for _, c := range []struct {
		orig, resp string
		want       proto.Match
	}{
		{ask, yes, proto.Yes}, {ask, "", proto.Maybe}, {x224(request, "\xc0\x01\x0a\xc1\x02\x01\x00\xc2\x02\x01\x02"), "", proto.No},
		{ask, "\x16\x03\x01", proto.No}, {"GET /", "", proto.No}, {"\x03\x00", "", proto.Maybe},
	} {
		if got := Codec.Stream([]byte(c.orig), []byte(c.resp), proto.Ports{}); got != c.want {
			t.Errorf("%q %q: %v", c.orig, c.resp, got)
		}
	}
}

func TestMalformed(t *testing.T) {
	for _, in := range []string{"\x03\x00\x00\x00", "\x03\x00\x00\x05\x00", tpkt("\x02\xf0\x80\x01\xc0\xff\xff"), tpkt("\x02\xf0\x80\x01\xc0")} {
		if got := prototest.Facts(Codec, 1, prototest.Orig(in)); len(got) != 0 {
			t.Errorf("%q: %v", in, got)
		}
	}
}

func TestCaptures(t *testing.T) {
	sessions, facts := 0, map[string]int{}
	for _, name := range append(prototest.Names(t, "zeek/rdp"), "ndpi/rdp.pcap", "ndpi/rdp2.pcap") {
		for _, s := range prototest.Capture(t, name) {
			if s.Match(Codec) != proto.Yes {
				continue
			}
			sessions++
			for _, f := range prototest.Facts(Codec, 0, s.Msgs...) {
				switch f := f.(type) {
				case Negotiation:
					facts[f.Selected]++
				case Client:
					facts["client"]++
				case Server:
					facts["server"]++
				case tls.Certificate:
					facts["certificate"]++
				}
			}
		}
	}
	t.Log(sessions, facts)
	if sessions < 5 || facts["certificate"] < 1 || facts["client"] < 1 || facts["server"] < 1 {
		t.Errorf("%d %v", sessions, facts)
	}
}

func FuzzCodec(f *testing.F) {
	prototest.Fuzz(f, Codec, []prototest.Msg{prototest.Orig(ask), prototest.Resp(x224(confirm, ""))})
}
