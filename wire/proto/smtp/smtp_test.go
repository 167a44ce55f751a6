package smtp

import (
	"encoding/base64"
	"testing"

	"ward/internal/canary"
	"ward/internal/prototest"
	"ward/wire/proto"
)

func TestContract(t *testing.T) { prototest.Contract(t, Codec) }

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func TestSession(t *testing.T) {
	o, r := prototest.Orig, prototest.Resp
	prototest.Check(t, Codec, []proto.Fact{
		Banner{Text: "mx.test ESMTP Postfix"}, Hello{Host: "printer-3.test"},
		Login{Mechanism: "PLAIN"}, Login{Mechanism: "LOGIN", Default: true},
	},
		r("220 mx.test ESMTP Postfix\r\n"), o("EHLO printer-3.test\r\n"), r("250-mx\r\n250 AUTH\r\n"),
		o("AUTH PLAIN "+b64("\x00"+canary.User+"\x00"+canary.Secret)+"\r\n"), r("535 no "+canary.User+"\r\n"),
		o("AUTH LOGIN\r\n"), r("334 VXNlcm5hbWU6\r\n"), o(b64("admin")+"\r\n"), r("334 UGFzc3dvcmQ6\r\n"), o(b64("1234")+"\r\n"), r("235 ok\r\n"),
		o("MAIL FROM:<"+canary.User+"@x>\r\nDATA\r\nSubject: "+canary.Family+"\r\n"))
	prototest.Check(t, Codec, []proto.Fact{Banner{Text: "x"}, Hello{Host: "10.0.0.4"}, StartTLS{Accepted: true}},
		r("220 x\r\n"), o("HELO [10.0.0.4]\r\n"), r("250 x\r\n"), o("STARTTLS\r\n"), r("220 go\r\n"), o("\x16\x03"))
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		orig, resp string
		want       proto.Match
	}{
		{"EHLO x\r\n", "220 x\r\n", proto.Yes}, {"USER x\r\n", "220 x\r\n", proto.No}, {"", "220 x\r\n", proto.Maybe},
		{"EHLO x\r\n", "554 no\r\n", proto.No}, {"", "220 FTP\r\n", proto.No}, {"HE", "", proto.Maybe},
	} {
		if got := Codec.Stream([]byte(c.orig), []byte(c.resp), proto.Ports{}); got != c.want {
			t.Errorf("%q %q: %v, want %v", c.orig, c.resp, got, c.want)
		}
	}
}

func TestCaptures(t *testing.T) {
	sessions := 0
	for _, name := range append(prototest.Names(t, "zeek/smtp"), "zeek/tls/smtp-starttls.pcap") {
		for _, s := range prototest.Capture(t, name) {
			if s.Match(Codec) == proto.Yes {
				sessions++
				if len(prototest.Facts(Codec, 0, s.Msgs...)) < 2 {
					t.Errorf("%s: too few facts", name)
				}
			}
		}
	}
	if sessions < 5 {
		t.Errorf("%d sessions", sessions)
	}
}

func FuzzCodec(f *testing.F) {
	prototest.Fuzz(f, Codec, []prototest.Msg{prototest.Resp("220 x\r\n"), prototest.Orig("EHLO x\r\nAUTH PLAIN AGEAYg==\r\nSTARTTLS\r\n"), prototest.Resp("220 go\r\n"), prototest.Orig("\x16\x03\x01\x00\x05")})
}
