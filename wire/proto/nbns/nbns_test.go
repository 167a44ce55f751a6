package nbns

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/internal/canary"
	"ward/wire/packet"
	"ward/wire/proto"
)

var sameAddr = cmp.Comparer(func(a, b netip.Addr) bool { return a == b })

func padded(name string, suffix byte) string {
	return fmt.Sprintf("%-15.15s", name) + string([]byte{suffix})
}

func encode(name string, suffix byte) string {
	out := "\x20"
	for _, c := range []byte(padded(name, suffix)) {
		out += string([]byte{'A' + c>>4, 'A' + c&15})
	}
	return out + "\x00"
}

func message(flags uint16, qd, an, ar byte, body string) string {
	return "\x12\x34" + string([]byte{byte(flags >> 8), byte(flags), 0, qd, 0, an, 0, 0, 0, ar}) + body
}

const nb, nbstat = "\x00\x20\x00\x01", "\x00\x21\x00\x01"

func answer(pointer, kind, data string) string {
	return pointer + kind + "\x00\x04\x93\xe0" + string([]byte{0, byte(len(data))}) + data
}

func TestParse(t *testing.T) {
	addr := netip.MustParseAddr("10.0.0.5")
	for _, tt := range []struct {
		name, in string
		want     []proto.Fact
		ok       bool
	}{
		{"registration", message(0x2910, 1, 0, 1, encode("MON-4", 0x20)+nb+answer("\xc0\x0c", nb, "\x00\x00\x0a\x00\x00\x05")),
			[]proto.Fact{Name{Name: "MON-4", Suffix: 0x20, Role: "server", Op: "registration", Addr: addr}}, true},
		{"registration of a group", message(0x2910, 1, 0, 1, encode("WARD", 0)+nb+answer("\xc0\x0c", nb, "\x80\x00\x0a\x00\x00\x05")),
			[]proto.Fact{Name{Name: "WARD", Role: "workstation", Group: true, Op: "registration"}}, true},
		{"query", message(0x0110, 1, 0, 0, encode("PACS", 0x1b)+nb), []proto.Fact{Name{Name: "PACS", Suffix: 0x1b, Role: "domain_master_browser", Op: "query"}}, true},
		{"response", message(0x8500, 0, 1, 0, encode("PACS", 0x20)+answer("", nb, "\x00\x00\x0a\x00\x00\x05")),
			[]proto.Fact{Name{Name: "PACS", Suffix: 0x20, Role: "server", Op: "response", Addr: addr}}, true},
		{"status", message(0x8400, 0, 1, 0, encode("*", 0)+answer("", nbstat, "\x03"+padded("MON-4", 0)+"\x04\x00"+padded("WARD", 0)+"\x84\x00"+padded(canary.User, 3)+"\x04\x00"+"\x00\x09\xfb\x01\x02\x03")),
			[]proto.Fact{Name{Name: "MON-4", Role: "workstation", Op: "status"}, Name{Name: "WARD", Role: "workstation", Group: true, Op: "status"}, Station{packet.MAC{0, 9, 0xfb, 1, 2, 3}}}, true},
		{"messenger name", message(0x2910, 1, 0, 1, encode(canary.User, 3)+nb+answer("\xc0\x0c", nb, "\x00\x00\x0a\x00\x00\x05")), nil, true},
		{"record past the end", message(0x8500, 0, 1, 0, encode("PACS", 0x20)+nb+"\x00\x00\x00\x00\x00\x40\x00"), nil, false},
		{"letters beyond P", message(0x0110, 1, 0, 0, strings.Replace(encode("PACS", 0), "FA", "ZZ", 1)+nb), nil, false},
		{"DNS type", message(0x0110, 1, 0, 0, encode("PACS", 0)+"\x00\x01\x00\x01"), nil, false},
		{"cut", message(0x0110, 1, 0, 0, encode("PACS", 0)), nil, false},
		{"empty", "", nil, false},
	} {
		got, ok := parse([]byte(tt.in))
		if diff := cmp.Diff(tt.want, got, sameAddr); diff != "" || ok != tt.ok {
			t.Errorf("%s: ok %v (-want +got):\n%s", tt.name, ok, diff)
		}
		if strings.Contains(fmt.Sprint(got), canary.User[:15]) {
			t.Errorf("%s: user name came out", tt.name)
		}
	}
}

func browse(frame string) string {
	words := make([]byte, 34)
	slot := "\x00\x00\\MAILSLOT\\BROWSE\x00"
	binary.LittleEndian.PutUint16(words[22:], uint16(len(frame)))
	binary.LittleEndian.PutUint16(words[24:], uint16(33+34+len(slot)))
	smb := "\xffSMB\x25" + strings.Repeat("\x00", 27) + "\x11" + string(words) + slot + frame
	return "\x11\x02\x00\x01\x0a\x00\x00\x05\x00\x8a\x00\x00\x00\x00" + encode("MON-4", 0) + encode("WARD", 0x1d) + smb
}

func TestAnnouncement(t *testing.T) {
	host := "\x01\x00\x60\xea\x00\x00" + "MON-4" + strings.Repeat("\x00", 11) + "\x05\x01\x03\x10\x01\x00\x0f\x01\x55\xaa" + canary.Family + "\x00"
	var got []proto.Fact
	p := Datagram.New()
	for _, in := range []string{browse(host), browse(host), browse("\x01"), browse("\x08" + host[1:]), browse(host)[:90], ""} {
		p.Data(proto.Orig, []byte(in), func(_ proto.Dir, f proto.Fact) { got = append(got, f) })
	}
	want := []proto.Fact{Announcement{Host: "MON-4", Domain: "WARD", OSMajor: 5, OSMinor: 1, Type: 0x11003}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMatch(t *testing.T) {
	query := []byte(message(0x0110, 1, 0, 0, encode("PACS", 0)+nb))
	if got := Codec.Datagram(query, proto.Ports{Orig: 137, Resp: 137}); got != proto.Yes {
		t.Errorf("name service: %v", got)
	}
	if got := Codec.Datagram(query, proto.Ports{Orig: 4000, Resp: 53}); got != proto.No {
		t.Errorf("name service on another port: %v", got)
	}
	if got := Datagram.Datagram(query, proto.Ports{Orig: 138, Resp: 138}); got != proto.No {
		t.Errorf("datagram service took a query: %v", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(message(0x8400, 0, 1, 0, encode("*", 0)+answer("", nbstat, "\x01"+padded("MON-4", 0)+"\x04\x00"))))
	f.Add([]byte(browse("\x01\x00\x60\xea\x00\x00MON-4" + strings.Repeat("\x00", 30))))
	f.Fuzz(func(t *testing.T, b []byte) {
		if facts, _ := parse(b); len(facts) > maxNames+1 {
			t.Fatalf("%d facts", len(facts))
		}
		Datagram.New().Data(proto.Orig, b, func(proto.Dir, proto.Fact) {})
	})
}
