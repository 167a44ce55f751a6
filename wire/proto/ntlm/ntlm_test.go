package ntlm

import (
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bytes"
	"ward/internal/canary"
)

func utf16(s string) []byte {
	var b []byte
	for _, c := range s {
		b = binary.LittleEndian.AppendUint16(b, uint16(c))
	}
	return b
}

func pair(id byte, s string) []byte {
	v := utf16(s)
	return append([]byte{id, 0, byte(len(v)), 0}, v...)
}

func challengeMsg() []byte {
	info := bytes.Join([][]byte{pair(2, "CLINIC"), pair(1, "PACS01"), pair(4, "clinic.test"), pair(3, "pacs01.clinic.test"), {0, 0, 0, 0}}, nil)
	m := append([]byte{}, signature...)
	m = append(m, 2, 0, 0, 0)
	m = append(m, 0, 0, 0, 0, 56, 0, 0, 0) // target name
	m = append(m, 0x05, 0x82, 0x89, 0xa2)  // flags with version
	m = append(m, 1, 2, 3, 4, 5, 6, 7, 8)  // challenge
	m = append(m, make([]byte, 8)...)      // reserved
	m = append(m, byte(len(info)), 0, byte(len(info)), 0, 56, 0, 0, 0)
	m = append(m, 10, 0, 0x63, 0x45, 0, 0, 0, 15) // 10.0.17763
	return append(m, info...)
}

func authMsg(user string) []byte {
	payload := append(append(utf16("CLINIC"), utf16(user)...), utf16("WS-7")...)
	m := append([]byte{}, signature...)
	m = append(m, 3, 0, 0, 0)
	f := func(n, off int) {
		m = append(m, byte(n), 0, byte(n), 0, byte(off), 0, 0, 0)
	}
	f(0, 72)
	f(0, 72)
	f(12, 72)
	f(2*len(user), 84)
	f(8, 84+2*len(user))
	f(0, 72)
	m = append(m, 0x05, 0x82, 0x88, 0xa2)
	m = append(m, 6, 1, 0xb1, 0x1d, 0, 0, 0, 15) // 6.1.7601
	return append(m, payload...)
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []byte
		want Host
		ok   bool
	}{
		{"challenge inside SPNEGO", append([]byte{0xa1, 0x81, 0x10}, challengeMsg()...),
			Host{Via: "smb", Computer: "PACS01", Domain: "CLINIC", DNSComputer: "pacs01.clinic.test", DNSDomain: "clinic.test", OSVersion: "10.0.17763", Windows: "Windows 10 1809 or Server 2019"}, true},
		{"authenticate drops the user", authMsg(canary.User),
			Host{Via: "smb", Computer: "WS-7", Domain: "CLINIC", OSVersion: "6.1.7601", Windows: "Windows 7 SP1 or Server 2008 R2 SP1"}, true},
		{"anonymous", authMsg(""),
			Host{Via: "smb", Computer: "WS-7", Domain: "CLINIC", OSVersion: "6.1.7601", Windows: "Windows 7 SP1 or Server 2008 R2 SP1", Anonymous: true}, true},
		{"none", []byte("no such thing here"), Host{}, false},
		{"cut after the type", challengeMsg()[:12], Host{}, false},
		{"offset far outside", append(append([]byte{}, challengeMsg()[:44]...), 0xff, 0xff, 0xff, 0xff), Host{}, false},
	} {
		got, ok := Find(c.in, "smb")
		if d := cmp.Diff(c.want, got); d != "" || ok != c.ok {
			t.Errorf("%s: ok %v\n%s", c.name, ok, d)
		}
		text, _ := json.Marshal(got)
		if bytes.Contains(text, []byte(canary.User)) {
			t.Errorf("%s: the user came out", c.name)
		}
	}
}

func TestWindows(t *testing.T) {
	for _, c := range []struct {
		major, minor uint8
		build        uint16
		want         string
	}{
		{6, 1, 7601, "Windows 7 SP1 or Server 2008 R2 SP1"}, {5, 1, 2600, "Windows XP"}, {6, 1, 0, ""}, {10, 0, 23999, "Windows 11 or Server"},
	} {
		if got := Windows(c.major, c.minor, c.build); got != c.want {
			t.Errorf("Windows(%d.%d.%d) = %q, want %q", c.major, c.minor, c.build, got, c.want)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add(challengeMsg())
	f.Add(authMsg("x"))
	f.Fuzz(func(t *testing.T, b []byte) { Find(b, "smb") })
}
