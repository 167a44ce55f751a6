// Package traffic turns sessions into compact blocks of columns and back: whole
// sessions, and sums of them by hour. It is bytes to bytes and knows no database.
//
// A block is a Table: each column is cut into frames of 1024 values; a frame
// keeps its smallest value and, for each row, the distance to it in as few bits
// as the largest needs. So a value is read without unpacking its neighbours.
//
//	magic, version, columns (1 byte each), 0, rows (4 bytes, little endian)
//	for each column and frame: smallest (8 bytes, little endian), bits (1 byte)
//	for each column and frame: the distances, bit-packed, up to a full byte
//	8 bytes of zero
//
// It refuses tables whose length is not exactly what their head says.
package traffic

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

// ErrDamaged says that bytes are no block.
var ErrDamaged = errors.New("traffic: a damaged block")

// Limits of one table.
const (
	MaxRows    = 1 << 16
	MaxColumns = 32
)

const (
	magic     = 'T'
	version   = 1
	headLen   = 8
	frameRows = 1024
	frameLen  = 9
	tail      = 8 // so that a value is always read with one 8-byte load
)

// Table is a packed table. The zero value has no rows.
type Table struct {
	rows, columns int
	frames        []frame
	data          []byte
}

type frame struct {
	least uint64
	mask  uint64
	at    uint32 // offset in data
	bits  uint8
}

func framesOf(rows int) int { return (rows + frameRows - 1) / frameRows }

// Pack writes a table of columns of the same length, at most MaxRows.
func Pack(columns [][]uint64) []byte {
	rows := len(columns[0])
	per := framesOf(rows)
	b := make([]byte, headLen+frameLen*per*len(columns), headLen+frameLen*per*len(columns)+rows*32+tail)
	b[0], b[1], b[2] = magic, version, byte(len(columns))
	binary.LittleEndian.PutUint32(b[4:], uint32(rows))
	head := headLen
	for _, c := range columns {
		for len(c) > 0 {
			f := c[:min(frameRows, len(c))]
			c = c[len(f):]
			least, most := f[0], f[0]
			for _, v := range f {
				least, most = min(least, v), max(most, v)
			}
			width := bits.Len64(most - least)
			binary.LittleEndian.PutUint64(b[head:], least)
			b[head+8] = byte(width)
			head += frameLen
			b = packFrame(b, f, least, width)
		}
	}
	return append(b, make([]byte, tail)...)
}

func packFrame(b []byte, f []uint64, least uint64, width int) []byte {
	if width == 0 {
		return b
	}
	var word uint64
	used := 0
	for _, v := range f {
		v -= least
		word |= v << used
		used += width
		if used >= 64 {
			b = binary.LittleEndian.AppendUint64(b, word)
			used -= 64
			word = v >> (width - used) // 0 where used is 0: shifts of 64 give 0
		}
	}
	for ; used > 0; used -= 8 {
		b = append(b, byte(word))
		word >>= 8
	}
	return b
}

// Open reads the head of a table. The table keeps b.
func Open(b []byte) (Table, error) {
	if len(b) < headLen+tail || b[0] != magic || b[1] != version || b[3] != 0 {
		return Table{}, ErrDamaged
	}
	t := Table{columns: int(b[2]), rows: int(binary.LittleEndian.Uint32(b[4:]))}
	if t.columns == 0 || t.columns > MaxColumns || t.rows == 0 || t.rows > MaxRows {
		return Table{}, ErrDamaged
	}
	per := framesOf(t.rows)
	if len(b) < headLen+frameLen*per*t.columns+tail {
		return Table{}, ErrDamaged
	}
	t.data = b[headLen+frameLen*per*t.columns:]
	t.frames = make([]frame, per*t.columns)
	at := 0
	for i := range t.frames {
		h := b[headLen+i*frameLen:]
		width := int(h[8])
		if width > 64 {
			return Table{}, ErrDamaged
		}
		n := min(frameRows, t.rows-i%per*frameRows)
		t.frames[i] = frame{least: binary.LittleEndian.Uint64(h), mask: 1<<width - 1, at: uint32(at), bits: h[8]}
		at += (n*width + 7) / 8
	}
	if at+tail != len(t.data) {
		return Table{}, ErrDamaged
	}
	return t, nil
}

// Rows is the number of rows.
func (t *Table) Rows() int { return t.rows }

// At reads one value.
func (t *Table) At(column, row int) uint64 {
	f := &t.frames[column*framesOf(t.rows)+row/frameRows]
	return f.least + t.distance(f, row%frameRows)
}

func (t *Table) distance(f *frame, i int) uint64 {
	pos := i * int(f.bits)
	at := int(f.at) + pos>>3
	shift := pos & 7
	v := binary.LittleEndian.Uint64(t.data[at:]) >> shift
	if over := shift + int(f.bits) - 64; over > 0 {
		v |= uint64(t.data[at+8]) << (64 - shift)
	}
	return v & f.mask
}

// Column reads the values [from, to) of a column into dst, which it returns
// with that length.
func (t *Table) Column(column, from, to int, dst []uint64) []uint64 {
	if cap(dst) < to-from {
		dst = make([]uint64, to-from)
	}
	dst = dst[:to-from]
	out := dst
	for at := from; at < to; {
		f := &t.frames[column*framesOf(t.rows)+at/frameRows]
		end := min(to, (at/frameRows+1)*frameRows)
		t.unpack(f, at%frameRows, out[:end-at])
		out = out[end-at:]
		at = end
	}
	return dst
}

func (t *Table) unpack(f *frame, from int, out []uint64) {
	width := int(f.bits)
	switch {
	case width == 0:
		for i := range out {
			out[i] = f.least
		}
	case width > 57:
		for i := range out {
			out[i] = f.least + t.distance(f, from+i)
		}
	default:
		pos, data, mask, least := from*width, t.data[f.at:], f.mask, f.least
		for i := range out {
			out[i] = least + binary.LittleEndian.Uint64(data[pos>>3:])>>(pos&7)&mask
			pos += width
		}
	}
}
