package sip

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/internal/canary"
	"ward/wire/proto"
	"ward/wire/proto/record"
)

func lines(s ...string) string { return strings.Join(s, "\r\n") + "\r\n\r\n" }

var (
	body   = "c=IN IP4 10.0.0.5\r\n\r\n" + canary.HL7Name
	invite = lines("INVITE sip:"+canary.User+"@10.0.0.9:5060;transport=udp SIP/2.0", "From: \""+canary.Given+"\" <sip:"+canary.Phone+"@x>", "User-Agent: Ascom IP-DECT 11.2",
		"Authorization: Digest username=\""+canary.User+"\"", fmt.Sprintf("Content-Length: %d", len(body))) + body
	ok200 = lines("SIP/2.0 200 OK", "CSeq: 4 INVITE", "Server: Asterisk PBX 16.2", "l: 0")
)

func run(step int, in ...string) (facts []proto.Fact) {
	p := Codec.New()
	emit := func(_ proto.Dir, f proto.Fact) { facts = append(facts, f) }
	for dir, s := range in {
		for len(s) > 0 {
			n := min(step, len(s))
			p.Data(proto.Dir(dir&1), []byte(s[:n]), emit)
			s = s[n:]
		}
	}
	return facts
}

func TestParser(t *testing.T) {
	want := []proto.Fact{
		Message{Method: "INVITE", Host: "10.0.0.9:5060", UserAgent: "Ascom IP-DECT 11.2", Auth: "digest"},
		Message{Method: "BYE", Host: "x"},
		Message{Method: "INVITE", Status: 200, Server: "Asterisk PBX 16.2"},
	}
	for _, step := range []int{1, 50, 10000} {
		got := run(step, invite+"\r\n\r\n"+lines("BYE sip:a@x SIP/2.0"), ok200+ok200)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("cut every %d bytes (-want +got):\n%s", step, diff)
		}
		for _, marker := range canary.Markers() {
			if strings.Contains(fmt.Sprint(got), marker) {
				t.Errorf("%q came out", marker)
			}
		}
	}
}

func TestMalformed(t *testing.T) {
	for _, tt := range []struct{ name, in string }{
		{"no end of head", "OPTIONS sip:a@x SIP/2.0\r\n" + strings.Repeat("X: y\r\n", 2000)},
		{"status of letters", lines("SIP/2.0 abc OK")},
		{"status 99", lines("SIP/2.0 099 OK")},
		{"HTTP", lines("GET / HTTP/1.1")},
	} {
		if got := run(1000, tt.in); len(got) != 0 {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
}

func TestDatagramAfterACutOne(t *testing.T) {
	if got := run(10000, invite[:200], ok200, invite); len(got) != 2 {
		t.Errorf("%d facts, want 2: %+v", len(got), got)
	}
}

func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		name, orig, resp string
		want             proto.Match
	}{
		{"both", invite, ok200, proto.Yes},
		{"one side", invite, "", proto.Maybe},
		{"start of a line", "INVITE sip:a@", "", proto.Maybe},
		{"HTTP", "GET / HTTP/1.1\r\n", "", proto.No},
		{"binary", "\x16\x03\x01", "", proto.No},
		{"start of HTTP", "GET /index.html HT", "", proto.No},
		{"start of a word", "OPT", "", proto.Maybe},
		{"VNC", "RFB 003.008\n", "RFB 003.008\n", proto.No},
		{"empty", "", "", proto.No},
	} {
		if got := matchStream([]byte(tt.orig), []byte(tt.resp), proto.Ports{Resp: 5060}); got != tt.want {
			t.Errorf("%s: match = %v, want %v", tt.name, got, tt.want)
		}
	}
	if Codec.Datagram([]byte(invite), proto.Ports{}) != proto.Yes || Codec.Datagram([]byte("NOTIFY * HTTP/1.1\r\n"), proto.Ports{}) != proto.No {
		t.Error("datagram match is wrong")
	}
}

func FuzzParser(f *testing.F) {
	f.Add([]byte(invite), 40)
	f.Add([]byte(ok200), 3)
	f.Fuzz(func(t *testing.T, b []byte, cut int) {
		if cut < 0 || cut > len(b) {
			cut = len(b) / 2
		}
		p := newParser()
		emit := func(_ proto.Dir, f proto.Fact) {
			if strings.ContainsRune(f.(Message).Host, '@') {
				t.Fatalf("user part in %+v", f)
			}
		}
		for _, part := range [][]byte{b[:cut], b[cut:], b} {
			p.Data(proto.Orig, part, emit)
		}
		if p.dirs[0].Held() > 2*record.MaxHead {
			t.Fatal("state grew")
		}
		matchStream(b, nil, proto.Ports{})
	})
}
