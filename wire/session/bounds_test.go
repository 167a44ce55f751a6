package session

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/wire/capture"
	"ward/wire/packet"
	"ward/wire/proto"
)

// flood is a Source of n SYNs from different senders, made as they are read.
type flood struct {
	n, sent int
	payload string
}

func (s *flood) Batch(b *capture.Batch) error {
	if s.sent == s.n {
		return io.EOF
	}
	b.Frames = b.Frames[:0]
	for ; len(b.Frames) < 500 && s.sent < s.n; s.sent++ {
		src := end{port: uint16(s.sent)}
		from := netip.AddrFrom4([4]byte{11, byte(s.sent >> 16), byte(s.sent >> 8), byte(s.sent)})
		flags := packet.SYN
		if s.payload != "" {
			flags = packet.ACK
		}
		data := ipFrame(from, netip.MustParseAddr("10.0.0.1"), 6, tcpBody(src, server, flags, 1, 0, s.payload))
		b.Frames = append(b.Frames, capture.Frame{
			Time: epoch.UnixNano() + int64(s.sent)*1000, Data: data, Length: len(data), Number: uint64(s.sent + 1), Link: capture.LinkEthernet,
		})
	}
	return nil
}

// A million half-open sessions within 30 s stay under the cap, and the oldest
// are given up first (safety.md SR-03).
func TestHalfOpenFlood(t *testing.T) {
	const n = 1_000_000
	var peak, before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var got, last uint64
	ordered := true
	stats, err := Run(context.Background(), &flood{n: n}, Options{Codecs: testCodecs()}, func(s *Session) {
		if got++; got == n-1 {
			runtime.ReadMemStats(&peak)
		}
		ordered = ordered && s.Frame > last
		last = s.Frame
	})
	if err != nil || got != n || stats.Evicted != n-DefaultMaxFlows {
		t.Fatalf("%v: %d sessions, %+v", err, got, stats)
	}
	if !ordered {
		t.Error("not the oldest was evicted")
	}
	if heap := int64(peak.HeapInuse) - int64(before.HeapInuse); heap > 128<<20 {
		t.Errorf("%d MiB in use", heap>>20)
	}
}

// Sessions that all wait with payload hold no more than the cap.
func TestMemoryCap(t *testing.T) {
	undecided := &proto.Codec{
		Name:   "undecided",
		Stream: func(_, _ []byte, _ proto.Ports) proto.Match { return proto.Maybe },
		New:    func() proto.Parser { return &lines{name: "undecided"} },
	}
	in := newTable(newCodecs([]*proto.Codec{undecided}), limits{flows: 1 << 16, held: 1 << 20, parsers: 100, facts: 1 << 20})
	in.out = &batchOut{}
	src := &flood{n: 10_000, payload: strings.Repeat("y", 1000)}
	var b capture.Batch
	var a arrival
	for src.Batch(&b) == nil {
		for i := range b.Frames {
			a.packet.Decode(&b.Frames[i])
			a.now, a.number = b.Frames[i].Time, b.Frames[i].Number
			in.take(&a)
			if in.held > in.limits.held {
				t.Fatalf("%d bytes held", in.held)
			}
		}
	}
	if in.stats.Unread < 8000 {
		t.Errorf("%d sessions given up", in.stats.Unread)
	}
	for _, i := range in.index.all() {
		in.close(i)
	}
	if in.held != 0 || in.following != 0 || in.waiting != 0 || in.index.n != 0 || len(in.freeLives) != len(in.lives) {
		t.Errorf("left over: %d bytes, %d parsers, %d flows, %d of %d live", in.held, in.following, in.index.n, len(in.lives)-len(in.freeLives), len(in.lives))
	}
}

// The same frames give the same sessions in the same order, however many
// workers and however the source cuts its batches.
func TestDeterministic(t *testing.T) {
	w := hospital(30_000, 3)
	text := func(opt Options, batch int) string {
		var out strings.Builder
		stats, err := Run(context.Background(), &memory{frames: w.frames, batch: batch}, opt, func(s *Session) {
			fmt.Fprintln(&out, s.ID, s.Part, s.Start, s.Last, line(s))
		})
		fmt.Fprintln(&out, stats, err)
		return out.String()
	}
	want := text(Options{Codecs: testCodecs()}, 0)
	if strings.Count(want, "alpha/content") < 100 {
		t.Fatalf("too little in the capture:\n%.2000s", want)
	}
	for _, tc := range []struct{ workers, batch int }{{1, 1}, {2, 0}, {4, 1}, {4, 255}, {4, 5000}, {7, 1024}} {
		got := text(Options{Codecs: testCodecs(), Workers: tc.workers}, tc.batch)
		if got != want {
			t.Errorf("%d workers, batches of %d: %.600s", tc.workers, tc.batch, cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")))
		}
	}
}

// FuzzPackets feeds any TCP and UDP headers: no panic, and nothing left over.
func FuzzPackets(f *testing.F) {
	f.Add(slices.Concat(shot(0x04, packet.SYN, 9, ""), shot(0x01, packet.SYN|packet.ACK, 99, ""), shot(0x04, packet.ACK, 10, "HELLO A\n"),
		shot(0x01, packet.ACK, 100, "200 A\n"), shot(0x04, packet.ACK, 40, "later"), shot(0x04, packet.ACK, 18, "two\n")))
	f.Add(slices.Concat(shot(0x04, packet.ACK, 10, "HELLO A\npanic\n"), shot(0x01, packet.ACK, 100, "200 A\n"), shot(0x04, packet.FIN, 40, "later")))
	f.Add(slices.Concat(shot(0xc4, 0, 10, "HELLO A\npanic\n"), shot(0xc8, 0, 100, "HELLO B\n"), shot(0xc1, 0, 100, "HELL")))
	f.Fuzz(fuzzOne)
}

// shot is one packet in the fuzz target's own format: ends, flags, sequence
// number, time, size in eights, payload.
func shot(ends, flags uint8, seq uint32, payload string) []byte {
	n := (len(payload) + 7) / 8
	b := binary.BigEndian.AppendUint32([]byte{ends, flags}, seq)
	b = append(append(b, 0, byte(n)), payload...)
	return append(b, make([]byte, n*8-len(payload))...)
}

func fuzzOne(t *testing.T, b []byte) {
	in := newTable(newCodecs(testCodecs()), limits{flows: 4, held: 8 << 10, parsers: 2, facts: 2 << 10})
	in.out = &batchOut{}
	var a arrival
	for number := uint64(1); len(b) >= 8; number++ {
		n := min(int(b[7])*8, len(b)-8)
		p := packet.Packet{Kind: packet.TCP, IPProto: 6, SrcPort: uint16(b[0] & 3), DstPort: uint16(b[0] >> 2 & 3),
			Src: netip.AddrFrom4([4]byte{1, 1, 1, b[0] >> 4 & 1}), Dst: netip.AddrFrom4([4]byte{1, 1, 1, b[0] >> 5 & 1}),
			Flags: b[1], Seq: binary.BigEndian.Uint32(b[2:]), Ack: binary.BigEndian.Uint32(b[3:]),
			Time: int64(b[6]) * 1e8 * int64(number), Frame: number, Payload: b[8 : 8+n], PayloadLen: n + int(b[6]&1)*100}
		if b[0] >= 0xc0 {
			p.Kind, p.IPProto = packet.UDP, 17
		}
		a = arrival{packet: p, now: max(a.now, p.Time), number: number}
		in.take(&a)
		if in.held > in.limits.held || in.index.n > 4 {
			t.Fatalf("%d bytes, %d flows", in.held, in.index.n)
		}
		if b[6] == 7 {
			in.advance(a.now)
		}
		b = b[8+n:]
	}
	for _, i := range in.index.all() {
		in.close(i)
	}
	if in.held != 0 || in.following != 0 || in.waiting != 0 || len(in.freeLives) != len(in.lives) {
		t.Fatalf("left over: %d bytes, %d parsers, %d live", in.held, in.following, len(in.lives)-len(in.freeLives))
	}
}
