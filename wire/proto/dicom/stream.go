package dicom

import (
	"encoding/binary"

	"ward/wire/proto"
)

// Presentation data value (PS3.8 section 9.3.5.1): length u32, presentation
// context id u8, control u8, then length-2 bytes.
const (
	pdvHeader    = 6
	command      = 1 // control bit 0: command set, not data set (PS3.8 annex E.2)
	lastFragment = 2 // control bit 1
)

const (
	maxItem    = 8 << 10 // bytes read of one association item, the rest is skipped
	maxCommand = 2 << 10 // bytes read of one command set
	flushEvery = 10_000  // commands, then the counters are emitted
	maxAssocs  = 16      // associations described per session
)

// stage is what the next bytes of a direction are.
type stage uint8

const (
	atPDU   stage = iota // PDU header
	atFixed              // fixed part of an A-ASSOCIATE PDU
	atItem               // header of an association item
	inItem               // body of an association item
	atShort              // body of RJ, RELEASE or ABORT
	atPDV                // PDV header
	inPDV                // PDV body
	lost                 // out of step: waits for a P-DATA header at the start of a segment
)

// flow follows one direction. In the long run of an image it only counts skip
// down.
type flow struct {
	stage stage
	skip  uint64 // bytes to pass over before the stage goes on
	pdu   byte   // type of the present PDU
	left  uint32 // bytes of it that stages have yet to claim
	need  int    // bytes wanted in buf before the stage can act
	buf   []byte // header or item being collected
	cmd   []byte // command set being collected
	over  bool   // the command set was longer than maxCommand
	last  bool   // the present PDV is the last fragment
	kind  byte   // type of the association item being read
	tail  uint64 // bytes of it beyond maxItem
}

// parser follows one TCP session.
type parser struct {
	flows [2]flow
	assoc association
	ops   operations
}

// Bytes that one entry of a list holds, about.
const (
	perClass   = 128
	perCounter = 256
	perPending = 32
)

// Held implements proto.Holder.
func (p *parser) Held() int {
	held := cap(p.assoc.proposed)*perClass + cap(p.ops.counters)*perCounter + cap(p.ops.waiting)*perPending
	for i := range p.flows {
		d := &p.assoc.draft[i]
		held += cap(p.flows[i].buf) + cap(p.flows[i].cmd) + (cap(d.SOPClasses)+cap(d.Accepted)+cap(d.Roles))*perClass
	}
	return held
}

func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	f := &p.flows[dir]
	if f.stage == lost {
		if !resync(b) {
			return true
		}
		*f = flow{}
	}
	for len(b) > 0 && f.stage != lost {
		if f.skip > 0 {
			n := min(f.skip, uint64(len(b)))
			f.skip -= n
			b = b[n:]
			continue
		}
		b = p.step(dir, f, b, emit)
	}
	return true
}

// Gap keeps in step when the lost bytes lie within an image.
func (p *parser) Gap(dir proto.Dir, n int) {
	f := &p.flows[dir]
	switch {
	case f.stage == lost:
	case n > 0 && f.skip >= uint64(n):
		f.skip -= uint64(n)
	default:
		*f = flow{stage: lost}
	}
}

func (p *parser) Close(emit proto.Emit) { p.ops.flush(emit) }

// step collects what the stage needs and acts on it. It returns the bytes left.
func (p *parser) step(dir proto.Dir, f *flow, b []byte, emit proto.Emit) []byte {
	if f.need == 0 {
		f.need = f.stage.size()
	}
	n := min(f.need-len(f.buf), len(b))
	f.buf = append(f.buf, b[:n]...)
	if len(f.buf) == f.need {
		whole := f.buf
		f.need, f.buf = 0, f.buf[:0]
		p.act(dir, f, whole, emit)
	}
	return b[n:]
}

// size is the length of the parts that have a fixed one.
func (s stage) size() int {
	switch s {
	case atFixed:
		return fixedFields
	case atItem, atShort:
		return shortPDU
	}
	return pduHeader // atPDU and atPDV
}

func (p *parser) act(dir proto.Dir, f *flow, whole []byte, emit proto.Emit) {
	switch f.stage {
	case atPDU:
		f.startPDU(whole)
	case atFixed:
		f.left -= fixedFields
		p.assoc.begin(dir, f.pdu, whole)
		p.nextItem(dir, f, emit)
	case atItem:
		p.startItem(dir, f, whole, emit)
	case inItem:
		p.assoc.item(dir, f.kind, whole)
		p.nextItem(dir, f, emit)
		f.skip, f.tail = f.skip+f.tail, 0
	case atShort:
		f.stage = atPDU
		p.assoc.short(dir, f.pdu, whole, emit)
	case atPDV:
		p.startPDV(dir, f, whole, emit)
	case inPDV:
		p.endFragment(dir, f, whole, emit)
	}
}

// startPDU reads a PDU header and chooses the stage of its body.
func (f *flow) startPDU(h []byte) {
	f.pdu, f.left = h[0], binary.BigEndian.Uint32(h[2:])
	switch {
	case h[1] != 0:
		f.stage = lost
	case (f.pdu == pduRequest || f.pdu == pduAccept) && f.left >= fixedFields && f.left <= maxAssocPDU:
		f.stage = atFixed
	case f.pdu == pduData && f.left == 0:
		f.stage = atPDU
	case f.pdu == pduData && f.left >= pdvHeader:
		f.stage = atPDV
	case f.pdu == pduReject || f.pdu >= pduRelease && f.pdu <= pduAbort:
		if f.left != shortPDU {
			f.stage = lost
			return
		}
		f.stage = atShort
	default:
		f.stage = lost
	}
}

// nextItem goes to the next association item or ends the PDU.
func (p *parser) nextItem(dir proto.Dir, f *flow, emit proto.Emit) {
	if f.left >= shortPDU {
		f.stage = atItem
		return
	}
	f.skip, f.left = uint64(f.left), 0
	f.stage, f.buf = atPDU, nil
	p.assoc.end(dir, emit)
}

// startItem reads an item header: type, reserved, length u16.
func (p *parser) startItem(dir proto.Dir, f *flow, h []byte, emit proto.Emit) {
	n := uint32(binary.BigEndian.Uint16(h[2:]))
	f.left -= shortPDU
	n = min(n, f.left)
	f.left -= n
	f.kind = h[0]
	if keep := min(n, maxItem); keep > 0 && wanted(f.kind) {
		f.stage, f.need, f.tail = inItem, int(keep), uint64(n-keep)
		return
	}
	p.nextItem(dir, f, emit)
	f.skip += uint64(n)
}

// startPDV reads a PDV header. Data sets are passed over by count.
func (p *parser) startPDV(dir proto.Dir, f *flow, h []byte, emit proto.Emit) {
	n := binary.BigEndian.Uint32(h)
	if n < 2 || uint64(n)+4 > uint64(f.left) || h[4]&1 == 0 {
		f.stage = lost
		return
	}
	f.left -= n + 4
	n -= 2
	f.last = h[5]&lastFragment != 0
	if h[5]&command == 0 {
		p.ops.data(dir, uint64(n))
		f.skip = uint64(n)
		f.nextPDV()
		return
	}
	f.stage = inPDV
	f.over = f.over || n > maxCommand
	f.need = int(n)
	if n == 0 || f.over {
		f.need, f.skip = 0, uint64(n)
		p.endFragment(dir, f, nil, emit)
	}
}

// endFragment joins command fragments and hands on the whole set.
func (p *parser) endFragment(dir proto.Dir, f *flow, part []byte, emit proto.Emit) {
	if len(f.cmd)+len(part) > maxCommand {
		f.over = true
	}
	switch {
	case f.over:
		f.cmd, f.over = f.cmd[:0], !f.last
	case f.last && len(f.cmd) == 0:
		p.ops.command(dir, part, emit)
	default:
		f.cmd = append(f.cmd, part...)
		if f.last {
			p.ops.command(dir, f.cmd, emit)
			f.cmd = f.cmd[:0]
		}
	}
	f.nextPDV()
}

func (f *flow) nextPDV() {
	f.stage = atPDV
	if f.left < pdvHeader {
		f.skip += uint64(f.left)
		f.left, f.stage = 0, atPDU
	}
}
