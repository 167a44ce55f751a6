package printing

import (
	"strings"
	"testing"

	"ward/internal/canary"
	"ward/internal/prototest"
	"ward/wire/proto"
)

func TestContract(t *testing.T) {
	prototest.Contract(t, Codec)
	prototest.Contract(t, LPD)
}

func TestPJL(t *testing.T) {
	prototest.Check(t, Codec, []proto.Fact{Printer{Model: "LaserMan 4200"}, Jobs{Count: 1, Language: "PCL"}},
		prototest.Orig("\x1b%-12345X@PJL INFO ID\r\n"), prototest.Resp("@PJL INFO ID\r\n\"LaserMan 4200\"\r\n\x0c"),
		prototest.Orig("\x1b%-12345X@PJL JOB NAME = \""+canary.Family+"\"\r\n@PJL SET USERNAME=\""+canary.User+"\"\r\n@PJL ENTER LANGUAGE = PCL\r\n"+canary.MRN),
		prototest.Resp("@PJL USTATUS JOB\r\nNAME=\""+canary.Family+"\"\r\n"))
	prototest.Check(t, Codec, []proto.Fact{Jobs{FileSystem: true}}, prototest.Orig("@PJL FSDIRLIST NAME=\"0:/"+canary.Given+"\"\r\n"))
}

func TestLPD(t *testing.T) {
	prototest.Check(t, LPD, []proto.Fact{Command{Kind: "receive job"}}, prototest.Orig("\x02"+canary.User+"\n"), prototest.Resp("\x00"))
	for _, c := range []struct {
		orig, resp string
		port       uint16
		want       proto.Match
	}{
		{"\x02q\n", "\x00", 515, proto.Yes}, {"\x02q\n", "", 515, proto.Maybe}, {"\x02q\n", "\x00", 9100, proto.No}, {"GET", "", 515, proto.No}, {"\x02" + strings.Repeat("q", 200), "", 515, proto.No},
	} {
		if got := LPD.Stream([]byte(c.orig), []byte(c.resp), proto.Ports{Resp: c.port}); got != c.want {
			t.Errorf("%q: %v", c.orig, got)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		orig, resp string
		want       proto.Match
	}{
		{"\x1b%-12345X@PJL", "", proto.Yes}, {"@PJL INFO ID\r\n", "@PJL INFO ID\r\n", proto.Yes}, {"\x1b%-", "", proto.Maybe}, {"GET /", "", proto.No}, {"@PJL", "HTTP", proto.No},
	} {
		if got := Codec.Stream([]byte(c.orig), []byte(c.resp), proto.Ports{}); got != c.want {
			t.Errorf("%q %q: %v", c.orig, c.resp, got)
		}
	}
}

func FuzzCodec(f *testing.F) {
	prototest.Fuzz(f, Codec, []prototest.Msg{prototest.Orig("\x1b%-12345X@PJL INFO ID\r\n"), prototest.Resp("@PJL INFO ID\r\n\"x\"\r\n")})
}
