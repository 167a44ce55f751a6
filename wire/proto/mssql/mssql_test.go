package mssql

import (
	"encoding/binary"
	"strings"
	"testing"

	"ward/internal/canary"
	"ward/internal/prototest"
	"ward/wire/proto"
)

func TestContract(t *testing.T) { prototest.Contract(t, Codec) }

func packet(kind byte, body string) string {
	n := len(body) + head
	return string([]byte{kind, 1, byte(n >> 8), byte(n), 0, 0, 0, 0}) + body
}

const prelogin = "\x00\x00\x0b\x00\x06\x01\x00\x11\x00\x01\xff\x0a\x32\x06\x40\x00\x00\x02"

func wide(s string) []byte {
	var b []byte
	for _, c := range s {
		b = binary.LittleEndian.AppendUint16(b, uint16(c))
	}
	return b
}

func login7(host, user, password, app string) string {
	b := make([]byte, 94)
	put := func(at int, v []byte) {
		binary.LittleEndian.PutUint16(b[at:], uint16(len(b)))
		binary.LittleEndian.PutUint16(b[at+2:], uint16(len(v)/2))
		b = append(b, v...)
	}
	put(36, wide(host))
	put(40, wide(user))
	hidden := wide(password)
	for i, c := range hidden {
		hidden[i] = (c<<4 | c>>4) ^ 0xa5
	}
	put(44, hidden)
	put(48, wide(app))
	return string(b)
}

func TestSession(t *testing.T) {
	server := Server{Version: "10.50.1600", Release: "SQL Server 2008 R2", Encryption: "not supported"}
	for _, c := range []struct {
		user, password string
		known          bool
	}{{canary.User, canary.Secret, false}, {"SA", "", true}} {
		prototest.Check(t, Codec, []proto.Fact{server, Client{Host: "LAB-4", App: "LIS Client"}, Login{Default: c.known}},
			prototest.Orig(packet(typePrelogin, prelogin)), prototest.Resp(packet(typeResponse, prelogin)),
			prototest.Orig(packet(typeLogin7, login7("LAB-4", c.user, c.password, "LIS Client"))+packet(1, "select "+canary.Family)))
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		orig, resp string
		want       proto.Match
	}{
		{packet(typePrelogin, prelogin), packet(typeResponse, prelogin), proto.Yes}, {packet(typePrelogin, prelogin), "", proto.Maybe},
		{packet(2, prelogin), "", proto.No}, {packet(typePrelogin, "\x01\x00\x00\x00\x00\x00\x00\x00"), "", proto.No}, {"\x12\x01", "", proto.Maybe},
	} {
		if got := Codec.Stream([]byte(c.orig), []byte(c.resp), proto.Ports{}); got != c.want {
			t.Errorf("%q %q: %v", c.orig, c.resp, got)
		}
	}
}

func TestMalformed(t *testing.T) {
	for _, in := range []string{packet(typeResponse, "\x00\xff\xff\x00\x06"), packet(typeLogin7, "short"), packet(typeLogin7, strings.Repeat("\xff", 94)), "\x04\x01\x00\x02"} {
		if got := prototest.Facts(Codec, 1, prototest.Resp(in)); len(got) != 0 {
			t.Errorf("%q: %v", in, got)
		}
	}
}

// The capture holds sessions joined in the middle: they are named, and nothing
// of their statements comes out.
func TestCapture(t *testing.T) {
	both := 0
	for _, s := range prototest.Capture(t, "ndpi/mssql_tds.pcap") {
		switch s.Match(Codec) {
		case proto.Yes:
			both++
		case proto.No:
			t.Errorf("not named: %x", s.Side(proto.Orig, 32))
		}
		if got := prototest.Facts(Codec, 0, s.Msgs...); len(got) != 0 {
			t.Errorf("%v", got)
		}
	}
	if both != 3 {
		t.Errorf("%d sessions named by both sides", both)
	}
}

func FuzzCodec(f *testing.F) {
	prototest.Fuzz(f, Codec, []prototest.Msg{prototest.Orig(packet(typePrelogin, prelogin)), prototest.Resp(packet(typeResponse, prelogin)), prototest.Orig(packet(typeLogin7, login7("a", "b", "c", "d")))})
}
