// Package modbus turns Modbus/TCP (Modbus Messaging on TCP/IP, and Modbus
// Application Protocol 1.1b3) into which units are asked for what, which side
// writes, and what a device says of its make. It keeps no register and no coil.
package modbus

import (
	"encoding/binary"

	"ward/wire/proto"
	"ward/wire/proto/record"
)

const (
	name = "modbus"
	port = 502

	headerSize = 7 // transaction u16, protocol u16 = 0, length u16, unit
	maxADU     = 260
	maxUses    = 64 // unit and function pairs counted for one session
	maxText    = 128

	functionMEI  = 0x2b
	meiDevice    = 0x0e
	exceptionBit = 0x80
)

// Use counts the requests for one function of one unit.
type Use struct {
	Unit       uint8  `json:"unit"`
	Function   uint8  `json:"function"`
	Requests   uint64 `json:"requests"`
	Exceptions uint64 `json:"exceptions,omitempty"`
	Write      bool   `json:"write,omitempty"` // the function changes the device
}

// Service implements proto.Fact.
func (Use) Service() string { return name }

// Identification is the answer to Read Device Identification (43/14),
// application protocol section 6.21.
type Identification struct {
	Unit        uint8  `json:"unit"`
	Vendor      string `json:"vendor,omitempty" keep:"device maker, object 0"`
	ProductCode string `json:"product_code,omitempty" keep:"product, object 1"`
	Revision    string `json:"revision,omitempty" keep:"version, object 2"`
	ProductName string `json:"product_name,omitempty" keep:"product, object 4"`
	Model       string `json:"model,omitempty" keep:"device model, object 5"`
}

// Service implements proto.Fact.
func (Identification) Service() string { return name }

// Codec reads Modbus/TCP.
var Codec = proto.Codec{
	Name:   name,
	Stream: match,
	New:    func() proto.Parser { return new(parser) },
	Facts:  []proto.Fact{Use{}, Identification{}},
}

// adu is one application data unit.
type adu struct {
	transaction uint16
	unit        uint8
	function    uint8
	data        []byte
}

// parse takes one unit from b and gives its size; size is 0 if more bytes are
// needed, and ok is false if it is no Modbus.
func parse(b []byte) (a adu, size int, ok bool) {
	if len(b) < headerSize+1 {
		return a, 0, len(b) < 4 || b[2] == 0 && b[3] == 0
	}
	size = 6 + int(binary.BigEndian.Uint16(b[4:]))
	a = adu{transaction: binary.BigEndian.Uint16(b), unit: b[6], function: b[7]}
	if b[2] != 0 || b[3] != 0 || size < headerSize+1 || size > maxADU || !known(a.function) {
		return a, 0, false
	}
	if len(b) < size {
		return a, 0, true
	}
	a.data = b[headerSize+1 : size]
	return a, size, true
}

// known tells the public functions of the application protocol's section 5,
// Schneider's 90 among them, and their exceptions.
func known(function uint8) bool {
	switch f := function &^ exceptionBit; f {
	case 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 15, 16, 17, 20, 21, 22, 23, 24, functionMEI, 90:
		return true
	}
	return false
}

// writes tells the functions that change the device; 8 can restart it, 90 is
// Schneider's programming function.
func writes(function uint8) bool {
	switch function {
	case 5, 6, 8, 15, 16, 21, 22, 23, 90:
		return true
	}
	return false
}

// match is sure if the first units of both sides belong together.
func match(orig, resp []byte, p proto.Ports) proto.Match {
	q, qsize, ok := parse(orig)
	r, rsize, okResp := parse(resp)
	switch {
	case !ok || !okResp || qsize > 0 && !plausible(q):
		return proto.No
	case qsize > 0 && rsize > 0:
		if q.transaction == r.transaction && q.unit == r.unit && q.function == r.function&^exceptionBit {
			return proto.Yes
		}
		return proto.No
	case p.Either(port), qsize > 0 && len(resp) == 0 && q.function <= functionMEI:
		return proto.Maybe
	}
	return proto.No
}

// plausible checks the size of a request, section 6 of the application protocol.
func plausible(a adu) bool {
	switch a.function {
	case 1, 2, 3, 4, 5, 6:
		return len(a.data) == 4
	case 7, 11, 12, 17:
		return len(a.data) == 0
	case 15, 16:
		return len(a.data) >= 6 && int(a.data[4]) == len(a.data)-5
	case 20, 21:
		return len(a.data) >= 8 && int(a.data[0]) == len(a.data)-1
	case 22:
		return len(a.data) == 6
	case 24:
		return len(a.data) == 2
	case functionMEI:
		return len(a.data) >= 3 && (a.data[0] == meiDevice || a.data[0] == 0x0d)
	}
	return a.function&exceptionBit == 0 && len(a.data) >= 2
}

type parser struct {
	buf  [2][]byte
	lost [2]bool
	uses []Use
}

func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	for len(b) > 0 && !p.lost[dir] {
		n := min(maxADU-len(p.buf[dir]), len(b))
		p.buf[dir], b = append(p.buf[dir], b[:n]...), b[n:]
		p.drain(dir, emit)
	}
	return !p.lost[proto.Orig] || !p.lost[proto.Resp]
}

// drain reads the complete units of the buffer. A full buffer always holds one.
func (p *parser) drain(dir proto.Dir, emit proto.Emit) {
	buf := p.buf[dir]
	for len(buf) > 0 {
		a, size, ok := parse(buf)
		if !ok {
			p.lost[dir] = true
			return
		}
		if size == 0 {
			break
		}
		p.read(dir, a, emit)
		buf = buf[size:]
	}
	p.buf[dir] = append(p.buf[dir][:0], buf...)
}

func (p *parser) read(dir proto.Dir, a adu, emit proto.Emit) {
	if dir == proto.Orig {
		if u := p.use(a); u != nil {
			u.Requests++
		}
		return
	}
	if a.function&exceptionBit != 0 {
		if u := p.use(a); u != nil {
			u.Exceptions++
		}
		return
	}
	if id, ok := parseIdentification(a); ok {
		emit(dir, id)
	}
}

func (p *parser) use(a adu) *Use {
	function := a.function &^ exceptionBit
	for i := range p.uses {
		if p.uses[i].Unit == a.unit && p.uses[i].Function == function {
			return &p.uses[i]
		}
	}
	if len(p.uses) == maxUses {
		return nil
	}
	p.uses = append(p.uses, Use{Unit: a.unit, Function: function, Write: writes(function)})
	return &p.uses[len(p.uses)-1]
}

// Gap gives the direction up until a segment starts with a whole unit.
func (p *parser) Gap(dir proto.Dir, _ int) { p.buf[dir] = p.buf[dir][:0] }

// Close emits the counters; requests are the originator's.
func (p *parser) Close(emit proto.Emit) {
	for _, u := range p.uses {
		emit(proto.Orig, u)
	}
	p.uses = nil
}

// parseIdentification reads type, code, conformity, more, next, count, and
// objects of id, length, value.
func parseIdentification(a adu) (id Identification, ok bool) {
	b := a.data
	if a.function != functionMEI || len(b) < 6 || b[0] != meiDevice {
		return id, false
	}
	count := int(b[5])
	b = b[6:]
	fields := [...]*string{&id.Vendor, &id.ProductCode, &id.Revision, nil, &id.ProductName, &id.Model}
	for range count {
		if len(b) < 2 || len(b)-2 < int(b[1]) {
			return Identification{}, false
		}
		if n := int(b[0]); n < len(fields) && fields[n] != nil {
			*fields[n] = record.UpToNUL(b[2:2+int(b[1])], maxText)
		}
		b = b[2+int(b[1]):]
	}
	ok = id != Identification{}
	id.Unit = a.unit
	return id, ok
}
