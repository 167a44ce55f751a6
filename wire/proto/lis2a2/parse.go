package lis2a2

import (
	"ward/wire/proto"
)

// Control characters of LIS01-A2 section 5.
const (
	stx = 0x02
	etx = 0x03
	eot = 0x04
	enq = 0x05
	ack = 0x06
	nak = 0x15
	etb = 0x17
	lf  = 0x0a
	cr  = 0x0d
)

const (
	maxHeader     = 1 << 10 // bytes read of a header record
	maxSenders    = 16      // distinct headers emitted per side
	maxComponents = 12      // of H-5
	maxText       = 64      // bytes kept of one component
)

// recordTypes are the first letters of LIS2-A2 section 5.
const recordTypes = "HPORCQMSL"

type parser struct{ flows [2]flow }

// place is where in a frame the next byte stands.
type place uint8

const (
	between place = iota // outside frames: control characters or bare records
	number               // the frame number
	text                 // frame text
	check1               // first checksum digit
	check2
)

// flow follows one direction.
type flow struct {
	place   place
	sum     byte
	given   byte   // the checksum as sent
	kind    byte   // letter of the present record, 0 at its start
	bare    bool   // the present record is outside frames
	header  []byte // the present header record
	counts  [len(recordTypes)]uint64
	senders []string // headers emitted, as key
	traffic Traffic
}

func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	f := &p.flows[dir]
	for _, c := range b {
		switch f.place {
		case between:
			f.outside(dir, c, emit)
		case number:
			f.sum, f.place = c, text
		case text:
			f.inside(dir, c, emit)
		case check1:
			f.given, f.place = hexDigit(c)<<4, check2
		case check2:
			if f.given|hexDigit(c) != f.sum {
				f.traffic.Checksums++
			}
			f.place = between
		}
	}
	return true
}

// Gap drops the present record; the next frame begins anew.
func (p *parser) Gap(dir proto.Dir, _ int) {
	f := &p.flows[dir]
	f.place, f.header = between, f.header[:0]
	f.kind = '?' // pass to the end of the record
}

func (p *parser) Close(emit proto.Emit) {
	for dir := range p.flows {
		f := &p.flows[dir]
		f.endRecord(proto.Dir(dir), emit)
		t := f.traffic
		for i, n := range f.counts {
			if n > 0 {
				t.Records = append(t.Records, Record{recordTypes[i : i+1], n})
			}
		}
		if t.Frames > 0 || t.Records != nil || t.Enquiries > 0 || t.Naks > 0 || t.Acks > 0 {
			emit(proto.Dir(dir), t)
		}
	}
}

// outside takes a byte between frames.
func (f *flow) outside(dir proto.Dir, c byte, emit proto.Emit) {
	switch c {
	case stx:
		f.place = number
		f.traffic.Frames++
	case enq:
		f.traffic.Enquiries++
	case ack:
		f.traffic.Acks++
	case nak:
		f.traffic.Naks++
	case eot:
		f.endRecord(dir, emit)
	case cr, lf:
		if f.bare || f.kind == '?' {
			f.endRecord(dir, emit)
		}
	default:
		if f.kind == 0 {
			f.bare = true
		}
		f.record(c)
	}
}

// inside takes a byte of frame text. A record may go on in the next frame (ETB).
func (f *flow) inside(dir proto.Dir, c byte, emit proto.Emit) {
	f.sum += c
	switch c {
	case stx: // a frame without end
		f.place, f.sum = number, 0
		f.endRecord(dir, emit)
		f.traffic.Frames++
	case etx:
		f.endRecord(dir, emit)
		f.place = check1
	case etb:
		f.place = check1
	case cr, lf:
		f.endRecord(dir, emit)
	default:
		f.record(c)
	}
}

// record takes a byte of a record: its letter, and a header's text.
func (f *flow) record(c byte) {
	if f.kind == 0 {
		f.kind = c
	}
	if f.kind == 'H' && len(f.header) < maxHeader {
		f.header = append(f.header, c)
	}
}

func (f *flow) endRecord(dir proto.Dir, emit proto.Emit) {
	for i := range len(recordTypes) {
		if f.kind == recordTypes[i] {
			f.counts[i]++
			if f.bare || f.kind == '?' {
				f.traffic.Unframed++
			}
		}
	}
	if f.kind == 'H' {
		f.sender(dir, emit)
	}
	f.kind, f.bare, f.header = 0, false, f.header[:0]
}

func hexDigit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 0
}
