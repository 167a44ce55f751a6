package cpeindex

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"ward/spec/cpe"
)

// The file of an Index, all numbers little-endian:
//
//	magic "WARDCPE1" | sections | CRC-32C of everything before (4 bytes)
//	text section:    count uint32, bytes uint32, lengths count x uint32, bytes
//	number section:  count uint32, count x uint32
//
// Sections in order: CVE ids, product names, versions, extras (8 texts each);
// starts, spans, rows, rules.
const magic = "WARDCPE1"

// MaxFile is the largest file Load reads, in bytes.
const MaxFile = 1 << 30

var (
	ErrFormat   = errors.New("cpeindex: not an index file of this version")
	ErrChecksum = errors.New("cpeindex: checksum differs")
	ErrDamaged  = errors.New("cpeindex: damaged index file")
)

// Save writes the Index.
func (ix *Index) Save(w io.Writer) error {
	out := &writer{data: append(make([]byte, 0, 20*len(ix.rows)+1<<20), magic...)}
	out.texts(ix.cves)
	out.texts(ix.names)
	out.texts(ix.versions)
	extras := make([]string, 0, len(ix.extras)*len(extra{}))
	for _, e := range ix.extras {
		for _, v := range e {
			extras = append(extras, string(v))
		}
	}
	out.texts(extras)
	out.count(len(ix.starts))
	for _, s := range ix.starts {
		out.number(s)
	}
	out.count(2 * len(ix.spans))
	for _, s := range ix.spans {
		out.number(s.lo)
		out.number(s.hi)
	}
	out.count(3 * len(ix.rows))
	for _, r := range ix.rows {
		out.number(r.cve)
		out.number(r.rule)
		out.number(r.extra)
	}
	out.count(5 * len(ix.rules))
	for _, r := range ix.rules {
		out.number(r.cve)
		for _, mask := range []uint64{r.positive, r.negative} {
			out.number(uint32(mask))
			out.number(uint32(mask >> 32))
		}
	}
	out.number(crc32.Checksum(out.data, crc32.MakeTable(crc32.Castagnoli)))
	_, err := w.Write(out.data)
	return err
}

type writer struct{ data []byte }

func (w *writer) number(n uint32) { w.data = binary.LittleEndian.AppendUint32(w.data, n) }

func (w *writer) count(n int) { w.number(uint32(n)) }

func (w *writer) texts(list []string) {
	size := 0
	for _, s := range list {
		size += len(s)
	}
	w.count(len(list))
	w.count(size)
	for _, s := range list {
		w.count(len(s))
	}
	for _, s := range list {
		w.data = append(w.data, s...)
	}
}

// Load reads what Save wrote and checks every number in it. Size is how many
// bytes to expect, 0 if not known.
func Load(r io.Reader, size int64) (*Index, error) {
	data, err := readAll(r, size)
	if err != nil {
		return nil, fmt.Errorf("cpeindex: %w", err)
	}
	if len(data) < len(magic)+4 || string(data[:len(magic)]) != magic {
		return nil, ErrFormat
	}
	body, sum := data[:len(data)-4], binary.LittleEndian.Uint32(data[len(data)-4:])
	if crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)) != sum {
		return nil, ErrChecksum
	}
	in := &loader{data: body[len(magic):]}
	ix := &Index{cves: in.texts(), names: in.texts(), versions: in.texts()}
	extras := in.texts()
	ix.starts = in.numbers(1)
	spans, rows, rules := in.numbers(2), in.numbers(3), in.numbers(5)
	if in.bad || len(in.data) != 0 || len(extras)%len(extra{}) != 0 {
		return nil, ErrDamaged
	}
	ix.fill(extras, spans, rows, rules)
	if !ix.sound() {
		return nil, ErrDamaged
	}
	ix.products = make(map[string]uint32, len(ix.names))
	for i, name := range ix.names {
		ix.products[name] = uint32(i)
	}
	return ix, nil
}

func readAll(r io.Reader, size int64) ([]byte, error) {
	if size <= 0 || size > MaxFile {
		return io.ReadAll(io.LimitReader(r, MaxFile))
	}
	data := make([]byte, size)
	n, err := io.ReadFull(r, data)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil // the checksum tells
	}
	return data[:n], err
}

type loader struct {
	data []byte
	bad  bool
}

func (l *loader) take(n uint64) []byte {
	if n > uint64(len(l.data)) {
		l.bad, l.data = true, nil
		return nil
	}
	out := l.data[:n]
	l.data = l.data[n:]
	return out
}

func (l *loader) number() uint32 {
	b := l.take(4)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint32(b)
}

func (l *loader) texts() []string {
	count, size := l.number(), l.number()
	lengths := l.take(4 * uint64(count))
	text := string(l.take(uint64(size)))
	if l.bad {
		return nil
	}
	out := make([]string, count)
	at := uint64(0)
	for i := range out {
		n := uint64(binary.LittleEndian.Uint32(lengths[4*i:]))
		if at+n > uint64(len(text)) {
			l.bad = true
			return nil
		}
		out[i] = text[at : at+n]
		at += n
	}
	return out
}

// numbers reads a section whose count is a multiple of each.
func (l *loader) numbers(each uint32) []uint32 {
	count := l.number()
	b := l.take(4 * uint64(count))
	if l.bad || count%each != 0 {
		l.bad = true
		return nil
	}
	out := make([]uint32, count)
	for i := range out {
		out[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return out
}

func (ix *Index) fill(extras []string, spans, rows, rules []uint32) {
	ix.extras = make([]extra, len(extras)/len(extra{}))
	for i, s := range extras {
		ix.extras[i/len(extra{})][i%len(extra{})] = cpe.Value(s)
	}
	ix.spans = make([]span, len(spans)/2)
	for i := range ix.spans {
		ix.spans[i] = span{spans[2*i], spans[2*i+1]}
	}
	ix.rows = make([]row, len(rows)/3)
	for i := range ix.rows {
		ix.rows[i] = row{rows[3*i], rows[3*i+1], rows[3*i+2]}
	}
	ix.rules = make([]rule, len(rules)/5)
	for i := range ix.rules {
		n := rules[5*i:]
		ix.rules[i] = rule{n[0], uint64(n[2])<<32 | uint64(n[1]), uint64(n[4])<<32 | uint64(n[3])}
	}
}

// sound checks that every number points to something.
func (ix *Index) sound() bool {
	if len(ix.starts) != len(ix.names)+1 || len(ix.spans) != len(ix.rows) || len(ix.extras) == 0 {
		return false
	}
	if ix.starts[0] != 0 || int(ix.starts[len(ix.names)]) != len(ix.rows) {
		return false
	}
	for i := range ix.names {
		if ix.starts[i] > ix.starts[i+1] {
			return false
		}
	}
	for _, r := range ix.rows {
		if int(r.cve) >= len(ix.cves) || int(r.extra) >= len(ix.extras) {
			return false
		}
		if number, _, _ := splitRule(r.rule); r.rule != 0 && int(number) >= len(ix.rules) {
			return false
		}
	}
	for _, r := range ix.rules {
		if int(r.cve) >= len(ix.cves) {
			return false
		}
	}
	return true
}
