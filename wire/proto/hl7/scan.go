package hl7

import (
	"bytes"
	"math/bits"
)

// The keep-list: which fields of a segment are read, one bit each (HL7 segment
// and field numbers).
const (
	fieldsMSH = 1<<2 | 1<<3 | 1<<4 | 1<<5 | 1<<6 | 1<<9 | 1<<10 | 1<<11 | 1<<12 | 1<<18
	fieldsMSA = 1 << 1
	fieldsERR = 1 << 3
	fieldsOBX = 1<<3 | 1<<18
	fieldsPRT = 1 << 10
)

// wanted gives the fields of a segment that are kept.
func wanted(segment [3]byte) uint32 {
	switch string(segment[:]) {
	case "MSH":
		return fieldsMSH
	case "MSA":
		return fieldsMSA
	case "ERR":
		return fieldsERR
	case "OBX":
		return fieldsOBX
	case "PRT":
		return fieldsPRT
	}
	return 0
}

// enter moves to a field.
func (f *flow) enter(field int) {
	f.field = field
	f.keep = f.fields>>field&1 != 0
}

// run takes the bytes before the next one that step must see and gives how many
// they are: names, kept fields, and what is passed over.
func (f *flow) run(b []byte) (n int) {
	switch {
	case f.closed || len(b) < 4:
		return 0
	case f.nameLen == 0:
		if control(b[0]) || control(b[1]) || control(b[2]) {
			return 0
		}
		f.name, f.nameLen, n = [3]byte(b), 3, 3
	case !f.open || f.nameLen < 3:
		return 0
	case f.foreign:
		n = lineEnd(b)
	case f.field == 0:
		return 0
	case f.keep:
		n = f.fieldEnd(b)
		f.buf = append(f.buf, b[:min(n, maxField-len(f.buf))]...)
	case f.fields>>f.field>>1 == 0: // no later field is wanted
		n = lineEnd(b)
	default:
		n = f.pass(b)
	}
	f.size += uint64(n)
	return n
}

// pass goes over fields that are not wanted, up to the next that is.
func (f *flow) pass(b []byte) int {
	left := bits.TrailingZeros32(f.fields >> f.field)
	for i, c := range b {
		if c == f.sep {
			if left--; left == 0 {
				return i // step takes the separator
			}
			f.field++
		} else if control(c) {
			return i
		}
	}
	return len(b)
}

// fieldEnd gives the bytes before the next separator or control byte.
func (f *flow) fieldEnd(b []byte) int {
	for i, c := range b {
		if c == f.sep || control(c) {
			return i
		}
	}
	return len(b)
}

// control tells the bytes that end a segment or a message.
func control(c byte) bool {
	return c < ' ' && (c == cr || c == lf || c == startBlock || c == endBlock)
}

// lineEnd gives the bytes before the end of the segment.
func lineEnd(b []byte) int {
	n := len(b)
	for _, c := range [...]byte{cr, endBlock, startBlock, lf} {
		if i := bytes.IndexByte(b[:n], c); i >= 0 {
			n = i
		}
	}
	return n
}

// atParties tells that the next byte is the first of MSH-2.
func (f *flow) atParties() bool { return len(f.buf) == 0 && f.name == [3]byte{'M', 'S', 'H'} }

// sameParties takes MSH-2 to MSH-6 from the header before where b begins with
// the same bytes, and gives how many these are; else it notes them for the next.
func (f *flow) sameParties(b []byte) int {
	if n := len(f.parties); n > 0 && bytes.HasPrefix(b, f.parties) {
		h, old := &f.header, &f.previous
		h.Sender, h.SenderFacility, h.Receiver, h.ReceiverFacility = old.Sender, old.SenderFacility, old.Receiver, old.ReceiverFacility
		f.enter(7)
		f.size += uint64(n)
		return n
	}
	f.parties = f.parties[:0]
	left := 5 // separators up to the one behind MSH-6
	for i, c := range b[:min(len(b), maxParties)] {
		if control(c) {
			break
		}
		if c != f.sep {
			continue
		}
		if left--; left == 0 {
			f.parties = append(f.parties, b[:i+1]...)
			break
		}
	}
	return 0
}
