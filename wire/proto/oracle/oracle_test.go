package oracle

import (
	"strings"
	"testing"

	"ward/internal/canary"
	"ward/internal/prototest"
	"ward/wire/proto"
)

func TestContract(t *testing.T) { prototest.Contract(t, Codec) }

func packet(kind byte, body string) string {
	n := len(body) + head
	return string([]byte{byte(n >> 8), byte(n), 0, 0, kind, 0, 0, 0}) + body
}

var connect = packet(typeConnect, "\x01\x3b\x01\x2c"+strings.Repeat("\x00", 46)+
	"(DESCRIPTION=(CONNECT_DATA=(SID="+canary.Family+")(CID=(PROGRAM="+canary.Given+")(HOST=LAB-9)(USER="+canary.User+")))(ADDRESS=(PROTOCOL=TCP)(HOST=10.0.72.1)(PORT=1521)))")

func TestSessions(t *testing.T) {
	o, r := prototest.Orig, prototest.Resp
	prototest.Check(t, Codec, []proto.Fact{Connect{Host: "lab-9", TNS: 315}, Server{TNS: 314, Release: "11"}},
		o(connect), r(packet(typeResend, "")), o(connect), r(packet(typeAccept, "\x01\x3a"+strings.Repeat("\x00", 14))))
	prototest.Check(t, Codec, []proto.Fact{Connect{Host: "lab-9", TNS: 315}, Server{Release: "11.2.0.3.0", Refused: true}},
		o(connect), r(packet(typeRefuse, "\x22\x00\x00\x59(DESCRIPTION=(TMP=)(VSNNUM=186647296)(ERR=12505))")))
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		orig, resp string
		want       proto.Match
	}{
		{connect, packet(typeResend, ""), proto.Yes}, {connect, "", proto.Maybe}, {connect, "HTTP/1.1 200", proto.No}, {packet(typeConnect, strings.Repeat("\xff", 40)), "", proto.No}, {"GET / HTTP/1.1", "", proto.No},
	} {
		if got := Codec.Stream([]byte(c.orig), []byte(c.resp), proto.Ports{}); got != c.want {
			t.Errorf("%q %q: %v", c.orig, c.resp, got)
		}
	}
}

func TestMalformed(t *testing.T) {
	for _, in := range []string{packet(typeAccept, ""), "\x00\x00\x00\x00\x02", packet(typeConnect, "\x01")} {
		if got := prototest.Facts(Codec, 1, prototest.Resp(in)); len(got) != 0 {
			t.Errorf("%q: %v", in, got)
		}
	}
}

func TestCapture(t *testing.T) {
	for _, s := range prototest.Capture(t, "ndpi/oracle12.pcapng") {
		got := prototest.Facts(Codec, 0, s.Msgs...)
		if s.Match(Codec) != proto.Yes || len(got) != 2 || got[0] != (Connect{Host: "kali", TNS: 315}) {
			t.Errorf("%v", got)
		}
	}
}

func FuzzCodec(f *testing.F) {
	prototest.Fuzz(f, Codec, []prototest.Msg{prototest.Orig(connect), prototest.Resp(packet(typeRefuse, "(VSNNUM=186647296)"))})
}
