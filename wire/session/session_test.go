package session

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ward/wire/capture"
	"ward/wire/packet"
	"ward/wire/proto"
)

var (
	client = end{"10.0.0.9", 50000}
	server = end{"10.0.0.1", 7000}
	pacs   = end{"10.0.0.1", 104}
)

// line is what a test looks at of a session.
func line(s *Session) string {
	var facts []string
	for _, f := range s.Facts {
		if v, ok := f.Fact.(said); ok {
			facts = append(facts, fmt.Sprintf("%s@%d:%s", f.Dir, f.Frame, v.Text))
		} else {
			facts = append(facts, fmt.Sprint(f.Fact))
		}
	}
	return strings.TrimSpace(fmt.Sprintf("%v:%d>%v:%d %s/%s/%s %d/%d %s", s.Orig.Addr, s.Orig.Port, s.Resp.Addr, s.Resp.Port,
		s.Service, s.Certainty, s.State, s.Orig.Bytes, s.Resp.Bytes, strings.Join(facts, "|")))
}

func linesOf(got []Session) (out []string) {
	for i := range got {
		out = append(out, line(&got[i]))
	}
	return out
}

func TestSessions(t *testing.T) {
	const syn, synack, ack, fin, rst = packet.SYN, packet.SYN | packet.ACK, packet.ACK, packet.FIN | packet.ACK, packet.RST | packet.ACK
	for _, tc := range []struct {
		name  string
		build func(w *wire)
		want  []string
	}{
		{"both sides known by content", func(w *wire) {
			w.talk(client, server).open().say("HELLO A\n").answer("200 A\n").say("one\n").answer("two\n").end4()
		}, []string{"10.0.0.9:50000>10.0.0.1:7000 alpha/content/SF 12/10 orig@4:HELLO A|resp@5:200 A|orig@6:one|resp@7:two"}},
		{"second codec of the list", func(w *wire) {
			w.talk(client, server).open().say("HELLO B\n").answer("200 B\n")
		}, []string{"10.0.0.9:50000>10.0.0.1:7000 beta/content/S1 8/6 orig@4:HELLO B|resp@5:200 B"}},
		{"server speaks first, in crumbs", func(w *wire) {
			w.talk(client, server).open().answer("20").answer("0 A\n").say("HE").say("LLO A\nx\n").end4()
		}, []string{"10.0.0.9:50000>10.0.0.1:7000 alpha/content/SF 10/6 resp@5:200 A|orig@7:HELLO A|orig@7:x"}},
		{"one side only", func(w *wire) {
			w.talk(client, server).open().say("HELLO A\none more\n")
		}, []string{"10.0.0.9:50000>10.0.0.1:7000 alpha/one_side/S1 17/0 orig@4:HELLO A|orig@4:one more"}},
		{"too little of one side", func(w *wire) {
			w.talk(client, server).open().say("HELL")
		}, []string{"10.0.0.9:50000>10.0.0.1:7000 //S1 4/0"}},
		{"unknown content, known port", func(w *wire) {
			w.talk(client, pacs).open().say("something else").end4()
		}, []string{"10.0.0.9:50000>10.0.0.1:104 dicom/port/SF 14/0"}},
		{"parser wants no more", func(w *wire) {
			w.talk(client, server).open().say("HELLO A\n").answer("200 A\nstop\n").say("more\n").answer("panic\n")
		}, []string{"10.0.0.9:50000>10.0.0.1:7000 alpha/content/S1 13/17 orig@4:HELLO A|resp@5:200 A|resp@5:stop"}},
		{"Close emits with the last frame as evidence", func(w *wire) {
			w.talk(client, server).open().say("HELLO A\n").answer("200 A\n").say("half")
			w.udp(client, end{"10.0.0.2", 99}, "xx")
		}, []string{"10.0.0.9:50000>10.0.0.1:7000 alpha/content/S1 12/6 orig@4:HELLO A|resp@5:200 A|orig@6:unfinished half",
			"10.0.0.9:50000>10.0.0.2:99 // 2/0"}},
		{"a codec that panics", func(w *wire) {
			w.talk(client, server).open().say("HELLO A\n").answer("200 A\n").say("panic\n").say("more\n").end4()
		}, []string{"10.0.0.9:50000>10.0.0.1:7000 alpha/content/SF 19/6 orig@4:HELLO A|resp@5:200 A"}},
		{"repeated facts come once", func(w *wire) {
			w.talk(client, server).open().say("HELLO A\n").answer("200 A\n").say("x\n").say("x\n").say("list a b\n").say("list a b\n").say("list a c\n")
		}, []string{"10.0.0.9:50000>10.0.0.1:7000 alpha/content/S1 39/6 orig@4:HELLO A|resp@5:200 A|orig@6:x|{[a b]}|{[a c]}"}},
		{"both sides say the same", func(w *wire) {
			w.talk(client, server).open().say("HELLO A\n").answer("200 A\n").say("x\n").answer("x\n")
		}, []string{"10.0.0.9:50000>10.0.0.1:7000 alpha/content/S1 10/8 orig@4:HELLO A|resp@5:200 A|orig@6:x|resp@7:x"}},
		{"joined in the middle, originator guessed wrong", func(w *wire) {
			k := w.talk(client, server)
			k.answer("200 A\n").say("HELLO A\n").answer("x\n")
		}, []string{"10.0.0.9:50000>10.0.0.1:7000 alpha/content/OTH 8/8 resp@1:200 A|orig@2:HELLO A|resp@3:x"}},
		{"joined in the middle of a message", func(w *wire) {
			k := w.talk(client, server)
			k.say("rest of it\n").say("HELLO A\n").answer("200 A\n")
		}, []string{"10.0.0.9:50000>10.0.0.1:7000 alpha/content/OTH 19/6 orig@2:HELLO A|resp@3:200 A"}},
		{"a hole before the codec is sure", func(w *wire) {
			k := w.talk(client, pacs).open().say("HELLO D\nhal")
			k.next[0] += 10
			k.say("f\nx\n")
			w.wait(4 * time.Second)
			k.say("y\n")
		}, []string{"10.0.0.9:50000>10.0.0.1:104 dicom/one_side/S1 17/0 orig@4:HELLO D|orig@5:f|orig@5:x|orig@6:y"}},
		{"more of one side than a probe holds", func(w *wire) {
			k := w.talk(client, server).open().say("HELLO A\n" + strings.Repeat("z", 1400))
			k.say(strings.Repeat("z", 1400)).say(strings.Repeat("z", 1400)).answer("200 A\n")
		}, []string{"10.0.0.9:50000>10.0.0.1:7000 alpha/content/S1 4208/6 orig@4:HELLO A|resp@7:200 A|orig@7:unfinished " + strings.Repeat("z", 4200)}},
		{"no answer", func(w *wire) { w.talk(client, pacs).send(0, syn, "").send(0, syn, "") },
			[]string{"10.0.0.9:50000>10.0.0.1:104 dicom/port/S0 0/0"}},
		{"refused", func(w *wire) { w.talk(client, server).send(0, syn, "").send(1, rst, "") },
			[]string{"10.0.0.9:50000>10.0.0.1:7000 //REJ 0/0"}},
		{"SYN+ACK first", func(w *wire) { w.talk(client, server).send(1, synack, "").send(1, fin, "") },
			[]string{"10.0.0.9:50000>10.0.0.1:7000 //SHR 0/0"}},
		{"reset by the responder", func(w *wire) { w.talk(client, server).open().send(1, rst, "") },
			[]string{"10.0.0.9:50000>10.0.0.1:7000 //RSTR 0/0"}},
		{"reset by the originator", func(w *wire) { w.talk(client, server).open().send(0, rst, "") },
			[]string{"10.0.0.9:50000>10.0.0.1:7000 //RSTO 0/0"}},
		{"half seen", func(w *wire) { w.talk(client, server).send(0, syn, "").send(0, ack, "").send(0, fin, "") },
			[]string{"10.0.0.9:50000>10.0.0.1:7000 //SH 0/0"}},
		{"ports used again", func(w *wire) {
			w.talk(client, server).open().end4()
			w.wait(time.Second)
			k := w.talk(client, server)
			k.next[0] = 77
			k.open()
		}, []string{"10.0.0.9:50000>10.0.0.1:7000 //SF 0/0", "10.0.0.9:50000>10.0.0.1:7000 //S1 0/0"}},
		{"responder known by its port", func(w *wire) { w.talk(client, pacs).answer("zzz") },
			[]string{"10.0.0.9:50000>10.0.0.1:104 dicom/port/OTH 0/3"}},
		{"datagrams", func(w *wire) {
			w.udp(client, server, "HELLO B\n")
			w.udp(server, client, "fine\n")
		}, []string{"10.0.0.9:50000>10.0.0.1:7000 beta/content/ 8/5 orig@1:HELLO B|resp@2:fine"}},
		{"the second datagram is known", func(w *wire) {
			w.udp(client, server, "\x00\x00")
			w.udp(client, server, "HELLO B\n")
		}, []string{"10.0.0.9:50000>10.0.0.1:7000 beta/content/ 10/0 orig@2:HELLO B"}},
		{"datagrams idle for long", func(w *wire) {
			w.udp(client, server, "zz")
			w.wait(idleUDP + time.Second)
			w.udp(client, server, "zz")
		}, []string{"10.0.0.9:50000>10.0.0.1:7000 // 2/0", "10.0.0.9:50000>10.0.0.1:7000 // 2/0"}},
		{"time goes back a little", func(w *wire) {
			w.udp(client, server, "zz")
			w.wait(-10 * time.Second)
			w.udp(client, server, "zz")
		}, []string{"10.0.0.9:50000>10.0.0.1:7000 // 4/0"}},
		{"IPv6 and ICMP", func(w *wire) {
			w.udp(end{"fe80::1", 1}, end{"fe80::2", 2}, "zz")
			w.frame(ipFrame(netip.MustParseAddr("10.0.0.9"), netip.MustParseAddr("10.0.0.1"), 1, []byte{8, 0, 0, 0}))
		}, []string{"fe80::1:1>fe80::2:2 // 2/0", "10.0.0.9:0>10.0.0.1:0 gamma/content/ 4/0 orig@2:xxxx"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var w wire
			tc.build(&w)
			got, _ := run(t, &w, Options{Codecs: testCodecs()})
			if d := cmp.Diff(tc.want, linesOf(got)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestSessionFields(t *testing.T) {
	var w wire
	w.udp(client, server, "HELLO A\n")
	w.wait(time.Second)
	w.udp(server, client, "x")
	got, stats := run(t, &w, Options{Codecs: testCodecs()})
	want := Session{
		ID: got[0].ID, Transport: UDP, Service: "alpha", Certainty: Content, Frame: 1,
		Orig:  Endpoint{Addr: netip.MustParseAddr(client.addr), Port: client.port, MAC: packet.MAC{2, 0, 10, 0, 0, 9}, Packets: 1, Bytes: 8, TTL: 64},
		Resp:  Endpoint{Addr: netip.MustParseAddr(server.addr), Port: server.port, MAC: packet.MAC{2, 0, 10, 0, 0, 1}, Packets: 1, Bytes: 1, TTL: 64},
		Start: epoch.Add(time.Millisecond), Last: epoch.Add(time.Second + 2*time.Millisecond),
		Facts: []Seen{{Fact: said{"alpha", "HELLO A"}, Frame: 1, Time: epoch.Add(time.Millisecond)},
			{Fact: said{"alpha", "unfinished x"}, Dir: proto.Resp, Frame: 2, Time: epoch.Add(time.Second + 2*time.Millisecond)}},
	}
	if d := cmp.Diff(want, got[0], cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); d != "" {
		t.Error(d)
	}
	if in := stats.Inputs[0]; in.Frames != 2 || in.Bytes != 50+43 || !in.First.Equal(want.Start) || !in.Last.Equal(want.Last) {
		t.Errorf("input: %+v", in)
	}
	b, _ := json.Marshal(got[0].ID)
	var id ID
	if err := json.Unmarshal(b, &id); err != nil || id != got[0].ID || len(b) != 18 {
		t.Errorf("id %s: %v", b, err)
	}
}

func TestParts(t *testing.T) {
	var w wire
	k := w.talk(client, server).open().say("HELLO A\n").answer("200 A\n")
	for i := range 150 {
		k.say(fmt.Sprintln("n", i))
	}
	w.wait(12 * time.Minute)
	k.say("late\n").say("end\n").end4()
	got, _ := run(t, &w, Options{Codecs: testCodecs()})
	var facts, packets int
	for i, s := range got {
		if s.Part != i || s.ID != got[0].ID || len(s.Facts) > MaxFacts {
			t.Errorf("part %d: Part %d, id %v, %d facts", i, s.Part, s.ID, len(s.Facts))
		}
		facts += len(s.Facts)
		packets += int(s.Orig.Packets + s.Resp.Packets)
	}
	if len(got) != 4 || facts != 154 || packets != len(w.frames) {
		t.Errorf("%d parts, %d facts, %d packets of %d", len(got), facts, packets, len(w.frames))
	}
}

func TestCancel(t *testing.T) {
	var w wire
	for i := range 5000 {
		w.udp(end{"10.0.0.9", uint16(i)}, server, "zz")
	}
	for _, workers := range []int{1, 3} {
		ctx, cancel := context.WithCancel(t.Context())
		n := 0
		src := stopAfter{&memory{frames: w.frames}, 3, cancel}
		stats, err := Run(ctx, &src, Options{Workers: workers, Codecs: testCodecs()}, func(*Session) { n++ })
		if err != context.Canceled || n == 0 || uint64(n) != stats.Sessions || uint64(n) != stats.Frames {
			t.Errorf("%d workers: %v, %d sessions, %+v", workers, err, n, stats)
		}
	}
}

// stopAfter cancels a run after some batches.
type stopAfter struct {
	*memory
	left   int
	cancel func()
}

func (s *stopAfter) Batch(b *capture.Batch) error {
	if s.left--; s.left == 0 {
		s.cancel()
	}
	return s.memory.Batch(b)
}

func TestFlowHasNoPointers(t *testing.T) {
	var check func(typ reflect.Type)
	check = func(typ reflect.Type) {
		switch typ.Kind() {
		case reflect.Struct:
			for i := range typ.NumField() {
				check(typ.Field(i).Type)
			}
		case reflect.Array:
			check(typ.Elem())
		case reflect.Pointer, reflect.Slice, reflect.Map, reflect.String, reflect.Interface, reflect.Func, reflect.Chan:
			t.Errorf("flow holds a %v: the collector would look at every flow", typ)
		}
	}
	check(reflect.TypeFor[flow]())
	if size := reflect.TypeFor[flow]().Size(); size > 208 {
		t.Errorf("a flow has %d bytes", size)
	}
}
