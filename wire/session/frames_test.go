package session

import (
	"context"
	"encoding/binary"
	"io"
	"net/netip"
	"testing"
	"time"

	"ward/wire/capture"
	"ward/wire/packet"
	"ward/wire/proto"
)

// memory is a Source over frames, in batches of a chosen size.
type memory struct {
	frames []capture.Frame
	batch  int
	at     int
}

func (m *memory) Batch(b *capture.Batch) error {
	if m.at == len(m.frames) {
		return io.EOF
	}
	n := m.batch
	if n == 0 {
		n = 700
	}
	to := min(len(m.frames), m.at+n)
	b.Frames = append(b.Frames[:0], m.frames[m.at:to]...)
	m.at = to
	return nil
}

// wire builds captures.
type wire struct {
	frames []capture.Frame
	now    time.Duration // since 1 January 2026
}

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// end is one side of a conversation in a test.
type end struct {
	addr string
	port uint16
}

func (w *wire) wait(d time.Duration) { w.now += d }

func (w *wire) frame(b []byte) {
	w.now += time.Millisecond
	w.frames = append(w.frames, capture.Frame{
		Time: epoch.Add(w.now).UnixNano(), Data: b, Length: len(b),
		Number: uint64(len(w.frames) + 1), Link: capture.LinkEthernet,
	})
}

// mac derives a unicast address from an IP address.
func mac(a netip.Addr) packet.MAC {
	b := a.As16()
	return packet.MAC{2, 0, b[12], b[13], b[14], b[15]}
}

func ipFrame(src, dst netip.Addr, proto uint8, body []byte) []byte {
	s, d := mac(src), mac(dst)
	b := append(append([]byte{}, d[:]...), s[:]...)
	if src.Is4() {
		b = append(b, 8, 0, 0x45, 0)
		b = binary.BigEndian.AppendUint16(b, uint16(20+len(body)))
		b = append(b, 0, 0, 0, 0, 64, proto, 0, 0)
	} else {
		b = append(b, 0x86, 0xdd, 0x60, 0, 0, 0)
		b = binary.BigEndian.AppendUint16(b, uint16(len(body)))
		b = append(b, proto, 64)
	}
	b = append(append(b, src.AsSlice()...), dst.AsSlice()...)
	return append(b, body...)
}

func (w *wire) udp(from, to end, payload string) {
	b := binary.BigEndian.AppendUint16(nil, from.port)
	b = binary.BigEndian.AppendUint16(b, to.port)
	b = binary.BigEndian.AppendUint16(b, uint16(8+len(payload)))
	b = append(append(b, 0, 0), payload...)
	w.frame(ipFrame(netip.MustParseAddr(from.addr), netip.MustParseAddr(to.addr), 17, b))
}

func (w *wire) tcp(from, to end, flags uint8, seq, ack uint32, payload string) {
	w.frame(ipFrame(netip.MustParseAddr(from.addr), netip.MustParseAddr(to.addr), 6, tcpBody(from, to, flags, seq, ack, payload)))
}

func tcpBody(from, to end, flags uint8, seq, ack uint32, payload string) []byte {
	b := binary.BigEndian.AppendUint16(nil, from.port)
	b = binary.BigEndian.AppendUint16(b, to.port)
	b = binary.BigEndian.AppendUint32(b, seq)
	b = binary.BigEndian.AppendUint32(b, ack)
	b = append(b, 5<<4, flags, 0xff, 0xff, 0, 0, 0, 0)
	return append(b, payload...)
}

// talk is a TCP session under construction.
type talk struct {
	w    *wire
	end  [2]end
	next [2]uint32
}

func (w *wire) talk(client, server end) *talk {
	return &talk{w: w, end: [2]end{client, server}, next: [2]uint32{0xffff_fff0, 5000}}
}

func (k *talk) send(dir proto.Dir, flags uint8, payload string) *talk {
	k.w.tcp(k.end[dir], k.end[dir.Other()], flags, k.next[dir], k.next[dir.Other()], payload)
	k.next[dir] += uint32(len(payload))
	if flags&(packet.SYN|packet.FIN) != 0 {
		k.next[dir]++
	}
	return k
}

func (k *talk) open() *talk {
	return k.send(proto.Orig, packet.SYN, "").send(proto.Resp, packet.SYN|packet.ACK, "").send(proto.Orig, packet.ACK, "")
}

func (k *talk) say(s string) *talk    { return k.send(proto.Orig, packet.ACK|packet.PSH, s) }
func (k *talk) answer(s string) *talk { return k.send(proto.Resp, packet.ACK|packet.PSH, s) }

func (k *talk) end4() *talk {
	return k.send(proto.Orig, packet.FIN|packet.ACK, "").send(proto.Resp, packet.FIN|packet.ACK, "").send(proto.Orig, packet.ACK, "")
}

// run gives copies of all sessions.
func run(t testing.TB, w *wire, opt Options) ([]Session, Stats) {
	t.Helper()
	var got []Session
	stats, err := Run(context.Background(), &memory{frames: w.frames}, opt, func(s *Session) {
		c := *s
		c.Facts = append([]Seen(nil), s.Facts...)
		got = append(got, c)
	})
	if err != nil {
		t.Fatal(err)
	}
	return got, stats
}
