package hl7

import "ward/wire/proto"

// Bytes of MLLP and of segments (HL7 v2 section 2.5.4, MLLP release 1).
const (
	startBlock = 0x0b
	endBlock   = 0x1c
	cr         = 0x0d
	lf         = 0x0a
)

const (
	maxField   = 256 // bytes read of one kept field
	maxText    = 64  // bytes kept of one component
	maxKinds   = 64  // distinct messages, devices, and names of each tally per side
	lastIDs    = 64  // control ids remembered for duplicates
	maxParties = 256 // bytes of MSH-2 to MSH-6 remembered
	otherName  = "other"
)

type parser struct{ flows [2]flow }

// flow follows one direction.
type flow struct {
	framed   bool // the present message began with a start block
	open     bool // within a message
	closed   bool // an end block came, the carriage return has yet to
	name     [3]byte
	nameLen  int
	foreign  bool   // the segment's name is none: pass to its end
	fields   uint32 // of the segment that are kept, one bit each
	field    int
	keep     bool
	buf      []byte // the field being kept
	sep      byte
	encoding [4]byte // component, repetition, escape, subcomponent
	size     uint64  // bytes of the present message

	header     Message
	previous   Message  // the header before: most are the same but for time and id
	parties    []byte   // MSH-2 to MSH-6 of header as they came, empty: not known
	seen       []uint64 // hashes of the messages emitted
	devices    []uint64 // and of the devices
	fieldsSeen []uint64 // and of the fields that named devices, as they came
	traffic    Traffic
	tallies    tallies
	ids        []uint64 // of the last messages
	controlID  uint64
}

func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	f := &p.flows[dir]
	for len(b) > 0 {
		n := f.run(b)
		if n < len(b) {
			f.step(dir, b[n], emit)
			n++
			if f.field == 2 && f.atParties() {
				n += f.sameParties(b[n:])
			}
		}
		b = b[n:]
	}
	return true
}

// Gap drops the present message. The next start block begins anew.
func (p *parser) Gap(dir proto.Dir, _ int) {
	f := &p.flows[dir]
	if f.open {
		f.traffic.Malformed++
	}
	f.reset()
}

func (p *parser) Close(emit proto.Emit) {
	for dir := range p.flows {
		f := &p.flows[dir]
		f.endSegment(proto.Dir(dir), emit)
		f.endMessage(false)
		if f.traffic.Messages > 0 || f.traffic.Malformed > 0 {
			emit(proto.Dir(dir), f.tallies.add(f.traffic))
		}
	}
}

// step takes one byte.
func (f *flow) step(dir proto.Dir, c byte, emit proto.Emit) {
	f.size++
	if f.closed { // after the end block
		f.closed = false
		if c == cr {
			return
		}
		f.traffic.Malformed++
	}
	switch {
	case c == startBlock:
		f.endSegment(dir, emit)
		f.endMessage(false)
		f.reset()
		f.framed = true
	case c == endBlock:
		f.endSegment(dir, emit)
		f.endMessage(true)
		f.reset()
		f.closed = true
	case c == cr || c == lf:
		f.endSegment(dir, emit)
	case f.foreign:
	case f.nameLen < 3:
		f.name[f.nameLen] = c
		f.nameLen++
	case f.field == 0:
		f.beginFields(dir, c, emit)
	case c == f.sep:
		f.endField(dir, emit)
		f.enter(f.field + 1)
	case f.keep && len(f.buf) < maxField:
		f.buf = append(f.buf, c)
	}
}

// beginFields acts on the byte behind a segment's name.
func (f *flow) beginFields(dir proto.Dir, c byte, emit proto.Emit) {
	switch {
	case string(f.name[:]) == "MSH" && !alphanumeric(c):
		if f.open { // the message before had no end
			f.endMessage(false)
			f.framed = false
		}
		if c != f.sep {
			f.parties = f.parties[:0]
		}
		f.open, f.sep, f.size = true, c, uint64(len("MSH|"))
		f.header, f.previous, f.controlID = Message{}, f.header, 0
		f.fields = fieldsMSH
		f.enter(2) // MSH-1 is the separator itself
	case f.open && c == f.sep && segmentName(f.name):
		f.fields = wanted(f.name)
		f.enter(1)
	default:
		f.foreign = true
		return
	}
	f.tallies.segments.add(f.name[:])
}

func segmentName(n [3]byte) bool {
	return n[0] >= 'A' && n[0] <= 'Z' && upperDigit(n[1]) && upperDigit(n[2])
}

func upperDigit(c byte) bool { return c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' }

// endField hands on a kept field.
func (f *flow) endField(dir proto.Dir, emit proto.Emit) {
	if !f.keep {
		return
	}
	b := f.buf
	f.buf, f.keep = f.buf[:0], false
	switch string(f.name[:]) {
	case "MSH":
		f.headerField(b)
	case "MSA":
		f.tallies.acks.add(ackCode(b))
	case "ERR":
		f.tallies.errors.add(errorCode(f.component(b, 0)))
	case "OBX":
		if f.field == 3 {
			f.observation(b)
			return
		}
		f.equipment(dir, "OBX-18", b, emit)
	case "PRT":
		f.equipment(dir, "PRT-10", b, emit)
	}
}

// endSegment ends the present segment, and with MSH shows the message.
func (f *flow) endSegment(dir proto.Dir, emit proto.Emit) {
	if f.field > 0 {
		f.endField(dir, emit)
		if string(f.name[:]) == "MSH" {
			f.show(dir, emit)
		}
	}
	f.nameLen, f.field, f.foreign, f.keep = 0, 0, false, false
	f.buf = f.buf[:0]
}

// show emits a kind of message at its first sight and counts it.
func (f *flow) show(dir proto.Dir, emit proto.Emit) {
	if f.header.Type == "" {
		f.header.Type = otherName
	}
	f.tallies.types.addText(f.header.Type)
	f.duplicate()
	if f.header != f.previous && first(&f.seen, f.header.hash()) {
		emit(dir, f.header)
	}
}

// duplicate compares the control id's hash with the last ones.
func (f *flow) duplicate() {
	if f.controlID == 0 {
		return
	}
	for _, id := range f.ids {
		if id == f.controlID {
			f.traffic.Duplicates++
			return
		}
	}
	at := int(f.traffic.Messages % lastIDs)
	for len(f.ids) <= at {
		f.ids = append(f.ids, 0)
	}
	f.ids[at] = f.controlID
}

// endMessage counts the message; clean says that an end block closed it.
func (f *flow) endMessage(clean bool) {
	if !f.open {
		return
	}
	f.open = false
	f.traffic.Messages++
	f.traffic.Bytes += f.size
	f.traffic.Longest = max(f.traffic.Longest, f.size)
	if !clean || !f.framed {
		f.traffic.Malformed++
	}
}

func (f *flow) reset() {
	f.open, f.framed, f.closed = false, false, false
	f.nameLen, f.field, f.foreign, f.keep = 0, 0, false, false
	f.buf, f.size = f.buf[:0], 0
}
