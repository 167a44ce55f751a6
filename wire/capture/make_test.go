package capture

import (
	"bytes"
	"encoding/binary"
	"io"
	"slices"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// shot is what a test writes and expects back.
type shot struct {
	time int64
	data string
	wire int
}

var shots = []shot{
	{1_700_000_000_000_001_000, "first frame", 11},
	{1_700_000_000_000_002_000, "", 0},
	{1_700_000_001_999_999_000, "cut by the snap length", 1500},
	{1_700_000_002_000_000_000, "odd", 3},
}

// makePcap writes a pcap file by hand.
func makePcap(o binary.AppendByteOrder, magic uint32, link LinkType, shots []shot) []byte {
	b := o.AppendUint32(nil, magic)
	b = o.AppendUint16(b, 2)
	b = o.AppendUint16(b, 4)
	b = o.AppendUint64(b, 0)
	b = o.AppendUint32(b, 262144)
	b = o.AppendUint32(b, uint32(link))
	for _, s := range shots {
		unit := int64(1000)
		if magic == magicNano {
			unit = 1
		}
		b = o.AppendUint32(b, uint32(s.time/second))
		b = o.AppendUint32(b, uint32(s.time%second/unit))
		b = o.AppendUint32(b, uint32(len(s.data)))
		b = o.AppendUint32(b, uint32(s.wire))
		if magic == magicModified {
			b = o.AppendUint64(b, 0)
		}
		b = append(b, s.data...)
	}
	return b
}

// block writes one pcapng block around body, padded.
func block(o binary.AppendByteOrder, kind uint32, body []byte) []byte {
	body = append(bytes.Clone(body), make([]byte, (4-len(body)%4)%4)...)
	n := uint32(len(body) + minBlock)
	b := o.AppendUint32(nil, kind)
	b = o.AppendUint32(b, n)
	b = append(b, body...)
	return o.AppendUint32(b, n)
}

func section(o binary.AppendByteOrder) []byte {
	b := o.AppendUint32(nil, orderMagic)
	b = o.AppendUint16(b, 1)
	b = o.AppendUint16(b, 0)
	return block(o, blockSection, o.AppendUint64(b, ^uint64(0)))
}

// option writes one option of an interface description.
func option(o binary.AppendByteOrder, code uint16, value []byte) []byte {
	b := o.AppendUint16(nil, code)
	b = o.AppendUint16(b, uint16(len(value)))
	return append(append(b, value...), make([]byte, (4-len(value)%4)%4)...)
}

func describe(o binary.AppendByteOrder, link LinkType, snap uint32, options ...[]byte) []byte {
	b := o.AppendUint16(nil, uint16(link))
	b = o.AppendUint16(b, 0)
	b = o.AppendUint32(b, snap)
	return block(o, blockInterface, append(b, bytes.Join(options, nil)...))
}

func enhanced(o binary.AppendByteOrder, iface uint32, count uint64, wire int, data string) []byte {
	b := o.AppendUint32(nil, iface)
	b = o.AppendUint32(b, uint32(count>>32))
	b = o.AppendUint32(b, uint32(count))
	b = o.AppendUint32(b, uint32(len(data)))
	b = o.AppendUint32(b, uint32(wire))
	b = append(b, data...)
	b = append(b, make([]byte, (4-len(data)%4)%4)...)
	return block(o, blockEnhanced, append(b, option(o, 1, []byte("a comment"))...))
}

func obsolete(o binary.AppendByteOrder, iface uint16, count uint64, wire int, data string) []byte {
	b := o.AppendUint16(nil, iface)
	b = o.AppendUint16(b, 7)
	b = o.AppendUint32(b, uint32(count>>32))
	b = o.AppendUint32(b, uint32(count))
	b = o.AppendUint32(b, uint32(len(data)))
	b = o.AppendUint32(b, uint32(wire))
	return block(o, blockPacket, append(b, data...))
}

func simple(o binary.AppendByteOrder, wire int, data string) []byte {
	return block(o, blockSimple, append(o.AppendUint32(nil, uint32(wire)), data...))
}

// makeNg writes the shots as one section with one microsecond interface.
func makeNg(o binary.AppendByteOrder, shots []shot) []byte {
	b := append(section(o), describe(o, LinkEthernet, 0)...)
	for i, s := range shots {
		b = append(b, enhanced(o, 0, uint64(s.time/1000), s.wire, s.data)...)
		if i == 0 { // a block type nobody knows and an empty statistics block
			b = append(b, block(o, 0x0bad, make([]byte, 100))...)
			b = append(b, block(o, 5, nil)...)
		}
	}
	return b
}

func gz(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func zst(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := zstd.NewWriter(&out, zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	for part := range slices.Chunk(b, max(1, len(b)/4)) {
		if _, err := w.Write(part); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil { // a block of its own
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// nexter is Next of a Reader or a Merged.
type nexter interface{ Next(*Frame) error }

// collect reads all frames, with their data copied, and the error at the end.
func collect(r nexter) ([]Frame, error) {
	var out []Frame
	for {
		var f Frame
		if err := r.Next(&f); err == io.EOF {
			return out, nil
		} else if err != nil {
			return out, err
		}
		f.Data = bytes.Clone(f.Data)
		out = append(out, f)
	}
}

// read opens and collects.
func read(t testing.TB, b []byte) ([]Frame, error) {
	t.Helper()
	r, err := NewReader(bytes.NewReader(b), "test.pcap")
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return collect(r)
}

// frames is what the shots must come back as.
func frames(link LinkType, shots []shot) []Frame {
	var out []Frame
	for i, s := range shots {
		out = append(out, Frame{Time: s.time, Data: []byte(s.data), Length: s.wire, Number: uint64(i + 1), Link: link})
	}
	return out
}
