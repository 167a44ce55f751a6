package capture

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/klauspost/compress/zstd"
)

// Limits on what a file may make us hold.
const (
	maxFrame  = 1 << 20   // captured bytes of one frame; tcpdump stops at 256 KiB
	maxBlock  = 2 << 20   // a pcapng block that must be held whole
	maxSkip   = 256 << 20 // a pcapng block that is only passed over
	maxIfaces = 4096      // interfaces of one pcapng section

	// A waiting reader holds firstBuffer, a reading one bufferSize: hundreds of
	// files may be open at once, few are read at the same time.
	firstBuffer = 64 << 10
	bufferSize  = 256 << 10

	maxEmptyReads = 100 // reads in a row that give nothing and no error
)

// Kind names the file format of an input.
type Kind string

const (
	Pcap   Kind = "pcap"
	Pcapng Kind = "pcapng"
)

// Option changes how an input is opened.
type Option func(*source)

// WithDigest computes the SHA-256 of the raw input while it is read; see Sum.
func WithDigest(s *source) { s.digest = sha256.New() }

// Reader reads the frames of one input. It is for one goroutine.
type Reader struct {
	Input int // copied into every Frame

	name  string
	kind  Kind
	raw   *source
	in    io.Reader // raw, or what unpacks it
	close []func()
	total int64

	own      []byte // the buffer between calls
	buf      []byte // own, or that of the Batch being filled
	lent     bool   // buf is a Batch's
	pos, end int
	base     int64 // offset of buf[0] in the unpacked stream
	inErr    error // why no more bytes come
	err      error // why no more frames come

	frames      uint64
	first, last int64
	now         int64 // time of the frame before

	order binary.ByteOrder
	pcap  pcapState
	ng    ngState
}

// Open opens a capture file; "-" is standard input.
func Open(path string, opts ...Option) (*Reader, error) {
	if path == "-" {
		return NewReader(os.Stdin, "standard input", opts...)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = &Error{Input: path, Hint: "it is a folder", Err: ErrNoCapture}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	r, err := NewReader(f, path, opts...)
	if err != nil {
		f.Close()
		return nil, err
	}
	r.close = append(r.close, func() { f.Close() })
	if info.Mode().IsRegular() {
		r.total = info.Size()
	}
	return r, nil
}

// NewReader reads a capture from in. The name is for messages.
func NewReader(in io.Reader, name string, opts ...Option) (*Reader, error) {
	r := &Reader{name: name, raw: &source{in: in}, first: math.MaxInt64, last: math.MinInt64}
	for _, o := range opts {
		o(r.raw)
	}
	r.in = r.raw
	r.own = make([]byte, firstBuffer)
	r.buf = r.own
	if err := r.open(); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

func (r *Reader) open() error {
	r.fill(4) // a shorter input fails below
	packed := io.MultiReader(bytes.NewReader(bytes.Clone(r.buf[:r.end])), rest{r})
	in, done, err := unpack(r.buf[:r.end], packed)
	if err != nil { // the header of the packing is cut or wrong
		return r.fail(ErrDamaged, "the packed file is damaged at its start")
	}
	if in != nil {
		r.close = append(r.close, done)
		r.in, r.end, r.inErr = in, 0, nil
		r.fill(4)
	}
	return r.start()
}

// rest is the raw input after the bytes that told the packing.
type rest struct{ r *Reader }

func (s rest) Read(b []byte) (int, error) { return s.r.raw.Read(b) }

// start reads the file header.
func (r *Reader) start() error {
	if r.end >= 4 {
		if order, s, ok := pcapMagic(r.buf[:4]); ok {
			r.kind, r.order, r.pcap = Pcap, order, s
			return r.pcapHeader()
		}
		if binary.BigEndian.Uint32(r.buf) == blockSection {
			r.kind = Pcapng
			return nil
		}
	}
	if errors.Is(r.inErr, io.ErrUnexpectedEOF) {
		return r.fail(r.inErr, "the file was cut")
	}
	if r.inErr != nil && r.inErr != io.EOF {
		return r.failInput()
	}
	return r.fail(ErrNoCapture, hint(r.buf[:r.end]))
}

// Next reads one frame. f.Data is valid until the next read. It returns io.EOF
// at a clean end and an *Error where the input is cut or damaged.
func (r *Reader) Next(f *Frame) error {
	for r.err == nil {
		need := r.parse(f)
		if need == 0 {
			return nil
		}
		r.more(need)
	}
	return r.err
}

// parse reads one frame of the bytes at hand. It returns 0 if f is filled, and
// else how many bytes it needs, with r.err set if it cannot go on.
func (r *Reader) parse(f *Frame) (need int) {
	if r.kind == Pcap {
		return r.pcapFrame(f)
	}
	return r.ngFrame(f)
}

// more gets the next n bytes or sets r.err.
func (r *Reader) more(n int) {
	if r.err != nil || r.fill(n) {
		return
	}
	switch {
	case r.inErr == io.EOF && r.pos == r.end && r.ng.skip == 0:
		r.err = io.EOF
	case r.inErr == io.EOF || errors.Is(r.inErr, io.ErrUnexpectedEOF):
		r.fail(io.ErrUnexpectedEOF, "the file was cut; everything before is read")
	default:
		r.failInput()
	}
}

// failInput tells a failing disk from a packed file that is damaged.
func (r *Reader) failInput() error {
	if r.raw.err != nil {
		return r.fail(r.raw.err, "")
	}
	if errors.Is(r.inErr, zstd.ErrWindowSizeExceeded) {
		return r.fail(ErrTooLarge, "it was packed with zstd --long or --ultra; unpack it first")
	}
	return r.fail(fmt.Errorf("%w: %w", ErrDamaged, r.inErr), "the packed file is damaged from here on")
}

// fill makes n bytes available at buf[pos:end] and says whether it could.
func (r *Reader) fill(n int) bool {
	if r.pos+n > len(r.buf) || r.end == len(r.buf) {
		r.shift(n)
	}
	for empty := 0; r.end-r.pos < n; {
		if r.inErr != nil {
			return false
		}
		m, err := r.in.Read(r.buf[r.end:])
		r.end += m
		r.inErr = err
		if empty++; m > 0 {
			empty = 0
		} else if empty == maxEmptyReads && err == nil {
			r.inErr = io.ErrNoProgress
		}
	}
	return true
}

// shift moves what is left to the front of a buffer of at least n bytes.
func (r *Reader) shift(n int) {
	rest := r.buf[r.pos:r.end]
	if size := max(n, bufferSize); len(r.buf) < size {
		r.buf = make([]byte, size)
		if !r.lent {
			r.own = r.buf
		}
	}
	r.base += int64(r.pos)
	r.pos, r.end = 0, copy(r.buf, rest)
}

// fail ends the reading at the current place.
func (r *Reader) fail(err error, hint string) error {
	r.err = &Error{Input: r.name, Offset: r.base + int64(r.pos), Frame: r.frames, Hint: hint, Err: err}
	return r.err
}

// deliver fills f. Files may claim less on the wire than they hold.
func (r *Reader) deliver(f *Frame, data []byte, wire uint32, time int64, iface int, link LinkType) {
	r.frames++
	r.now = time
	*f = Frame{Time: time, Data: data, Length: max(int(wire), len(data)),
		Number: r.frames, Input: r.Input, Iface: iface, Link: link}
	if time != 0 {
		r.first, r.last = min(r.first, time), max(r.last, time)
	}
}

// Name is the name given at opening.
func (r *Reader) Name() string { return r.name }

// Kind is the file format.
func (r *Reader) Kind() Kind { return r.kind }

// Frames is the number of frames read so far.
func (r *Reader) Frames() uint64 { return r.frames }

// Span is the earliest and the latest time of the frames read so far,
// nanoseconds since 1970 UTC; zero before the first.
func (r *Reader) Span() (first, last int64) {
	if r.first > r.last {
		return 0, 0
	}
	return r.first, r.last
}

// Progress is the bytes of the input read so far and its size, packed ones
// where it is packed. The size is 0 where it is not known.
func (r *Reader) Progress() (done, total int64) { return r.raw.done, r.total }

// Sum reads the rest of the raw input and gives the SHA-256 of all of it in
// lower-case hex, and its size. Without WithDigest the text is empty. No more
// frames can be read afterwards.
func (r *Reader) Sum() (sha string, size int64, err error) {
	_, err = io.CopyBuffer(io.Discard, struct{ io.Reader }{r.raw}, make([]byte, bufferSize))
	if r.err == nil {
		r.err = io.EOF
	}
	if r.raw.digest != nil {
		sha = hex.EncodeToString(r.raw.digest.Sum(nil))
	}
	return sha, r.raw.done, err
}

// Close releases the input. Frames read before are no longer valid.
func (r *Reader) Close() error {
	for _, c := range r.close {
		c()
	}
	r.close = nil
	if r.err == nil {
		r.err = io.EOF
	}
	r.release()
	return nil
}

// release gives the buffer back once no more frames come.
func (r *Reader) release() { r.buf, r.own, r.pos, r.end = nil, nil, 0, 0 }
