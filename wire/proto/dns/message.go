package dns

import (
	"encoding/binary"
	"net/netip"
)

const (
	headerSize = 12
	maxRecords = 512 // in one message, all sections
	maxAddrs   = 8   // kept of one answer

	typeA, typePTR, typeTXT, typeAAAA, typeSRV = 1, 12, 16, 28, 33
)

// message is the frame of one DNS message, RFC 1035 section 4.1. Names are
// offsets into raw until somebody needs them.
type message struct {
	raw                []byte
	id, flags          uint16
	qd, an, ns, ar     int
	qname              int // offset of the first question's name
	qtype, qclass      uint16
	records            int // offset of the first record after the questions
	complete, trailing bool
}

func (m *message) response() bool { return m.flags&0x8000 != 0 }
func (m *message) opcode() uint16 { return m.flags >> 11 & 15 }
func (m *message) rcode() uint8   { return uint8(m.flags & 15) }
func (m *message) truncated() bool {
	const tc = 0x0200
	return m.flags&tc != 0
}

// parse reads the header and the questions and walks all records. It fails if
// the header is not plausible or a question cannot be read; complete tells
// whether the records could all be walked.
func parse(b []byte) (m message, ok bool) {
	if len(b) < headerSize {
		return m, false
	}
	be := binary.BigEndian
	m = message{raw: b, id: be.Uint16(b), flags: be.Uint16(b[2:]), qd: int(be.Uint16(b[4:])), an: int(be.Uint16(b[6:])),
		ns: int(be.Uint16(b[8:])), ar: int(be.Uint16(b[10:]))}
	if !m.plausibleHeader() {
		return m, false
	}
	at := headerSize
	for i := range m.qd {
		next, ok := skipName(b, at)
		if !ok || next+4 > len(b) {
			return m, false
		}
		if i == 0 {
			m.qname, m.qtype, m.qclass = at, be.Uint16(b[next:]), be.Uint16(b[next+2:])
		}
		at = next + 4
	}
	m.records = at
	m.complete = true
	for range m.an + m.ns + m.ar {
		r, ok := m.record(at)
		if !ok {
			m.complete = false
			return m, true
		}
		at = r.next
	}
	m.trailing = at < len(b)
	return m, true
}

func (m *message) plausibleHeader() bool {
	return m.opcode() <= 5 && m.opcode() != 3 && m.qd+m.an+m.ns+m.ar <= maxRecords && m.qd+m.an > 0
}

// resource is one resource record, RFC 1035 section 4.1.3.
type resource struct {
	name  int // offset
	typ   uint16
	data  int // offset of its data, len(raw) at most
	value []byte
	next  int
}

func (m *message) record(at int) (r resource, ok bool) {
	r.name = at
	at, ok = skipName(m.raw, at)
	if !ok || at+10 > len(m.raw) {
		return r, false
	}
	r.typ = binary.BigEndian.Uint16(m.raw[at:])
	r.data = at + 10
	r.next = r.data + int(binary.BigEndian.Uint16(m.raw[at+8:]))
	if r.next > len(m.raw) {
		return r, false
	}
	r.value = m.raw[r.data:r.next]
	return r, true
}

// addr gives the address of an A or AAAA record.
func (r *resource) addr() (a netip.Addr) {
	if r.typ == typeA && len(r.value) == 4 || r.typ == typeAAAA && len(r.value) == 16 {
		a, _ = netip.AddrFromSlice(r.value)
	}
	return a
}

// answers calls f for the answer records, and for all records if all is set.
func (m *message) answers(all bool, f func(r resource)) {
	n, at := m.an, m.records
	if all {
		n += m.ns + m.ar
	}
	for range n {
		r, ok := m.record(at)
		if !ok {
			return
		}
		f(r)
		at = r.next
	}
}
