package ftp

import (
	"testing"

	"ward/internal/canary"
	"ward/internal/prototest"
	"ward/wire/proto"
)

func TestContract(t *testing.T) { prototest.Contract(t, Codec) }

func TestSession(t *testing.T) {
	o, r := prototest.Orig, prototest.Resp
	prototest.Check(t, Codec, []proto.Fact{
		Banner{Text: "VxWorks (5.4.2) FTP server ready"}, Login{}, Login{Default: true, Accepted: true}, System{Text: "UNIX Type: L8"},
		Transfer{"STOR", "firmware", 1}, Transfer{"RETR", "image", 2},
	},
		r("220-VxWorks (5.4.2) FTP server ready\r\n220 go\r\n"),
		o("USER "+canary.User+"\r\n"), r("331 Password required for "+canary.User+"\r\n"), o("PASS "+canary.Secret+"\r\n"), r("530 Login incorrect "+canary.User+"\r\n"),
		o("USER target\r\n"), r("331 x\r\n"), o("PASS password\r\n"), r("230 in as "+canary.User+"\r\n"),
		o("SYST\r\n"), r("215 UNIX Type: L8\r\n"), o("CWD /"+canary.Family+"\r\n"), r("250 /"+canary.Family+"\r\n"),
		o("STOR "+canary.Family+".fw\r\n"), o("RETR "+canary.MRN+".dcm\r\n"), o("RETR 2.dcm\r\n"))
}

func TestAnonymousAndTLS(t *testing.T) {
	o, r := prototest.Orig, prototest.Resp
	prototest.Check(t, Codec, []proto.Fact{Banner{Text: "x"}, Login{Anonymous: true, Accepted: true}}, r("220 x\r\n"), o("USER anonymous\r\n"), r("331 x\r\n"), o("PASS "+canary.User+"@x\r\n"), r("230 ok\r\n"))
	prototest.Check(t, Codec, []proto.Fact{AuthTLS{Accepted: true}}, o("AUTH TLS\r\n"), r("234 ok\r\n"), o("\x16\x03\x01"))
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		orig, resp string
		want       proto.Match
	}{
		{"USER x\r\n", "220 hello\r\n", proto.Yes}, {"", "220 hello\r\n", proto.Maybe}, {"EHLO x\r\n", "220 hello\r\n", proto.No},
		{"USER x\r\n", "+OK\r\n", proto.No}, {"", "220 mx ESMTP\r\n", proto.No}, {"QUIT\r\n", "220 x\r\n", proto.Maybe}, {"\x00\x01", "", proto.Maybe},
	} {
		if got := Codec.Stream([]byte(c.orig), []byte(c.resp), proto.Ports{}); got != c.want {
			t.Errorf("%q %q: %v, want %v", c.orig, c.resp, got, c.want)
		}
	}
}

func TestCaptures(t *testing.T) {
	sessions, logins := 0, 0
	for _, name := range append(prototest.Names(t, "zeek/ftp"), "ndpi/ftp.pcap", "ndpi/ftp_failed.pcap") {
		for _, s := range prototest.Capture(t, name) {
			if s.Match(Codec) != proto.Yes {
				continue
			}
			sessions++
			for _, f := range prototest.Facts(Codec, 0, s.Msgs...) {
				if _, ok := f.(Login); ok {
					logins++
				}
			}
		}
	}
	t.Log(sessions, logins)
	if sessions < 8 || logins < 8 {
		t.Errorf("%d sessions, %d logins", sessions, logins)
	}
}

func FuzzCodec(f *testing.F) {
	prototest.Fuzz(f, Codec, []prototest.Msg{prototest.Resp("220 x\r\n"), prototest.Orig("USER a\r\nPASS b\r\n"), prototest.Resp("230 ok\r\n215 x\r\n")})
}
