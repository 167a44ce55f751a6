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
// keys, starts, spans, rows, rules.
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
	out := &writer{out: w}
	out.data = append(out.data, magic...)
	out.texts(ix.cves)
	out.texts(ix.names)
	out.texts(ix.versions)
	extras := make([]string, 0, len(ix.extras)*attributeCount)
	for _, e := range ix.extras {
		for _, v := range e {
			extras = append(extras, string(v))
		}
	}
	out.texts(extras)
	out.count(2 * len(ix.keys))
	for _, k := range ix.keys {
		out.wide(k)
	}
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
		out.wide(r.positive)
		out.wide(r.negative)
	}
	out.flush()
	out.number(out.sum)
	out.flush()
	return out.err
}

// writer gathers numbers and texts and sums up what leaves it.
type writer struct {
	out  io.Writer
	data []byte
	sum  uint32 // CRC-32C of what was flushed
	err  error  // the first one
}

func (w *writer) flush() {
	w.sum = crc32.Update(w.sum, crc32.MakeTable(crc32.Castagnoli), w.data)
	if w.err == nil {
		_, w.err = w.out.Write(w.data)
	}
	w.data = w.data[:0]
}

// room flushes now and then.
func (w *writer) room() {
	const full = 1 << 16
	if len(w.data) >= full {
		w.flush()
	}
}

func (w *writer) number(n uint32) {
	w.room()
	w.data = binary.LittleEndian.AppendUint32(w.data, n)
}

func (w *writer) wide(n uint64) {
	w.room()
	w.data = binary.LittleEndian.AppendUint64(w.data, n)
}

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
		w.room()
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
	keys, starts, spans, rows, rules := in.numbers(2), in.numbers(1), in.numbers(2), in.numbers(3), in.numbers(5)
	if in.bad || len(in.data) != 0 || len(extras)%attributeCount != 0 {
		return nil, ErrDamaged
	}
	ix.fill(extras, keys, starts, spans, rows, rules)
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

// numbers gives the bytes of a section whose count is a multiple of each.
func (l *loader) numbers(each uint32) []byte {
	count := l.number()
	b := l.take(4 * uint64(count))
	if l.bad || count%each != 0 {
		l.bad = true
		return nil
	}
	return b
}

func (ix *Index) fill(extras []string, keys, starts, spans, rows, rules []byte) {
	number, wide := binary.LittleEndian.Uint32, binary.LittleEndian.Uint64
	ix.extras = make([]extra, len(extras)/attributeCount)
	for i, s := range extras {
		ix.extras[i/attributeCount][i%attributeCount] = cpe.Value(s)
	}
	ix.keys = make([]uint64, len(keys)/8)
	for i := range ix.keys {
		ix.keys[i] = wide(keys[8*i:])
	}
	ix.starts = make([]uint32, len(starts)/4)
	for i := range ix.starts {
		ix.starts[i] = number(starts[4*i:])
	}
	ix.spans = make([]span, len(spans)/8)
	for i := range ix.spans {
		b := spans[8*i : 8*i+8]
		ix.spans[i] = span{number(b), number(b[4:])}
	}
	ix.rows = make([]row, len(rows)/12)
	for i := range ix.rows {
		b := rows[12*i : 12*i+12]
		ix.rows[i] = row{number(b), number(b[4:]), number(b[8:])}
	}
	ix.rules = make([]rule, len(rules)/20)
	for i := range ix.rules {
		b := rules[20*i : 20*i+20]
		ix.rules[i] = rule{number(b), wide(b[4:]), wide(b[12:])}
	}
}

// sound checks that every number points to something.
func (ix *Index) sound() bool {
	if len(ix.starts) != len(ix.names)+1 || len(ix.spans) != len(ix.rows) || len(ix.extras) == 0 || len(ix.keys) != len(ix.versions) {
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
