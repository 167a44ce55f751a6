package session

import (
	"context"
	"encoding/binary"
	"io"
	"net/netip"
	"runtime"
	"strings"
	"testing"

	"ward/wire/capture"
	"ward/wire/packet"
)

const (
	siegeSessions = 100_000
	siegePiece    = 1400      // bytes of one segment
	siegeCap      = 192 << 20 // bytes of live memory while all sessions are open
)

// siege is a Source of many sessions that are all open at a time and each send
// the same prefix, piece by piece.
type siege struct {
	to     end
	prefix string
	sent   int
	live   uint64 // bytes in use when all was sent
}

func (s *siege) Batch(b *capture.Batch) error {
	pieces := (len(s.prefix) + siegePiece - 1) / siegePiece
	if s.sent == siegeSessions*(2+pieces) {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		s.live = m.HeapAlloc
		return io.EOF
	}
	b.Frames = b.Frames[:0]
	for ; len(b.Frames) < 500 && s.sent < siegeSessions*(2+pieces); s.sent++ {
		round, i := s.sent/siegeSessions, s.sent%siegeSessions
		from := netip.AddrFrom4([4]byte{11, byte(i >> 16), byte(i >> 8), byte(i)})
		src, dst, port := from, netip.MustParseAddr(s.to.addr), end{port: 40000}
		var data []byte
		switch round {
		case 0:
			data = ipFrame(src, dst, 6, tcpBody(port, s.to, packet.SYN, 0, 0, ""))
		case 1:
			data = ipFrame(dst, src, 6, tcpBody(s.to, port, packet.SYN|packet.ACK, 0, 1, ""))
		default:
			at := (round - 2) * siegePiece
			data = ipFrame(src, dst, 6, tcpBody(port, s.to, packet.ACK, uint32(1+at), 1, s.prefix[at:min(at+siegePiece, len(s.prefix))]))
		}
		b.Frames = append(b.Frames, capture.Frame{
			Time: epoch.UnixNano() + int64(s.sent)*1000, Data: data, Length: len(data), Number: uint64(s.sent + 1), Link: capture.LinkEthernet,
		})
	}
	return nil
}

// A hundred thousand sessions that each begin a message and never end it hold
// no more than the cap together, whatever the protocol (safety.md SR-03).
func TestSiege(t *testing.T) {
	item := func(kind byte, n int) string {
		return string(binary.BigEndian.AppendUint16([]byte{kind, 0}, uint16(n)))
	}
	context20 := item(0x20, 4+21) + "\x01\x00\x00\x00" + item(0x30, 17) + "1.2.840.10008.1.1"
	dicom := "\x01\x00\x00\x10\x00\x00\x00\x01\x00\x00" + strings.Repeat("A", 32) + strings.Repeat("\x00", 32) +
		item(0x10, 21) + "1.2.840.10008.3.1.1.1" + strings.Repeat(context20, 400)
	hello := "\x16\x03\x01\x40\x00\x01\x00\x5f\xf0\x03\x03" + strings.Repeat("r", 16<<10)
	for _, tt := range []struct {
		name, prefix string
		port         uint16
	}{
		{"dicom", dicom[:7*siegePiece], 104},
		{"tls", hello[:7*siegePiece], 443},
		{"http line", "GET / HTTP/1.1\r\nX: " + strings.Repeat("h", 6*siegePiece), 80},
		{"http headers", "GET / HTTP/1.1\r\n" + strings.Repeat("User-Agent: A/1.0\r\n", 300), 80},
		{"hl7", "\x0bMSH|^~\\&|" + strings.Repeat("x|", 3*siegePiece), 2575},
		{"unknown", strings.Repeat("\xee", 4*siegePiece), 7777},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if testing.Short() && tt.name != "tls" {
				t.Skip("one is enough in a short run")
			}
			src := &siege{to: end{"10.0.0.1", tt.port}, prefix: tt.prefix}
			stats, err := Run(context.Background(), src, Options{}, func(*Session) {})
			if err != nil || stats.Sessions != siegeSessions || stats.Panics > 0 {
				t.Fatalf("%v: %+v", err, stats)
			}
			t.Logf("%d MiB live, %d sessions not read", src.live>>20, stats.Unread)
			if src.live > siegeCap {
				t.Errorf("%d MiB live", src.live>>20)
			}
		})
	}
}
