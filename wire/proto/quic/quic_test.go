package quic

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/internal/prototest"
	"ward/wire/proto"
)

func TestContract(t *testing.T) { prototest.Contract(t, Codec) }

// The keys of RFC 9001, appendix A.1, and RFC 9369, appendix A.1: both derive
// from the connection id 8394c8f03e515708.
func TestKeys(t *testing.T) {
	dcid, _ := hex.DecodeString("8394c8f03e515708")
	for _, c := range []struct{ salt, prefix, iv string }{
		{salt1, "quic", "fa044b2f42a3fd3b46fb255c"},
		{salt2, "quicv2", "91f73e2351d8fa91660e909f"},
	} {
		k, ok := deriveKeys(dcid, c.salt, c.prefix)
		if got := hex.EncodeToString(k.iv); !ok || got != c.iv {
			t.Errorf("%s iv %s, want %s", c.prefix, got, c.iv)
		}
	}
}

func TestCapture(t *testing.T) {
	var got []proto.Fact
	for _, s := range prototest.Capture(t, "suricata-verify/ja4-tls-quic/input.pcap") {
		if s.UDP && s.Match(Codec) == proto.Yes {
			got = append(got, prototest.Facts(Codec, 0, s.Msgs...)...)
		}
	}
	found := false
	for _, f := range got {
		h := f.(ClientHello)
		t.Log(h)
		found = found || h.JA4 == "q13d0310h3_55b375c5d22e_cd85d2d88918" && h.Version == "1" && h.SNI != ""
	}
	if !found {
		t.Errorf("%v", got)
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     proto.Match
	}{
		{"version 1", "\xc0\x00\x00\x00\x01\x08aaaaaaaa\x00", proto.Yes},
		{"version 2", "\xd0\x6b\x33\x43\xcf\x00\x00", proto.Yes},
		{"Google's", "\xc3Q046\x00\x00", proto.Yes},
		{"unknown version", "\xc0\x12\x34\x56\x78\x00\x00", proto.No},
		{"connection id too long", "\xc0\x00\x00\x00\x01\xff", proto.No},
		{"short header", "\x40\x00\x00\x00\x01\x00\x00", proto.No},
		{"empty", "", proto.No},
	} {
		if got := Codec.Datagram([]byte(c.in), proto.Ports{}); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestMalformed(t *testing.T) {
	for _, c := range []struct{ name, in string }{
		{"token longer than the packet", "\xc0\x00\x00\x00\x01\x00\x00\x7f\xff"},
		{"length longer than the packet", "\xc0\x00\x00\x00\x01\x00\x00\x00\x7f\xff"},
		{"not encrypted with these keys", "\xc0\x00\x00\x00\x01\x00\x00\x00\x40\x40" + strings.Repeat("z", 64)},
	} {
		if got := prototest.Facts(Codec, 0, prototest.Orig(c.in)); len(got) != 0 {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestAssemblyAnyOrder(t *testing.T) {
	msg := []byte("\x01\x00\x00\x06abcdef")
	var a assembly
	a.add(7, msg[7:])
	a.add(0, msg[:5])
	if a.complete() {
		t.Error("complete with a hole")
	}
	a.add(4, msg[4:8])
	if d := cmp.Diff(string(msg), string(a.buf)); !a.complete() || d != "" {
		t.Error("not complete", d)
	}
	a.add(1<<40, msg)
	if len(a.buf) != len(msg) {
		t.Error("an offset far outside must be ignored")
	}
}

func FuzzCodec(f *testing.F) {
	prototest.Fuzz(f, Codec, []prototest.Msg{prototest.Orig("\xc0\x00\x00\x00\x01\x00\x00\x00\x40\x40" + strings.Repeat("z", 64))})
}

func FuzzFrames(f *testing.F) {
	f.Add([]byte("\x06\x00\x04\x01\x00\x00\x00\x02\x01\x00\x01\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p := &parser{}
		p.crypto(b)
	})
}
