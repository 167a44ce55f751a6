package session

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ward/wire/packet"
)

// The index finds exactly what was added and not removed, also where many
// hashes share a home.
func TestIndex(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var a arena
		a.blocks = append(a.blocks, new([blockFlows]flow))
		x := newIndex()
		x.slots = x.slots[:8]
		model := map[uint16]uint32{}
		hash := func(port uint16) uint64 { return uint64(port % 5) }
		for _, port := range rapid.SliceOfN(rapid.Uint16Range(0, 40), 1, 200).Draw(rt, "ports") {
			if i, ok := model[port]; ok {
				x.remove(hash(port), i)
				a.give(i)
				delete(model, port)
			} else {
				i := a.take()
				a.at(i).key.port[0] = port
				x.add(hash(port), i)
				model[port] = i
			}
			for port := range uint16(41) {
				k := key{port: [2]uint16{port, 0}}
				if got := x.find(hash(port), &k, &a); got != model[port] {
					rt.Fatalf("port %d: flow %d, want %d", port, got, model[port])
				}
			}
		}
		if x.n != len(model) || len(x.all()) != len(model) {
			rt.Fatalf("%d and %d flows, want %d", x.n, len(x.all()), len(model))
		}
	})
}

// Every flow ends in the first full second after its idle time, however often
// it was busy in between, and none before.
func TestWheel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var a arena
		a.blocks = append(a.blocks, new([blockFlows]flow))
		w := wheel{flows: &a}
		now := int64(rapid.IntRange(0, 5000).Draw(rt, "start")) * 1e8
		w.start(now)
		live := map[uint32]bool{}
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			now += int64(rapid.SampledFrom([]time.Duration{1e8, 7e8, 1e9, 20e9, 300e9, 2000e9}).Draw(rt, "wait"))
			w.advance(now, func(i uint32) {
				if f := a.at(i); !live[i] || f.active+f.idle() >= now {
					rt.Fatalf("flow %d ended too early", i)
				}
				w.remove(i)
				delete(live, i)
			})
			second := now / 1e9 * 1e9
			for i := range live {
				if f := a.at(i); f.active+f.idle() < second {
					rt.Fatalf("flow %d is %v late", i, time.Duration(now-f.active-f.idle()))
				}
				if rapid.Bool().Draw(rt, "busy") {
					a.at(i).active = now
				}
			}
			i := a.take()
			a.at(i).active = now
			a.at(i).key.kind = rapid.SampledFrom([]packet.Kind{packet.TCP, packet.UDP, packet.ICMP, packet.IP, packet.ARP}).Draw(rt, "kind")
			w.put(i, now+a.at(i).idle())
			live[i] = true
		}
	})
}

// A datagram in two fragments is one message, also where its frames are
// copied on the way to a worker.
func TestFragments(t *testing.T) {
	datagram := func(port uint16, fill string) []byte {
		payload := "HELLO B\n" + strings.Repeat(fill, 1000) + "\n"
		b := binary.BigEndian.AppendUint16(nil, port)
		b = binary.BigEndian.AppendUint16(b, server.port)
		b = binary.BigEndian.AppendUint16(b, uint16(8+len(payload)))
		return append(append(b, 0, 0), payload...)
	}
	src, dst := netip.MustParseAddr(client.addr), netip.MustParseAddr(server.addr)
	part := func(body []byte, from, to int) []byte {
		b := ipFrame(src, dst, 17, body[from:to])
		word := uint16(from / 8)
		if to < len(body) {
			word |= 0x2000
		}
		binary.BigEndian.PutUint16(b[14+6:], word)
		return b
	}
	for _, workers := range []int{1, 3} {
		for _, batch := range []int{1, 500} {
			var w wire
			for i, fill := range []string{"x", "y"} {
				body := datagram(client.port+uint16(i), fill)
				w.frame(part(body, 512, len(body)))
				w.frame(part(body, 0, 512))
			}
			for range 100 {
				w.udp(end{"10.9.9.9", 9}, end{"10.9.9.8", 9}, "zzz")
			}
			w.udp(end{"10.9.9.9", 9}, end{"10.9.9.8", 9}, strings.Repeat("z", 1200))
			var got []string
			stats, _ := Run(t.Context(), &memory{frames: w.frames, batch: batch}, Options{Workers: workers, Codecs: testCodecs()},
				func(s *Session) { got = append(got, line(s)) })
			want := []string{"10.0.0.9:50000>10.0.0.1:7000 beta/content/ 1009/0 orig@2:HELLO B|orig@2:" + strings.Repeat("x", 1000),
				"10.0.0.9:50001>10.0.0.1:7000 beta/content/ 1009/0 orig@4:HELLO B|orig@4:" + strings.Repeat("y", 1000),
				"10.9.9.9:9>10.9.9.8:9 // 1500/0"}
			if d := cmp.Diff(want, got); d != "" || stats.Fragments != 4 || stats.Incomplete != 0 {
				t.Errorf("%d workers: %s %+v", workers, d, stats)
			}
		}
	}
}

// The bits of one frame that decide its session are the same both ways.
func TestKey(t *testing.T) {
	var w wire
	w.udp(client, server, "a")
	w.udp(server, client, "b")
	w.udp(end{"10.0.0.9", 5}, end{"10.0.0.9", 6}, "c")
	w.udp(end{"10.0.0.9", 6}, end{"10.0.0.9", 5}, "c")
	keys := make([]key, 4)
	sides := make([]int, 4)
	for i := range w.frames {
		var a arrival
		a.packet.Decode(&w.frames[i])
		keys[i], sides[i], _ = keyOf(&a.packet)
	}
	if keys[0] != keys[1] || keys[2] != keys[3] || keys[0] == keys[2] || !slices.Equal(sides, []int{1, 0, 0, 1}) {
		t.Errorf("keys %v, sides %v", keys, sides)
	}
	if a := keys[0].ip(0); a != netip.MustParseAddr(server.addr) {
		t.Errorf("address %v", a)
	}
}
