package mysql

import (
	"strings"
	"testing"

	"ward/internal/canary"
	"ward/internal/prototest"
	"ward/wire/proto"
	"ward/wire/proto/tls"
)

func TestContract(t *testing.T) { prototest.Contract(t, Codec) }

func packet(seq byte, body string) string {
	return string([]byte{byte(len(body)), byte(len(body) >> 8), 0, seq}) + body
}

var hello = packet(0, "\x0a5.5.62-log\x00\x01\x00\x00\x00saltsalt\x00\xff\xff\x08\x02\x00\x0f\x80\x15"+strings.Repeat("\x00", 10)+"saltsaltsalt\x00mysql_native_password\x00")

var server = Server{Version: "5.5.62-log", Plugin: "mysql_native_password", TLS: true}

func TestSessions(t *testing.T) {
	o, r := prototest.Orig, prototest.Resp
	fixed := "\x00\x02\x00\x00" + strings.Repeat("\x00", 28)
	prototest.Check(t, Codec, []proto.Fact{server, Session{NoPassword: true}}, r(hello), o(packet(1, fixed+canary.User+"\x00\x00")), o(packet(0, "\x03select "+canary.Family)))
	prototest.Check(t, Codec, []proto.Fact{server, Session{}}, r(hello), o(packet(1, fixed+canary.User+"\x00\x14"+canary.Secret)))
	prototest.Check(t, Codec, []proto.Fact{server, Session{TLS: true}, tls.Alert{Fatal: true, Code: 40, Text: "handshake_failure"}},
		r(hello), o(packet(1, "\x00\x0a\x00\x00"+strings.Repeat("\x00", 28))+"\x15\x03\x01\x00\x02\x02\x28"))
}

func TestMatch(t *testing.T) {
	answer := packet(1, strings.Repeat("\x00", 40))
	for _, c := range []struct {
		orig, resp string
		want       proto.Match
	}{
		{answer, hello, proto.Yes}, {"", hello, proto.Maybe}, {answer, "220 x\r\n", proto.No}, {"GET / HTTP", hello, proto.No}, {"", packet(0, "\x0aabc\x00"), proto.No},
		{"", packet(0, "\xff\x6a\x04Host 'pump' is not allowed to connect"), proto.Maybe}, {"", packet(0, "\xff\x01\x00Host"), proto.No},
		{answer, "", proto.No}, {"", packet(0, "\xff\x6a\x04"), proto.Maybe},
	} {
		if got := Codec.Stream([]byte(c.orig), []byte(c.resp), proto.Ports{}); got != c.want {
			t.Errorf("%q %q: %v", c.orig, c.resp, got)
		}
	}
}

func TestMalformed(t *testing.T) {
	for _, in := range []string{packet(0, "\x0a"), packet(0, "\x0a5.5"), packet(0, "\xff\x10\x04Host is blocked")} {
		if got := prototest.Facts(Codec, 1, prototest.Resp(in)); len(got) != 0 {
			t.Errorf("%q: %v", in, got)
		}
	}
}

func TestCapture(t *testing.T) {
	n := 0
	for _, s := range prototest.Capture(t, "ndpi/mysql.pcapng") {
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
	prototest.Fuzz(f, Codec, []prototest.Msg{prototest.Resp(hello), prototest.Orig(packet(1, strings.Repeat("\x00", 40)))})
}
