package ldap

import (
	"testing"

	"ward/internal/canary"
	"ward/internal/prototest"
	"ward/wire/proto"
)

func TestContract(t *testing.T) { prototest.Contract(t, Codec) }

func tlv(tag byte, parts ...string) string {
	body := ""
	for _, p := range parts {
		body += p
	}
	if len(body) < 128 {
		return string([]byte{tag, byte(len(body))}) + body
	}
	return string([]byte{tag, 0x82, byte(len(body) >> 8), byte(len(body))}) + body
}

func msg(op string) string { return tlv(0x30, tlv(2, "\x01"), op) }

func bind(dn, auth string) string { return msg(tlv(0x60, tlv(2, "\x03"), tlv(4, dn), auth)) }

func answer(code string) string { return msg(tlv(0x61, tlv(10, code), tlv(4), tlv(4, canary.User))) }

func TestBinds(t *testing.T) {
	o, r := prototest.Orig, prototest.Resp
	for _, c := range []struct {
		name string
		want []proto.Fact
		msgs []prototest.Msg
	}{
		{"simple", []proto.Fact{Bind{Version: 3, Kind: "simple", Cleartext: true, Result: 49}}, []prototest.Msg{o(bind("cn="+canary.User, tlv(0x80, canary.Secret))), r(answer("\x31"))}},
		{"anonymous", []proto.Fact{Bind{Version: 3, Kind: "anonymous"}}, []prototest.Msg{o(bind("", tlv(0x80))), r(answer("\x00"))}},
		{"no answer", []proto.Fact{Bind{Version: 3, Kind: "unauthenticated", Result: -1}}, []prototest.Msg{o(bind("cn="+canary.User, tlv(0x80)))}},
		{"sasl", []proto.Fact{Bind{Version: 3, Kind: "sasl", Mechanism: "GSS-SPNEGO"}}, []prototest.Msg{o(bind("", tlv(0xa3, tlv(4, "GSS-SPNEGO"), tlv(4, "x")))), r(answer("\x00"))}},
		{"start TLS", []proto.Fact{StartTLS{Accepted: true}}, []prototest.Msg{o(msg(tlv(0x77, tlv(0x80, oidStartTLS)))), r(msg(tlv(0x78, tlv(10, "\x00"), tlv(4), tlv(4))))}},
		{"root entry", []proto.Fact{Root{Host: "dc1.clinic.test", Vendor: "389 Project"}}, []prototest.Msg{r(msg(tlv(0x64, tlv(4), tlv(0x30,
			tlv(0x30, tlv(4, "vendorName"), tlv(0x31, tlv(4, "389 Project"))), tlv(0x30, tlv(4, "dnsHostName"), tlv(0x31, tlv(4, "dc1.clinic.test"))), tlv(0x30, tlv(4, "x"), tlv(0x31, tlv(4, canary.Family)))))))}},
		{"entry of a person", nil, []prototest.Msg{r(msg(tlv(0x64, tlv(4, "cn="+canary.Family), tlv(0x30, tlv(0x30, tlv(4, "vendorName"), tlv(0x31, tlv(4, canary.Family)))))))}},
	} {
		t.Run(c.name, func(t *testing.T) { prototest.Check(t, Codec, c.want, c.msgs...) })
	}
}

func TestMatch(t *testing.T) {
	b, a := bind("", tlv(0x80)), answer("\x00")
	for _, c := range []struct {
		orig, resp string
		want       proto.Match
	}{
		{b, a, proto.Yes}, {b, "", proto.Maybe}, {b, b, proto.No}, {"0\x82\x01", "", proto.Maybe}, {tlv(0x30, tlv(2, "\x01"), tlv(4, "public")), "", proto.No}, {"GET / HTTP", "", proto.No},
	} {
		if got := Codec.Stream([]byte(c.orig), []byte(c.resp), proto.Ports{}); got != c.want {
			t.Errorf("%q %q: %v", c.orig, c.resp, got)
		}
	}
}

func TestMalformed(t *testing.T) {
	for _, in := range []string{"0\x84\xff\xff\xff\xff", msg(tlv(0x60, tlv(2, "\x03"))), tlv(0x30, tlv(4, "x")), msg(tlv(0x64, tlv(4), tlv(0x30, tlv(0x30, "\x04\x7f"))))} {
		if got := prototest.Facts(Codec, 1, prototest.Orig(in)); len(got) != 0 {
			t.Errorf("%q: %v", in, got)
		}
	}
}

func TestCaptures(t *testing.T) {
	sessions, binds, files := 0, 0, prototest.Names(t, "zeek/ldap")
	for _, f := range prototest.Names(t, "suricata-verify") {
		if len(f) > 20 && f[:20] == "suricata-verify/ldap" {
			files = append(files, f)
		}
	}
	for _, name := range files {
		for _, s := range prototest.Capture(t, name) {
			if s.Match(Codec) == proto.No {
				continue
			}
			sessions++
			for _, f := range prototest.Facts(Codec, 0, s.Msgs...) {
				if _, ok := f.(Bind); ok {
					binds++
				}
			}
		}
	}
	t.Log(sessions, binds)
	if sessions < 15 || binds < 10 {
		t.Errorf("%d sessions, %d binds", sessions, binds)
	}
}

func FuzzCodec(f *testing.F) {
	prototest.Fuzz(f, Codec, []prototest.Msg{prototest.Orig(bind("x", tlv(0x80, "y"))), prototest.Resp(answer("\x00"))})
}
