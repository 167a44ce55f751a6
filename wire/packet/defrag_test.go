package packet

import (
	"bytes"
	"fmt"
	"testing"

	"ward/wire/capture"
)

// body is a UDP datagram of 8+n bytes that counts up.
func body(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 7)
	}
	return udp(2575, b)
}

// frag4 is the IPv4 part of whole from from to to.
func frag4(whole []byte, from, to int) []byte {
	b := ip4(protoUDP, whole[from:to])
	word := uint16(from / 8)
	if to < len(whole) {
		word |= moreFragments
	}
	be.PutUint16(b[6:], word)
	return b
}

func frag6(whole []byte, from, to int) []byte {
	word := uint16(from)
	if to < len(whole) {
		word |= 1
	}
	return ip6(protoFragment, join([]byte{protoUDP, 0}, be.AppendUint16(nil, word), []byte{1, 2, 3, 4}, whole[from:to]))
}

// feed adds raw IP packets one millisecond apart and gives the payloads that came out.
func feed(d *Defrag, parts ...[]byte) (out []string) {
	for i, b := range parts {
		var p Packet
		p.Decode(&capture.Frame{Link: capture.LinkRaw, Data: b, Length: len(b), Time: int64(i) * 1_000_000, Number: uint64(i + 1)})
		if w, ok := d.Add(&p); ok {
			out = append(out, fmt.Sprintf("%d %d>%d %d %s", w.Kind, w.SrcPort, w.DstPort, w.Length, w.Payload))
		}
	}
	return out
}

func TestDefrag(t *testing.T) {
	w := body(32) // 40 bytes with its header
	whole := func(length int) []string {
		return []string{fmt.Sprintf("%d 49152>2575 %d %s", UDP, length, w[8:])}
	}
	evil := join(w)
	for i := range evil {
		evil[i] = 'E'
	}
	type parts = [][]byte
	rows := []struct {
		name  string
		parts parts
		want  []string
		stats DefragStats
	}{
		{"in order", parts{frag4(w, 0, 16), frag4(w, 16, 32), frag4(w, 32, 40)}, whole(100), DefragStats{Parts: 3, Whole: 1}},
		{"backwards", parts{frag4(w, 32, 40), frag4(w, 16, 32), frag4(w, 0, 16)}, whole(100), DefragStats{Parts: 3, Whole: 1}},
		{"IPv6", parts{frag6(w, 16, 40), frag6(w, 0, 16)}, whole(136), DefragStats{Parts: 2, Whole: 1}},
		{"no fragment", parts{ip4(protoUDP, w)}, whole(60), DefragStats{}},
		{"one missing", parts{frag4(w, 0, 16), frag4(w, 32, 40)}, nil, DefragStats{Parts: 2}},
		{"sent twice", parts{frag4(w, 0, 16), frag4(w, 0, 16), frag4(w, 16, 40)}, whole(116), DefragStats{Parts: 3, Whole: 1}},
		{"sent twice, IPv6", parts{frag6(w, 0, 16), frag6(w, 0, 16), frag6(w, 16, 40)}, whole(136), DefragStats{Parts: 3, Whole: 1}},
		{"first wins", parts{frag4(w, 0, 24), frag4(evil, 8, 32), frag4(w, 24, 32), frag4(w, 32, 40)},
			[]string{fmt.Sprintf("%d 49152>2575 144 %s", UDP, join(w[8:24], evil[24:32], w[32:]))}, DefragStats{Parts: 4, Whole: 1}},
		{"tiny first part, RFC 1858", parts{frag4(w, 0, 8), frag4(evil, 0, 24), frag4(w, 24, 40)},
			[]string{fmt.Sprintf("%d 49152>2575 108 %s", UDP, join(evil[8:24], w[24:]))}, DefragStats{Parts: 3, Whole: 1}},
		{"overlap in the middle", parts{frag4(w, 8, 16), frag4(w, 24, 32), frag4(w, 0, 32), frag4(w, 32, 40)}, whole(136), DefragStats{Parts: 4, Whole: 1}},
		{"IPv6 overlap, RFC 5722", parts{frag6(w, 0, 24), frag6(evil, 16, 32), frag6(w, 24, 40), frag6(w, 0, 24)}, nil, DefragStats{Parts: 4, Overlap: 1}},
		{"two ends", parts{frag4(w, 32, 40), frag4(w[:16], 8, 16), frag4(w, 0, 16), frag4(w, 16, 32)}, whole(100), DefragStats{Parts: 4, Whole: 1, Malformed: 1}},
		{"past the end", parts{frag4(w[:16], 8, 16), frag4(w, 16, 32), frag4(w, 0, 8)},
			[]string{fmt.Sprintf("%d 49152>2575 56 %s", UDP, w[8:16])}, DefragStats{Parts: 3, Whole: 1, Malformed: 1}},
		{"odd length", parts{set(frag4(w, 0, 13), 6, 0x20, 0)}, nil, DefragStats{Parts: 1, Malformed: 1}},
		{"ping of death", parts{set(frag4(w, 0, 40), 6, 0x1f, 0xff)}, nil, DefragStats{Parts: 1, Malformed: 1}},
	}
	for _, r := range rows {
		var d Defrag
		if got := feed(&d, r.parts...); fmt.Sprint(got) != fmt.Sprint(r.want) {
			t.Errorf("%s:\n got %q\nwant %q", r.name, got, r.want)
		}
		if d.Stats != r.stats {
			t.Errorf("%s: %+v, want %+v", r.name, d.Stats, r.stats)
		}
		if d.Waiting() == 0 && d.held != 0 {
			t.Errorf("%s: %d bytes held by nobody", r.name, d.held)
		}
	}
}

// TestDefragTunnel splits a mirrored frame that is itself a part.
func TestDefragTunnel(t *testing.T) {
	w := body(64)
	mirror := func(inner []byte) []byte {
		return ip4(protoGRE, join([]byte{0, 0, 8, 0}, inner))
	}
	split := func(b []byte, id byte) [][]byte {
		payload := b[20:]
		first, last := join(b[:20], payload[:24]), join(b[:20], payload[24:])
		first[3], last[3] = byte(len(first)), byte(len(last))
		first[5], last[5] = id, id
		first[6], last[7] = 0x20, 3
		return [][]byte{first, last}
	}
	parts := append(split(mirror(frag4(w, 0, 32)), 1), split(mirror(frag4(w, 32, 72)), 2)...)
	var d Defrag
	got := feed(&d, parts...)
	if len(got) != 1 || !bytes.HasSuffix([]byte(got[0]), w[8:]) {
		t.Errorf("got %q", got)
	}
	if d.Stats.Whole != 3 {
		t.Errorf("%+v", d.Stats)
	}
}

// TestDefragBounds sends first parts without end.
func TestDefragBounds(t *testing.T) {
	var d Defrag
	whole := body(60000)
	const sent = 3 * maxDatagrams
	for i := range sent {
		b := set(frag4(whole, 0, 48000), 4, byte(i>>8), byte(i))
		b = set(b, 12, 10, byte(i>>16))
		feed(&d, b)
		if d.held > maxDefragBytes || d.Waiting() > maxDatagrams {
			t.Fatalf("after %d: %d bytes in %d datagrams", i, d.held, d.Waiting())
		}
	}
	if d.Stats.Evicted != sent-uint64(d.Waiting()) {
		t.Errorf("%+v with %d waiting", d.Stats, d.Waiting())
	}
	var small Defrag
	for i := range sent {
		feed(&small, set(frag4(whole, 0, 8), 4, byte(i>>8), byte(i)))
	}
	if small.Waiting() != maxDatagrams {
		t.Errorf("%d waiting", small.Waiting())
	}
	var many Defrag
	for i := range maxParts + 2 {
		feed(&many, frag4(whole, i*16, i*16+8))
	}
	if many.Stats.Malformed != 1 || many.held > deadCost {
		t.Errorf("%+v, %d held", many.Stats, many.held)
	}
}

// TestDefragAge lets the second part come late, by packet time.
func TestDefragAge(t *testing.T) {
	w := body(32)
	for _, late := range []int64{maxDefragAge, maxDefragAge + 1} {
		var d Defrag
		p := decode(capture.LinkRaw, frag4(w, 0, 16), 36)
		d.Add(&p)
		p = decode(capture.LinkRaw, frag4(w, 16, 40), 44)
		p.Time += late
		_, ok := d.Add(&p)
		if ok != (late == maxDefragAge) || d.Stats.Expired != uint64(late-maxDefragAge) {
			t.Errorf("late by %d: %v %+v", late, ok, d.Stats)
		}
	}
}

func TestDefragSnapLength(t *testing.T) {
	w := body(32)
	var d Defrag
	first := frag4(w, 0, 16)
	p := decode(capture.LinkRaw, first[:30], len(first))
	d.Add(&p)
	p = decode(capture.LinkRaw, frag4(w, 16, 40), 44)
	if _, ok := d.Add(&p); ok || d.Stats.Truncated != 1 {
		t.Errorf("%v %+v", ok, d.Stats)
	}
}

// TestDefragRealCaptures reassembles what the real captures hold.
func TestDefragRealCaptures(t *testing.T) {
	var d Defrag
	var p Packet
	last := ""
	var parts, whole uint64
	eachFrame(t, func(path string, f *capture.Frame) {
		if path != last {
			parts, whole = parts+d.Stats.Parts, whole+d.Stats.Whole
			d, last = Defrag{}, path
		}
		p.Decode(f)
		if w, ok := d.Add(&p); ok && w.Kind == Fragment {
			t.Errorf("%s frame %d: came out as a fragment", path, f.Number)
		}
	})
	t.Logf("%d parts made %d packets", parts, whole)
	if whole < 50 {
		t.Errorf("only %d whole packets of %d parts", whole, parts)
	}
}
