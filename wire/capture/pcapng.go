package capture

import "encoding/binary"

// Block types of pcapng (draft-ietf-opsawg-pcapng section 10.1).
const (
	blockSection   = 0x0a0d0d0a
	blockInterface = 1
	blockPacket    = 2 // obsolete
	blockSimple    = 3
	blockEnhanced  = 6
)

// Smallest lengths of blocks, with type, both lengths and the fixed fields.
const (
	minBlock     = 12
	minSection   = 28
	minInterface = 20
	minPacket    = 32
	minSimple    = 16
	minEnhanced  = 32
)

const orderMagic = 0x1a2b3c4d

// ngState is where the reader is in a pcapng file.
type ngState struct {
	section bool // a section header was read
	ifaces  []iface
	skip    int    // bytes left of a block that is passed over, with its last length field
	length  uint32 // total length of that block
}

// ngFrame reads blocks up to and with the next frame.
//
//	block type 4 | total length 4 | body, padded to 4 | total length 4
func (r *Reader) ngFrame(f *Frame) (need int) {
	for {
		if r.ng.skip > 0 {
			if need = r.ngSkip(); need > 0 {
				return need
			}
		}
		b := r.buf[r.pos:r.end]
		if len(b) < minBlock {
			return minBlock
		}
		if binary.BigEndian.Uint32(b) == blockSection && !r.ngOrder(b) {
			return 1
		}
		if !r.ng.section {
			r.fail(ErrDamaged, "no section header")
			return 1
		}
		kind, length := r.order.Uint32(b), r.order.Uint32(b[4:])
		least, held := ngLeast(kind)
		switch {
		case length < uint32(least) || length%4 != 0:
			r.fail(ErrDamaged, "a block has an impossible length")
			return 1
		case held && length > maxBlock || length > maxSkip:
			r.fail(ErrTooLarge, "the file is damaged from here on")
			return 1
		case !held:
			r.ng.skip, r.ng.length = int(length)-8, length
			r.pos += 8
			continue
		case len(b) < int(length):
			return int(length)
		}
		got, ok := r.ngBlock(f, kind, b[:length])
		if !ok {
			return 1
		}
		r.pos += int(length)
		if got {
			return 0
		}
	}
}

// ngLeast is the smallest length of a block, and whether it must be held whole.
func ngLeast(kind uint32) (least int, held bool) {
	switch kind {
	case blockSection:
		return minSection, true
	case blockInterface:
		return minInterface, true
	case blockPacket:
		return minPacket, true
	case blockSimple:
		return minSimple, true
	case blockEnhanced:
		return minEnhanced, true
	}
	return minBlock, false // statistics, names, secrets, custom: nothing we may keep
}

// ngSkip passes over a block without holding it.
func (r *Reader) ngSkip() (need int) {
	if over := min(r.ng.skip-4, r.end-r.pos); over > 0 {
		r.pos += over
		r.ng.skip -= over
	}
	if r.ng.skip > 4 {
		return 1
	}
	if r.end-r.pos < 4 {
		return 4
	}
	if r.order.Uint32(r.buf[r.pos:]) != r.ng.length {
		r.fail(ErrDamaged, "the two lengths of a block differ")
		return 1
	}
	r.pos += 4
	r.ng.skip = 0
	return 0
}

// ngOrder takes the byte order from a section header: it must be known before
// the block's length can be read.
func (r *Reader) ngOrder(b []byte) bool {
	switch {
	case binary.LittleEndian.Uint32(b[8:]) == orderMagic:
		r.order = binary.LittleEndian
	case binary.BigEndian.Uint32(b[8:]) == orderMagic:
		r.order = binary.BigEndian
	default:
		r.fail(ErrDamaged, "a section has no byte order")
		return false
	}
	r.ng.section = true
	return true
}

// ngBlock reads one whole block: frame tells whether f was filled, ok is false
// with r.err set if the block is damaged.
func (r *Reader) ngBlock(f *Frame, kind uint32, b []byte) (frame, ok bool) {
	if r.order.Uint32(b[len(b)-4:]) != uint32(len(b)) {
		r.fail(ErrDamaged, "the two lengths of a block differ")
		return false, false
	}
	body := b[8 : len(b)-4]
	switch kind {
	case blockEnhanced:
		return true, r.ngEnhanced(f, body)
	case blockPacket:
		return true, r.ngPacket(f, body)
	case blockSimple:
		return true, r.ngSimple(f, body)
	case blockInterface:
		return false, r.ngInterface(body)
	}
	if major := r.order.Uint16(body[4:]); major != 1 {
		r.fail(ErrDamaged, "only version 1 of the pcapng format is known")
		return false, false
	}
	r.ng.ifaces = r.ng.ifaces[:0] // interfaces belong to their section
	return false, true
}

// ngEnhanced reads an Enhanced Packet Block, section 4.3.
//
//	interface 4 | time high 4 | time low 4 | captured 4 | wire 4 | data | options
func (r *Reader) ngEnhanced(f *Frame, b []byte) bool {
	o := r.order
	return r.ngData(f, int(o.Uint32(b)), o.Uint32(b[4:]), o.Uint32(b[8:]), o.Uint32(b[12:]), o.Uint32(b[16:]), b[20:])
}

// ngPacket reads the obsolete Packet Block, appendix A.
//
//	interface 2 | drops 2 | time high 4 | time low 4 | captured 4 | wire 4 | data | options
func (r *Reader) ngPacket(f *Frame, b []byte) bool {
	o := r.order
	return r.ngData(f, int(o.Uint16(b)), o.Uint32(b[4:]), o.Uint32(b[8:]), o.Uint32(b[12:]), o.Uint32(b[16:]), b[20:])
}

func (r *Reader) ngData(f *Frame, n int, high, low, size, wire uint32, b []byte) bool {
	switch {
	case n < 0 || n >= len(r.ng.ifaces):
		r.fail(ErrDamaged, "a frame of an interface that was not described")
		return false
	case size > maxFrame:
		r.fail(ErrTooLarge, "the file is damaged from here on")
		return false
	case int(size) > len(b):
		r.fail(ErrDamaged, "a frame is longer than its block")
		return false
	}
	i := &r.ng.ifaces[n]
	r.deliver(f, b[:size:size], wire, i.time(uint64(high)<<32|uint64(low)), n, i.link)
	return true
}

// ngSimple reads a Simple Packet Block, section 4.4. It has no time and takes
// that of the frame before it; its captured length follows from the snap length.
func (r *Reader) ngSimple(f *Frame, b []byte) bool {
	if len(r.ng.ifaces) == 0 {
		r.fail(ErrDamaged, "a frame of an interface that was not described")
		return false
	}
	i := &r.ng.ifaces[0]
	wire := r.order.Uint32(b)
	size := min(wire, uint32(len(b)-4))
	if i.snap > 0 {
		size = min(size, i.snap)
	}
	if size > maxFrame {
		r.fail(ErrTooLarge, "the file is damaged from here on")
		return false
	}
	r.deliver(f, b[4:4+size:4+size], wire, r.now, 0, i.link)
	return true
}
