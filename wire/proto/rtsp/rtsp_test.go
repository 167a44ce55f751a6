package rtsp

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
	describe = lines("DESCRIBE rtsp://"+canary.User+":"+canary.Secret+"@10.0.0.7:554/"+canary.Family+" RTSP/1.0", "CSeq: 2", "User-Agent: LibVLC/3.0.8", "Authorization: Basic "+canary.Secret)
	denied   = lines("RTSP/1.0 401 Unauthorized", "Server: GStreamer RTSP server", `WWW-Authenticate: Digest realm="AXIS_ACCC8E012345", nonce="1"`, "Content-Length: 12") + "o=" + canary.Family[:10]
	media    = "$\x00\x00\x06" + "RTSP/1"
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
		Message{Method: "DESCRIBE", Host: "10.0.0.7:554", UserAgent: "LibVLC/3.0.8", Auth: "basic"},
		Message{Status: 401, Server: "GStreamer RTSP server", Auth: "digest", Realm: "AXIS_ACCC8E012345"},
		Message{Status: 200},
	}
	for _, step := range []int{1, 33, 10000} {
		got := run(step, describe+describe, denied+media+media+lines("RTSP/1.0 200 OK", "CSeq: 3"))
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
		{"no end of head", "OPTIONS * RTSP/1.0\r\n" + strings.Repeat("X: y\r\n", 2000)},
		{"status of letters", lines("RTSP/1.0 abc OK")},
		{"status cut", lines("RTSP/1.0 2")},
		{"HTTP", lines("OPTIONS * HTTP/1.1")},
		{"media that never ends", "$\x00\xff\xff" + lines("RTSPX")},
	} {
		if got := run(1000, tt.in); len(got) != 0 {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		name, orig, resp string
		want             proto.Match
	}{
		{"both", describe, denied, proto.Yes},
		{"one side", describe, "", proto.Maybe},
		{"start of a line", "OPTIONS rtsp://10.", "", proto.Maybe},
		{"HTTP", "GET / HTTP/1.1\r\n", "", proto.No},
		{"other answer", describe, "HTTP/1.1 400 Bad\r\n", proto.No},
		{"start of a word", "OPT", "", proto.Maybe},
		{"VNC", "RFB 003.008\n", "RFB 003.008\n", proto.No},
		{"empty", "", "", proto.No},
	} {
		if got := match([]byte(tt.orig), []byte(tt.resp), proto.Ports{Resp: 554}); got != tt.want {
			t.Errorf("%s: match = %v, want %v", tt.name, got, tt.want)
		}
	}
}

func FuzzParser(f *testing.F) {
	f.Add([]byte(describe+media), 40)
	f.Add([]byte(denied), 3)
	f.Fuzz(func(t *testing.T, b []byte, cut int) {
		if cut < 0 || cut > len(b) {
			cut = len(b) / 2
		}
		p := newParser()
		emit := func(_ proto.Dir, f proto.Fact) {
			if strings.ContainsAny(f.(Message).Host, "@/") {
				t.Fatalf("user or path in %+v", f)
			}
		}
		for _, part := range [][]byte{b[:cut], b[cut:], b} {
			p.Data(proto.Orig, part, emit)
		}
		if p.dirs[0].Held() > 2*record.MaxHead {
			t.Fatal("state grew")
		}
		match(b, nil, proto.Ports{})
	})
}
