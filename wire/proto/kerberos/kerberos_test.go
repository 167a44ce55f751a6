package kerberos

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

func named(ctx byte, parts ...string) string {
	list := ""
	for _, p := range parts {
		list += tlv(0x1b, p)
	}
	return tlv(ctx, tlv(0x30, tlv(0xa0, tlv(2, "\x01")), tlv(0xa1, tlv(0x30, list))))
}

func asReq(client string) string {
	return tlv(0x6a, tlv(0x30, tlv(0xa1, tlv(2, "\x05")), tlv(0xa2, tlv(2, "\x0a")),
		tlv(0xa4, tlv(0x30, named(0xa1, client), tlv(0xa2, tlv(0x1b, "CLINIC.TEST")), named(0xa3, "krbtgt", "CLINIC.TEST"), tlv(0xa8, tlv(0x30, tlv(2, "\x12"), tlv(2, "\x17")))))))
}

var failed = tlv(0x7e, tlv(0x30, tlv(0xa0, tlv(2, "\x05")), tlv(0xa1, tlv(2, "\x1e")), tlv(0xa6, tlv(2, "\x19")), tlv(0xa9, tlv(0x1b, "CLINIC.TEST")), named(0xaa, "cifs", "SRV1.clinic.test")))

func overTCP(m string) string { return string([]byte{0, 0, byte(len(m) >> 8), byte(len(m))}) + m }

func TestMessages(t *testing.T) {
	person := Message{Type: "AS-REQ", Realm: "CLINIC.TEST", ETypes: []string{"aes256-sha1", "rc4"}, Weak: true, Class: "krbtgt"}
	machine := person
	machine.Host = "WS-7"
	wrong := Message{Type: "KRB-ERROR", Realm: "CLINIC.TEST", Class: "cifs", Server: "srv1.clinic.test", Error: 25}
	prototest.Check(t, Codec, []proto.Fact{person, machine, wrong},
		prototest.Orig(overTCP(asReq(canary.User))), prototest.Orig(overTCP(asReq("WS-7$"))), prototest.Resp(overTCP(failed)))
	got := prototest.Facts(Codec, 0, prototest.Orig(asReq(canary.User)))
	if len(got) != 1 || got[0].(Message).Host != "" {
		t.Errorf("datagram: %v", got)
	}
}

func TestMatch(t *testing.T) {
	req := overTCP(asReq("x"))
	for _, c := range []struct {
		orig, resp string
		want       proto.Match
	}{
		{req, overTCP(failed), proto.Yes}, {req, "", proto.Maybe}, {req, req, proto.No}, {"GET / HTTP/1.1\r\n", "", proto.No}, {"\x00\x00", "", proto.Maybe},
	} {
		if got := Codec.Stream([]byte(c.orig), []byte(c.resp), proto.Ports{}); got != c.want {
			t.Errorf("%q %q: %v", c.orig, c.resp, got)
		}
	}
	if Codec.Datagram([]byte(failed), proto.Ports{}) != proto.Yes || Codec.Datagram(nil, proto.Ports{}) != proto.No {
		t.Error("datagram")
	}
}

func TestMalformed(t *testing.T) {
	for _, in := range []string{"\x6a\x84\xff\xff\xff\xff", tlv(0x6a, tlv(4, "x")), "\x00\x00\x00\x00", asReq("x")[:40]} {
		if got := prototest.Facts(Codec, 0, prototest.Orig(in)); len(got) != 0 {
			t.Errorf("%q: %v", in, got)
		}
	}
}

func TestCaptures(t *testing.T) {
	sessions, messages, hosts := 0, 0, 0
	for _, name := range append(prototest.Names(t, "zeek/krb"), "ndpi/kerberos.pcap", "ndpi/kerberos-login.pcap") {
		for _, s := range prototest.Capture(t, name) {
			if s.Match(Codec) == proto.No {
				continue
			}
			sessions++
			for _, f := range prototest.Facts(Codec, 0, s.Msgs...) {
				messages++
				if f.(Message).Host != "" {
					hosts++
				}
			}
		}
	}
	t.Log(sessions, messages, hosts)
	if sessions < 10 || messages < sessions {
		t.Errorf("%d sessions, %d messages", sessions, messages)
	}
}

func FuzzCodec(f *testing.F) {
	prototest.Fuzz(f, Codec, []prototest.Msg{prototest.Orig(overTCP(asReq("x"))), prototest.Resp(overTCP(failed))}, []prototest.Msg{prototest.Orig(asReq("x"))})
}
