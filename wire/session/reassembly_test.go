package session

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ward/wire/packet"
	"ward/wire/proto"
)

// recorder keeps what a parser is given: bytes, and one entry a gap.
type recorder struct {
	data [2][]byte
	gaps [2][]int
	at   [2][]int // where each gap was
}

func (r *recorder) Data(dir proto.Dir, b []byte, _ proto.Emit) bool {
	r.data[dir] = append(r.data[dir], b...)
	return true
}

func (r *recorder) Gap(dir proto.Dir, n int) {
	r.gaps[dir] = append(r.gaps[dir], n)
	r.at[dir] = append(r.at[dir], len(r.data[dir]))
}

func (r *recorder) Close(proto.Emit) {}

// lost adds up the gaps of a direction.
func (r *recorder) lost(dir proto.Dir) (n int) {
	for _, g := range r.gaps[dir] {
		n += g
	}
	return n
}

// codec takes every session.
func (r *recorder) codec() *proto.Codec {
	return &proto.Codec{
		Name:   "any",
		Stream: func(_, _ []byte, _ proto.Ports) proto.Match { return proto.Yes },
		New:    func() proto.Parser { return r },
	}
}

// piece is a segment of a test: an interval of the stream.
type piece struct{ from, to int }

const isn = 0xffff_ff00 // sequence numbers wrap inside every test

// replayed sends pieces of a stream and gives what the parser saw.
func replayed(t testing.TB, stream []byte, pieces []piece) (*recorder, Stats) {
	r := &recorder{}
	var w wire
	w.talk(client, server).end[0] = client
	k := w.talk(client, server)
	k.next[0] = isn
	k.open()
	for _, p := range pieces {
		w.tcp(client, server, packet.ACK, isn+1+uint32(p.from), 5001, string(stream[p.from:p.to]))
	}
	_, stats := run(t, &w, Options{Codecs: []*proto.Codec{r.codec()}})
	return r, stats
}

// cuts draws a segmentation of n bytes.
func cuts(t *rapid.T, n int) (pieces []piece) {
	for from := 0; from < n; {
		to := min(n, from+rapid.IntRange(1, 300).Draw(t, "size"))
		pieces = append(pieces, piece{from, to})
		from = to
	}
	return pieces
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	for i, r := 0, rand.New(rand.NewPCG(1, uint64(n))); i < n; i++ {
		b[i] = byte(r.Uint32())
	}
	return b
}

// Any segmentation with reordering, duplicates and overlap gives the same bytes.
func TestReassemblyComplete(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		stream := randomBytes(rapid.IntRange(1, 4000).Draw(rt, "n"))
		pieces := cuts(rt, len(stream))
		for range rapid.IntRange(0, 10).Draw(rt, "extra") {
			from := rapid.IntRange(0, len(stream)-1).Draw(rt, "from")
			extra := piece{from, rapid.IntRange(from+1, len(stream)).Draw(rt, "to")}
			at := rapid.IntRange(0, len(pieces)).Draw(rt, "at")
			pieces = append(pieces[:at], append([]piece{extra}, pieces[at:]...)...)
		}
		for i := range pieces { // swaps over a short distance, as networks do
			if j := i + rapid.IntRange(0, 5).Draw(rt, "swap"); j < len(pieces) {
				pieces[i], pieces[j] = pieces[j], pieces[i]
			}
		}
		r, _ := replayed(t, stream, pieces)
		if !bytes.Equal(r.data[0], stream) || len(r.gaps[0]) > 0 {
			rt.Fatalf("%d of %d bytes, gaps %v", len(r.data[0]), len(stream), r.gaps)
		}
	})
}

// With pieces lost, bytes and gaps together give the stream.
func TestReassemblyLoss(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		stream := randomBytes(rapid.IntRange(1, 20000).Draw(rt, "n"))
		var kept []piece
		for _, p := range cuts(rt, len(stream)) {
			if rapid.IntRange(0, 9).Draw(rt, "lose") > 2 || p.to == len(stream) {
				kept = append(kept, p)
			}
		}
		r, stats := replayed(t, stream, kept)
		var want []byte
		for _, p := range kept {
			want = append(want, stream[p.from:p.to]...)
		}
		if !bytes.Equal(r.data[0], want) {
			rt.Fatalf("%d bytes, want %d", len(r.data[0]), len(want))
		}
		if lost := len(stream) - len(want); int(stats.LostBytes) != lost {
			rt.Fatalf("%d bytes lost, %d counted", lost, stats.LostBytes)
		}
		// A hole before the first byte is no gap for the parser: it did not exist yet.
		if lost := len(stream) - len(want) - kept[0].from; r.lost(0) != lost {
			rt.Fatalf("%d bytes lost after the start, gaps %v", lost, r.gaps)
		}
	})
}

func TestReassemblyFirstDataWins(t *testing.T) {
	r := &recorder{}
	var w wire
	k := w.talk(client, server)
	k.next[0] = isn
	k.open()
	w.tcp(client, server, packet.ACK, isn+1, 0, "ab")
	w.tcp(client, server, packet.ACK, isn+1+4, 0, "ef")
	w.tcp(client, server, packet.ACK, isn+1+1, 0, "XcdXXg")
	run(t, &w, Options{Codecs: []*proto.Codec{r.codec()}})
	if string(r.data[0]) != "abcdefg" {
		t.Errorf("got %q", r.data[0])
	}
}

func TestReassemblyGap(t *testing.T) {
	part := strings.Repeat("x", 1000)
	for _, tc := range []struct {
		name  string
		build func(w *wire, at func(n int, s string), ack func(n int))
		bytes int
		gaps  []int
	}{
		{"keep-alive", func(w *wire, at func(int, string), ack func(int)) {
			at(0, "abc")
			at(2, "c")
			at(2, "")
			at(3, "d")
		}, 4, nil},
		{"acknowledged hole is given up after a moment", func(w *wire, at func(int, string), ack func(int)) {
			at(0, part)
			at(2000, part)
			ack(3000)
			w.wait(time.Second)
			ack(3000)
			at(1000, part) // too late
		}, 2000, []int{1000}},
		{"unacknowledged hole waits for its retransmission", func(w *wire, at func(int, string), ack func(int)) {
			at(0, part)
			at(2000, part)
			w.wait(time.Second)
			ack(1000)
			at(1000, part)
		}, 3000, nil},
		{"hole that nobody acknowledges", func(w *wire, at func(int, string), ack func(int)) {
			at(0, part)
			at(2000, part)
			w.wait(4 * time.Second)
			at(3000, part)
		}, 3000, []int{1000}},
		{"too much waits", func(w *wire, at func(int, string), ack func(int)) {
			at(0, part)
			for i := range maxPending/1000 + 1 {
				at(2000+1000*i, part)
			}
			at(1000, part)
		}, maxPending/1000*1000 + 2000, []int{1000}},
		{"far in the past: another life of the ports", func(w *wire, at func(int, string), ack func(int)) {
			at(0, part)
			at(-1<<30, part)
			at(-1<<30+1000, part)
		}, 3000, []int{0}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := &recorder{}
			var w wire
			k := w.talk(client, server)
			k.next[0] = isn
			k.open()
			tc.build(&w, func(n int, s string) { w.tcp(client, server, packet.ACK, isn+1+uint32(n), 5001, s) },
				func(n int) { w.tcp(server, client, packet.ACK, 5001, isn+1+uint32(n), "") })
			run(t, &w, Options{Codecs: []*proto.Codec{r.codec()}})
			if len(r.data[0]) != tc.bytes || len(r.gaps[0]) != len(tc.gaps) || r.lost(0) != sum(tc.gaps) {
				t.Errorf("%d bytes, gaps %v; want %d, %v", len(r.data[0]), r.gaps[0], tc.bytes, tc.gaps)
			}
		})
	}
}

func sum(list []int) (n int) {
	for _, v := range list {
		n += v
	}
	return n
}

func TestSnapLength(t *testing.T) {
	r := &recorder{}
	var w wire
	k := w.talk(client, server).open().say("0123456789").say("abcdefghij")
	_ = k
	for i := range w.frames {
		w.frames[i].Data = w.frames[i].Data[:min(len(w.frames[i].Data), 58)]
	}
	run(t, &w, Options{Codecs: []*proto.Codec{r.codec()}})
	if string(r.data[0]) != "0123abcd" || r.lost(0) != 12 {
		t.Errorf("%q, gaps %v", r.data[0], r.gaps[0])
	}
}
