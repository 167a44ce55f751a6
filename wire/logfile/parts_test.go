package logfile

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ward/wire/proto"
	"ward/wire/proto/ssh"
	"ward/wire/session"
)

func part(id, line int, dirs ...proto.Dir) *session.Session {
	s := &session.Session{ID: session.ID(id), Transport: session.TCP, Service: "ssh", Frame: uint64(line), Start: time.Unix(int64(line), 0), Last: time.Unix(int64(line), 0)}
	for _, d := range dirs {
		s.Facts = append(s.Facts, session.Seen{Dir: d, Fact: ssh.Banner{Software: "x"}})
	}
	return s
}

// TestParts: a session's own record ends it; what has none follows in the
// order in which it was first seen, once.
func TestParts(t *testing.T) {
	var got []string
	p := Parts{Emit: func(s *session.Session) {
		got = append(got, fmt.Sprintf("%d part %d, %d facts, %d/%d packets, %s, %ds", s.ID, s.Part, len(s.Facts), s.Orig.Packets, s.Resp.Packets, s.State, s.Last.Unix()-s.Start.Unix()))
	}}
	var w Warnings
	p.Facts(part(3, 1, proto.Resp))
	p.Facts(part(1, 2, proto.Orig))
	p.Facts(part(2, 3, proto.Orig))
	p.Facts(part(3, 9, proto.Orig))
	p.Facts(part(9, 9)) // no facts: nothing to tell
	own := part(1, 10)
	own.Orig.Packets, own.State = 7, "SF"
	p.Session(own)
	p.Facts(part(4, 11, proto.Orig))
	p.Close(&w)
	want := []string{
		"3 part 1, 1 facts, 0/0 packets, , 0s", "1 part 1, 1 facts, 0/0 packets, , 0s", "2 part 1, 1 facts, 0/0 packets, , 0s", "3 part 1, 1 facts, 0/0 packets, , 0s",
		"1 part 0, 0 facts, 7/0 packets, SF, 0s", "4 part 1, 1 facts, 0/0 packets, , 0s",
		"3 part 0, 0 facts, 1/1 packets, OTH, 8s", "4 part 0, 0 facts, 1/0 packets, OTH, 0s", "2 part 0, 0 facts, 1/0 packets, OTH, 0s",
	}
	if d := cmp.Diff(want, got); d != "" || w.List() != nil {
		t.Error(d, w.List())
	}
}

func TestPartsBound(t *testing.T) {
	n := 0
	p := Parts{Emit: func(s *session.Session) {
		if s.Part == 0 {
			n++
		}
	}}
	var w Warnings
	for i := range maxOpen + 3 {
		p.Facts(part(i+1, i+1, proto.Orig))
	}
	p.Close(&w)
	if n != maxOpen || len(w.List()) != 1 || !strings.HasPrefix(w.List()[0], "3 lines belong to sessions") {
		t.Errorf("%d sessions, %q", n, w.List())
	}
}

func TestService(t *testing.T) {
	for _, c := range []struct {
		word string
		port uint16
		want string
	}{
		{"ssl", 443, "tls"}, {"dns", 53, "dns"}, {"dns", 5353, "mdns"}, {"krb_tcp", 88, "kerberos"}, {"failed", 1, ""}, {"-", 1, ""},
		{"rfb", 5900, "vnc"}, {"http", 80, "http"}, {"Bad Word", 1, ""}, {strings.Repeat("a", 99), 1, ""},
	} {
		if got := Service(c.word, c.port); got != c.want {
			t.Errorf("%q on %d: %q, want %q", c.word, c.port, got, c.want)
		}
	}
}
