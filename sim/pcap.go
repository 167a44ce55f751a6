package sim

import (
	"bufio"
	"encoding/binary"
	"io"
	"time"
)

// Format is a capture file format.
type Format string

const (
	PCAP   Format = "pcap"   // nanosecond pcap, little endian
	PCAPNG Format = "pcapng" // with one interface per mirrored VLAN group
)

// Recorder writes frames as a capture file. Close it to write out the rest.
type Recorder struct {
	w       *bufio.Writer
	format  Format
	head    [32]byte
	started bool
	written int64
}

// NewRecorder makes a Recorder; nothing is written before the first frame or Close.
func NewRecorder(w io.Writer, format Format) *Recorder {
	return &Recorder{w: bufio.NewWriterSize(w, 1<<20), format: format}
}

// Bytes tells how much was written.
func (r *Recorder) Bytes() int64 { return r.written }

// Frame writes one frame that was seen at a time on an interface.
func (r *Recorder) Frame(at time.Time, iface int, data []byte) error {
	if err := r.start(); err != nil {
		return err
	}
	if r.format == PCAPNG {
		return r.block(at, iface, data)
	}
	h := r.head[:16]
	binary.LittleEndian.PutUint32(h[0:], uint32(at.Unix()))
	binary.LittleEndian.PutUint32(h[4:], uint32(at.Nanosecond()))
	binary.LittleEndian.PutUint32(h[8:], uint32(len(data)))
	binary.LittleEndian.PutUint32(h[12:], uint32(len(data)))
	return r.write(h, data)
}

// Close writes out what is buffered.
func (r *Recorder) Close() error {
	if err := r.start(); err != nil {
		return err
	}
	return r.w.Flush()
}

func (r *Recorder) write(parts ...[]byte) error {
	for _, p := range parts {
		n, err := r.w.Write(p)
		r.written += int64(n)
		if err != nil {
			return err
		}
	}
	return nil
}

// start writes the file header once.
func (r *Recorder) start() error {
	if r.started {
		return nil
	}
	r.started = true
	var b []byte
	if r.format == PCAPNG {
		return r.write(sectionHeader(), interfaceBlock("mirror0"), interfaceBlock("mirror1"))
	}
	b = binary.LittleEndian.AppendUint32(b, 0xa1b23c4d) // nanoseconds
	b = binary.LittleEndian.AppendUint16(b, 2)
	b = binary.LittleEndian.AppendUint16(b, 4)
	b = append(b, 0, 0, 0, 0, 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, 262144)
	b = binary.LittleEndian.AppendUint32(b, 1) // Ethernet
	return r.write(b)
}

// block is an enhanced packet block, draft-ietf-opsawg-pcapng section 4.3.
func (r *Recorder) block(at time.Time, iface int, data []byte) error {
	fill := (4 - len(data)%4) % 4
	total := uint32(32 + len(data) + fill)
	h, ns := r.head[:28], uint64(at.UnixNano())
	binary.LittleEndian.PutUint32(h[0:], 6)
	binary.LittleEndian.PutUint32(h[4:], total)
	binary.LittleEndian.PutUint32(h[8:], uint32(iface))
	binary.LittleEndian.PutUint32(h[12:], uint32(ns>>32))
	binary.LittleEndian.PutUint32(h[16:], uint32(ns))
	binary.LittleEndian.PutUint32(h[20:], uint32(len(data)))
	binary.LittleEndian.PutUint32(h[24:], uint32(len(data)))
	var tail [8]byte
	binary.LittleEndian.PutUint32(tail[fill:], total)
	return r.write(h, data, tail[:fill+4])
}

// sectionHeader is section 4.1 of the same draft.
func sectionHeader() []byte {
	b := binary.LittleEndian.AppendUint32(nil, 0x0a0d0d0a)
	b = binary.LittleEndian.AppendUint32(b, 28)
	b = binary.LittleEndian.AppendUint32(b, 0x1a2b3c4d)
	b = binary.LittleEndian.AppendUint16(b, 1)
	b = binary.LittleEndian.AppendUint16(b, 0)
	b = append(b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
	return binary.LittleEndian.AppendUint32(b, 28)
}

// interfaceBlock is section 4.2: Ethernet, nanoseconds, with a name.
func interfaceBlock(name string) []byte {
	fill := (4 - len(name)%4) % 4
	total := uint32(20 + 4 + len(name) + fill + 8 + 4)
	b := binary.LittleEndian.AppendUint32(nil, 1)
	b = binary.LittleEndian.AppendUint32(b, total)
	b = append(b, 1, 0, 0, 0, 0, 0, 4, 0)
	b = append(b, 2, 0, byte(len(name)), 0)
	b = append(append(b, name...), make([]byte, fill)...)
	b = append(b, 9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0)
	return binary.LittleEndian.AppendUint32(b, total)
}
