package ssh

import (
	"strings"
	"testing"

	"ward/internal/prototest"
	"ward/wire/proto"
)

func TestContract(t *testing.T) { prototest.Contract(t, Codec) }

func TestBanners(t *testing.T) {
	prototest.Check(t, Codec, []proto.Fact{
		Banner{Protocol: "2.0", Software: "OpenSSH_7.2p2", Comment: "Ubuntu-4ubuntu2.8"},
		Banner{Protocol: "1.99", Software: "Cisco-1.25", Old: true},
	}, prototest.Orig("SSH-2.0-OpenSSH_7.2p2 Ubuntu-4ubuntu2.8\r\n\x00\x00\x01"), prototest.Resp("welcome\r\nSSH-1.99-Cisco-1.25\nrest"))
}

func TestMalformed(t *testing.T) {
	for _, in := range []string{"SSH-2.0\r\n", "SSH-2.0-" + strings.Repeat("x", 300) + "\r\n", strings.Repeat("\n", 140)} {
		if got := prototest.Facts(Codec, 1, prototest.Resp(in)); len(got) != 0 {
			t.Errorf("%q: %v", in, got)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		orig, resp string
		want       proto.Match
	}{
		{"SSH-2.0-a\r\n", "SSH-1.5-b\r\n", proto.Yes}, {"SSH-2.0-a\r\n", "", proto.Maybe}, {"SSH-9.0-a", "", proto.No}, {"SSH-2.0-a\r\n", "Hello\r\nSSH-2.0-b\r\n", proto.Yes}, {"SSH-2.0-a\r\n", "220 x", proto.No}, {"S", "", proto.Maybe},
	} {
		if got := Codec.Stream([]byte(c.orig), []byte(c.resp), proto.Ports{}); got != c.want {
			t.Errorf("%q %q: %v", c.orig, c.resp, got)
		}
	}
}

func TestCaptures(t *testing.T) {
	sessions, banners := 0, 0
	for _, name := range prototest.Names(t, "zeek/ssh") {
		for _, s := range prototest.Capture(t, name) {
			if s.Match(Codec) == proto.Yes {
				sessions++
				banners += len(prototest.Facts(Codec, 0, s.Msgs...))
			}
		}
	}
	t.Log(sessions, banners)
	if sessions < 10 || banners != 2*sessions {
		t.Errorf("%d sessions, %d banners", sessions, banners)
	}
}

func FuzzCodec(f *testing.F) {
	prototest.Fuzz(f, Codec, []prototest.Msg{prototest.Orig("SSH-2.0-OpenSSH_7.2p2 x\r\n")})
}
