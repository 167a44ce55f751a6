package smb

import (
	"strings"
	"testing"

	"ward/internal/canary"
	"ward/internal/prototest"
	"ward/wire/proto"
	"ward/wire/proto/ntlm"
)

func TestContract(t *testing.T) { prototest.Contract(t, Codec) }

func frame(m string) string { return string([]byte{0, 0, byte(len(m) >> 8), byte(len(m))}) + m }

// one makes an SMB 1 message without Unicode.
func one(cmd byte, reply bool, words, data string) string {
	flags := byte(0)
	if reply {
		flags = flagReply
	}
	return frame("\xffSMB" + string([]byte{cmd, 0, 0, 0, 0, flags}) + strings.Repeat("\x00", 22) + string([]byte{byte(len(words) / 2)}) + words + string([]byte{byte(len(data)), byte(len(data) >> 8)}) + data)
}

// two makes an SMB 2 message.
func two(cmd byte, reply bool, body string) string {
	h := []byte("\xfeSMB" + strings.Repeat("\x00", 60))
	h[12] = cmd
	if reply {
		h[16] = 1
	}
	return frame(string(h) + body)
}

func wide(s string) string {
	var b strings.Builder
	for _, c := range s {
		b.WriteString(string(c) + "\x00")
	}
	return b.String()
}

func TestSMB1(t *testing.T) {
	o, r := prototest.Orig, prototest.Resp
	mode := func(m byte) string { return "\x01\x00" + string([]byte{m}) + strings.Repeat("\x00", 31) }
	words13 := strings.Repeat("\x00", 14) + "\x04\x00\x00\x00" + strings.Repeat("\x00", 8)
	prototest.Check(t, Codec, []proto.Fact{
		Called{Server: "SERVER", Client: "MONITOR7"},
		Negotiate{Dialect: "SMB 1", SigningEnabled: true},
		Native{OS: "Windows 5.1", LANMan: "Windows 2000 5.0"},
		Native{OS: "Windows Embedded Standard 7601 Service Pack 1", LANMan: "WES 6.1", Domain: "CLINIC"}, Session{Guest: true},
		Tree{Kind: "drive$", Accepted: true},
	},
		o("\x81\x00\x00\x44\x20FDEFFCFGEFFCCACACACACACACACACACA\x00\x20ENEPEOEJFEEPFCDHCACACACACACACACA\x00"), r("\x82\x00\x00\x00"),
		o(one(0x72, false, "", "\x02PC NETWORK PROGRAM 1.0\x00\x02NT LM 0.12\x00")), r(one(0x72, true, mode(7), "")),
		o(one(0x73, false, words13, "pwpw"+canary.User+"\x00DOM\x00Windows 5.1\x00Windows 2000 5.0\x00")),
		r(one(0x73, true, "\xff\x00\x00\x00\x01\x00", "Windows Embedded Standard 7601 Service Pack 1\x00WES 6.1\x00CLINIC\x00")),
		o(one(0x75, false, "\xff\x00\x00\x00\x00\x00\x01\x00", "\x00\\\\SRV\\C$\x00?????\x00")), r(one(0x75, true, "\xff\x00", "A:\x00")))
}

func TestSMB2(t *testing.T) {
	o, r := prototest.Orig, prototest.Resp
	ntlmAuth := "NTLMSSP\x00\x03\x00\x00\x00" + strings.Repeat("\x00", 16) + "\x00\x00\x00\x00\x48\x00\x00\x00" + "\x22\x00\x22\x00\x48\x00\x00\x00" + "\x08\x00\x08\x00\x6a\x00\x00\x00" + strings.Repeat("\x00", 8) + "\x01\x00\x00\x00" + strings.Repeat("\x00", 8) + wide(canary.User) + wide("WS-7")
	path := wide(`\\srv\` + canary.Family)
	prototest.Check(t, Codec, []proto.Fact{
		Negotiate{Dialect: "SMB 3.1.1", SigningEnabled: true, SigningRequired: true},
		ntlm.Host{Via: "smb", Computer: "WS-7"}, Session{Anonymous: true},
		Tree{Kind: "other"}, Tree{Kind: "IPC$"},
	},
		r(two(0, true, "\x41\x00\x03\x00\x11\x03\x00\x00")), o(two(1, false, ntlmAuth)), r(two(1, true, "\x09\x00\x02\x00")),
		o(two(3, false, "\x09\x00\x00\x00\x48\x00"+string([]byte{byte(len(path)), 0})+path)), r(strings.Replace(two(3, true, ""), "SMB\x00\x00\x00\x00\x00", "SMB\x00\x00\x00\x00\x22", 1)),
		o(two(3, false, "\x09\x00\x00\x00\x48\x00\x16\x00"+wide(`\\srv1\IPC$`))), r(strings.Replace(two(3, true, ""), "SMB\x00\x00\x00\x00\x00", "SMB\x00\x00\x00\x00\x22", 1)))
}

func TestMatch(t *testing.T) {
	m := two(0, false, "")
	for _, c := range []struct {
		orig, resp string
		want       proto.Match
	}{
		{m, m, proto.Yes}, {m, "", proto.Maybe}, {one(0x72, false, "", ""), m, proto.Yes}, {"\x00\x00\x00\x10abcd", "", proto.No},
		{"\x81\x00\x00\x44", "", proto.Maybe}, {"\x81\x00\x00\x05abcde", "", proto.No}, {"GET / HTTP", "", proto.No},
	} {
		if got := Codec.Stream([]byte(c.orig), []byte(c.resp), proto.Ports{}); got != c.want {
			t.Errorf("%q %q: %v", c.orig, c.resp, got)
		}
	}
}

func TestMalformed(t *testing.T) {
	for _, in := range []string{one(0x73, false, strings.Repeat("\xff", 24), "x"), two(3, false, "\x09\x00\x00\x00\xff\xff\xff\xff"), frame("\xffSMB"), two(0, true, "\x41")} {
		if got := prototest.Facts(Codec, 1, prototest.Orig(in)); len(got) != 0 {
			t.Errorf("%q: %v", in, got)
		}
	}
}

func TestCaptures(t *testing.T) {
	count := map[string]int{}
	files := append(prototest.Names(t, "zeek/smb"), prototest.Names(t, "otrf")...)
	for _, name := range append(files, "ndpi/smbv1.pcap", "ndpi/smb_deletefile.pcap") {
		for _, s := range prototest.Capture(t, name) {
			if s.Match(Codec) != proto.Yes {
				continue
			}
			count["sessions"]++
			for _, f := range prototest.Facts(Codec, 0, s.Msgs...) {
				switch f := f.(type) {
				case Negotiate:
					count[f.Dialect]++
				case ntlm.Host:
					count["host"]++
					count[f.Windows]++
				case Native:
					count[f.OS]++
				}
			}
		}
	}
	t.Log(count)
	if count["sessions"] < 20 || count["host"] < 20 || count["SMB 1"] < 3 || count["SMB 3.1.1"] < 3 {
		t.Errorf("%v", count)
	}
}

func FuzzCodec(f *testing.F) {
	prototest.Fuzz(f, Codec, []prototest.Msg{prototest.Orig(one(0x72, false, "", "\x02NT LM 0.12\x00")), prototest.Resp(two(0, true, "\x41\x00\x03\x00\x11\x03\x00\x00"))})
}
