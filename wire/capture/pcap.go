package capture

import "encoding/binary"

// pcapState is what the header of a pcap file says (draft-ietf-opsawg-pcap).
type pcapState struct {
	unit   int64 // nanoseconds of one sub-second count
	record int   // length of a record header
	link   LinkType
	old    bool // up to version 2.3 the two lengths may be the other way round
}

// Magic numbers, as written by a big-endian host.
const (
	magicMicro    = 0xa1b2c3d4
	magicNano     = 0xa1b23c4d
	magicModified = 0xa1b2cd34 // Linux 2.x patch: 8 more bytes in each record
)

const (
	pcapFileHeader     = 24
	pcapRecord         = 16
	pcapRecordModified = 24
)

func pcapMagic(b []byte) (binary.ByteOrder, pcapState, bool) {
	for _, order := range [...]binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		switch order.Uint32(b) {
		case magicMicro:
			return order, pcapState{unit: 1000, record: pcapRecord}, true
		case magicNano:
			return order, pcapState{unit: 1, record: pcapRecord}, true
		case magicModified:
			return order, pcapState{unit: 1000, record: pcapRecordModified}, true
		}
	}
	return nil, pcapState{}, false
}

// pcapHeader reads the file header. The upper half of the link type holds the
// length of a frame check sequence, which no decoder here needs.
//
//	magic 4 | major 2 | minor 2 | zone 4 | accuracy 4 | snap length 4 | link type 4
func (r *Reader) pcapHeader() error {
	if !r.fill(pcapFileHeader) {
		r.more(pcapFileHeader)
		return r.err
	}
	b := r.buf[r.pos:]
	if major := r.order.Uint16(b[4:]); major != 2 {
		return r.fail(ErrDamaged, "only version 2 of the pcap format is known")
	}
	r.pcap.old = r.order.Uint16(b[6:]) <= 3
	r.pcap.link = LinkType(r.order.Uint32(b[20:]))
	r.pos += pcapFileHeader
	return nil
}

// pcapFrame reads one record.
//
//	seconds 4 | fraction 4 | captured length 4 | wire length 4 | data
func (r *Reader) pcapFrame(f *Frame) (need int) {
	b := r.buf[r.pos:r.end]
	if len(b) < pcapRecord {
		return r.pcap.record
	}
	var sec, frac, size, wire uint32
	if r.order == binary.LittleEndian { // written out: the calls through the interface cost a third
		sec, frac = binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])
		size, wire = binary.LittleEndian.Uint32(b[8:]), binary.LittleEndian.Uint32(b[12:])
	} else {
		sec, frac = binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
		size, wire = binary.BigEndian.Uint32(b[8:]), binary.BigEndian.Uint32(b[12:])
	}
	if r.pcap.old && size > wire {
		size, wire = wire, size
	}
	if size > maxFrame {
		r.fail(ErrTooLarge, "the file is damaged from here on")
		return 1
	}
	total := r.pcap.record + int(size)
	if len(b) < total {
		return total
	}
	r.pos += total
	time := int64(sec)*1_000_000_000 + int64(frac)*r.pcap.unit
	r.deliver(f, b[r.pcap.record:total:total], wire, time, 0, r.pcap.link)
	return 0
}
