package postgres

import (
	"strings"
	"testing"

	"ward/internal/canary"
	"ward/internal/prototest"
	"ward/wire/proto"
	"ward/wire/proto/tls"
)

func TestContract(t *testing.T) { prototest.Contract(t, Codec) }

const askTLS = "\x00\x00\x00\x08\x04\xd2\x16\x2f"

func startup(params string) string {
	n := len(params) + 8
	return string([]byte{0, 0, byte(n >> 8), byte(n), 0, 3, 0, 0}) + params
}

func msg(kind byte, body string) string {
	return string([]byte{kind, 0, 0, 0, byte(len(body) + 4)}) + body
}

func TestSessions(t *testing.T) {
	o, r := prototest.Orig, prototest.Resp
	prototest.Check(t, Codec, []proto.Fact{Startup{TLSAsked: true}, Auth{"md5"}, Server{"9.6.3"}},
		o(askTLS), r("N"), o(startup("user\x00"+canary.User+"\x00database\x00"+canary.Family+"\x00\x00")), r(msg('R', "\x00\x00\x00\x05salt")),
		o(msg('p', canary.Secret)), r(msg('R', "\x00\x00\x00\x00")+msg('S', "session_authorization\x00"+canary.User+"\x00")+msg('S', "server_version\x009.6.3\x00")),
		o(msg('Q', "select "+canary.MRN)), r(msg('D', canary.HL7Name)))
	prototest.Check(t, Codec, []proto.Fact{Startup{TLSAsked: true, TLSAccepted: true}, tls.Alert{Fatal: true, Code: 40, Text: "handshake_failure"}},
		o(askTLS), r("S"), o("\x15\x03\x01\x00\x02\x02\x28"))
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		orig, resp string
		want       proto.Match
	}{
		{askTLS, "S", proto.Yes}, {startup("user\x00x\x00"), msg('R', "\x00\x00\x00\x00"), proto.Yes}, {askTLS, "", proto.Maybe}, {askTLS, "HTTP", proto.No},
		{"GET / HTTP/1.1", "", proto.No}, {startup("\x00\x00"), "", proto.No}, {"\x00\x00", "", proto.Maybe},
	} {
		if got := Codec.Stream([]byte(c.orig), []byte(c.resp), proto.Ports{}); got != c.want {
			t.Errorf("%q %q: %v", c.orig, c.resp, got)
		}
	}
}

func TestMalformed(t *testing.T) {
	for _, in := range []string{"R\x00\x00\x00\x00", "R\x00\x00\x00\x05a", msg('S', "server_version"+strings.Repeat("x", 9))} {
		if got := prototest.Facts(Codec, 1, prototest.Resp(in)); len(got) != 0 {
			t.Errorf("%q: %v", in, got)
		}
	}
}

func TestCapture(t *testing.T) {
	n := 0
	for _, s := range prototest.Capture(t, "ndpi/pgsql.pcap") {
		if s.Match(Codec) == proto.Yes {
			n++
			t.Log(prototest.Facts(Codec, 0, s.Msgs...))
		}
	}
	if n == 0 {
		t.Error("no session")
	}
}

func FuzzCodec(f *testing.F) {
	prototest.Fuzz(f, Codec, []prototest.Msg{prototest.Orig(askTLS), prototest.Resp("N"), prototest.Orig(startup("user\x00x\x00")), prototest.Resp(msg('R', "\x00\x00\x00\x05salt"))})
}
