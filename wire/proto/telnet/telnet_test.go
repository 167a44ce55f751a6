package telnet

import (
	"testing"

	"ward/internal/canary"
	"ward/internal/prototest"
	"ward/wire/proto"
)

func TestContract(t *testing.T) { prototest.Contract(t, Codec) }

const negotiation = "\xff\xfd\x18\xff\xfa\x18\x00VT\xff\xff100\xff\xf0\xff\xfb\x01"

func TestLogin(t *testing.T) {
	o, r := prototest.Orig, prototest.Resp
	for _, c := range []struct {
		name string
		want []proto.Fact
		msgs []prototest.Msg
	}{
		{"default pair", []proto.Fact{Banner{Product: "BusyBox v1.19.4"}, Login{Default: true}},
			[]prototest.Msg{r(negotiation + "BusyBox v1.19.4 (built for " + canary.Family + ")\r\nam335x login: "), o("ro"), r("ro"), o("ot\r\n"), r("ot\r\nPassword: "), o("root\r\x00"), r("\r\n# ")}},
		{"other pair", []proto.Fact{Login{}},
			[]prototest.Msg{r("Username:"), o(canary.User + "\r\n"), r("\r\nPassword:"), o(canary.Secret + "\r\n"), r("\r\nPatient " + canary.HL7Name + "\r\n")}},
		{"corrected by backspace", []proto.Fact{Login{Default: true}},
			[]prototest.Msg{r("login: "), o("admix\x7fn\r\n"), r("password: "), o("admin\r\n")}},
		{"no prompt", nil, []prototest.Msg{r("Last login: " + canary.User + "\r\n"), o(canary.Secret + "\r\n")}},
	} {
		t.Run(c.name, func(t *testing.T) { prototest.Check(t, Codec, c.want, c.msgs...) })
	}
}

func TestSigma(t *testing.T) {
	prototest.Check(t, Codec, []proto.Fact{Banner{Product: "SIGMA Spectrum Diagnostic Terminal", MAC: "00:40:9D:01:02:03", Serial: "B0123456", Version: "16.03.01"}},
		prototest.Resp("SIGMA Spectrum Diagnostic Terminal\r\nMAC Address: 00:40:9D:01:02:03\r\nSerial Number: B0123456\r\nSoftware Level: 16.03.01\r\nUser: "+canary.Family+"\r\n"))
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		orig, resp string
		port       uint16
		want       proto.Match
	}{
		{negotiation, negotiation, 2323, proto.Yes}, {"", negotiation, 0, proto.Maybe}, {"", "\xff\xfd\xc8", 0, proto.No},
		{"", "router login: ", 23, proto.Yes}, {"", "router login: ", 24, proto.No}, {"", "SIGMA Spectrum Diagnostic Terminal\r\n", 0, proto.Yes},
		{"GET / HTTP/1.1", "HTTP/1.1 200", 80, proto.No}, {"", "\xff\xd8\xff\xe0", 0, proto.No},
	} {
		got := Codec.Stream([]byte(c.orig), []byte(c.resp), proto.Ports{Resp: c.port})
		if got != c.want {
			t.Errorf("%q %q: %v, want %v", c.orig, c.resp, got, c.want)
		}
	}
}

func TestCapture(t *testing.T) {
	n := 0
	for _, s := range prototest.Capture(t, "ndpi/telnet.pcap") {
		if s.Match(Codec) == proto.Yes {
			n++
			t.Log(prototest.Facts(Codec, 0, s.Msgs...))
		}
	}
	if n != 1 {
		t.Errorf("%d sessions", n)
	}
}

func FuzzCodec(f *testing.F) {
	prototest.Fuzz(f, Codec, []prototest.Msg{prototest.Resp(negotiation + "x login: "), prototest.Orig("root\r\n"), prototest.Resp("Password:"), prototest.Orig("root\r\n")})
}
