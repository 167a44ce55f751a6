package capture

import (
	"math"
	"math/bits"
)

// iface is one interface of the current section.
type iface struct {
	link   LinkType
	snap   uint32
	binary bool   // time counts 2^-power seconds, else 10^-power
	power  uint8  // at most 63, and 19 for decimal ones
	scale  uint64 // decimal: nanoseconds per count, or counts per nanosecond above power 9
	offset int64  // seconds to add
}

// Options of an Interface Description Block, section 4.2.
const (
	optEnd        = 0
	optResolution = 9
	optOffset     = 14
)

// ngInterface reads an Interface Description Block, section 4.2.
//
//	link type 2 | reserved 2 | snap length 4 | options
func (r *Reader) ngInterface(b []byte) bool {
	if len(r.ng.ifaces) == maxIfaces {
		r.fail(ErrTooLarge, "too many interfaces")
		return false
	}
	i := iface{link: LinkType(r.order.Uint16(b)), snap: r.order.Uint32(b[4:])}
	resolution := uint8(6)
	for b = b[8:]; len(b) >= 4; {
		code, size := r.order.Uint16(b), int(r.order.Uint16(b[2:]))
		b = b[4:]
		if code == optEnd || size > len(b) {
			break
		}
		switch {
		case code == optResolution && size == 1:
			resolution = b[0]
		case code == optOffset && size == 8:
			i.offset = int64(r.order.Uint64(b))
		}
		b = b[min(len(b), (size+3)&^3):]
	}
	if !i.setResolution(resolution) {
		r.fail(ErrDamaged, "an interface has an impossible clock")
		return false
	}
	r.ng.ifaces = append(r.ng.ifaces, i)
	return true
}

// setResolution reads if_tsresol: the top bit chooses powers of two.
func (i *iface) setResolution(v uint8) bool {
	i.binary, i.power = v&0x80 != 0, v&0x7f
	if i.binary {
		return i.power <= 63
	}
	if i.power > 19 { // 10^19 is the last power in 64 bits
		return false
	}
	i.scale = 1
	for range max(9-int(i.power), int(i.power)-9) {
		i.scale *= 10
	}
	return true
}

// time turns a count of the interface's clock into nanoseconds since 1970 UTC.
// Counts beyond the year 2262 stop there.
func (i *iface) time(count uint64) int64 {
	switch {
	case i.binary:
		fraction := count & (1<<i.power - 1)
		high, low := bits.Mul64(fraction, second)
		return i.shift(nanos(count>>i.power, second), int64(high<<(64-i.power)|low>>i.power))
	case i.power > 9:
		return i.shift(int64(min(count/i.scale, math.MaxInt64)), 0)
	}
	return i.shift(nanos(count, i.scale), 0)
}

const second = 1_000_000_000 // nanoseconds

// nanos is count times scale, at most the largest time.
func nanos(count, scale uint64) int64 {
	high, low := bits.Mul64(count, scale)
	if high != 0 || low > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(low)
}

// shift adds nanoseconds and the interface's if_tsoffset.
func (i *iface) shift(time, ns int64) int64 {
	if time > math.MaxInt64-ns {
		return math.MaxInt64
	}
	time += ns
	if i.offset == 0 {
		return time
	}
	limit := int64(math.MaxInt64 / second)
	delta := max(min(i.offset, limit), -limit) * second
	if delta > 0 && time > math.MaxInt64-delta {
		return math.MaxInt64
	}
	return time + delta
}
