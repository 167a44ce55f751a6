package intellivue

import (
	"net/netip"
	"strings"

	"ward/wire/packet"
	"ward/wire/proto"
)

const (
	maxAttributes = 64 // of one list
	maxProtocols  = 8
	maxSpecs      = 16
	maxText       = 64
	maxSystems    = 8 // indications and create events emitted per session
)

// The attributes of the keep-list. Those of patients, beds and notes are not
// named here at all.
const (
	attrModel     = 0x0928 // NOM_ATTR_ID_MODEL
	attrSpecs     = 0x092d // NOM_ATTR_ID_PROD_SPECN
	attrSystem    = 0x0986 // NOM_ATTR_SYS_TYPE
	attrAddress   = 0xf100 // NOM_ATTR_NET_ADDR_INFO
	attrProtocols = 0xf101 // NOM_ATTR_PCOL_SUPPORT
)

type parser struct {
	emitted int
	last    System // of the connect indication, which comes again and again
	told    map[string]bool
	counts  [2]DataExport
}

func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	switch {
	case isExport(b):
		p.export(dir, b, emit)
	case isIndication(b):
		p.indication(dir, b, emit)
	case isAssociation(b):
		p.association(dir, associations[b[0]], emit)
	}
	return true
}

func (p *parser) Gap(proto.Dir, int) {}

func (p *parser) Close(emit proto.Emit) {
	for dir, c := range p.counts {
		if c.Messages > 0 {
			emit(proto.Dir(dir), c)
		}
	}
}

func (p *parser) association(dir proto.Dir, event string, emit proto.Emit) {
	key := dir.String() + event
	if p.told[key] {
		return
	}
	if p.told == nil {
		p.told = map[string]bool{}
	}
	p.told[key] = true
	emit(dir, Association{event})
}

// indication emits a connect indication when it says something new.
func (p *parser) indication(dir proto.Dir, b []byte, emit proto.Emit) {
	var c ConnectIndication
	eachAttribute(b[atAttributes:], func(id uint16, v []byte) {
		if id == attrProtocols {
			c.Protocols = protocols(v)
			return
		}
		c.attribute(id, v)
	})
	if p.emitted >= maxSystems || p.emitted > 0 && c.same(p.last) {
		return
	}
	p.emitted, p.last = p.emitted+1, c.System
	emit(dir, c)
}

func (s System) same(o System) bool {
	return s.MAC == o.MAC && s.Addr == o.Addr && s.Model == o.Model && s.Code == o.Code && len(s.Specs) == len(o.Specs)
}

// export counts a message, and reads the one that describes the monitor.
func (p *parser) export(dir proto.Dir, b []byte, emit proto.Emit) {
	c := &p.counts[dir]
	c.Messages++
	switch u16(b, atOperation) {
	case roResult, roLinkedResult:
		c.Results++
		return
	case roError:
		c.Errors++
		return
	}
	if len(b) < atCommand+2 {
		return
	}
	switch u16(b, atCommand) {
	case cmdEvent, cmdConfirmedEvent:
		c.Events++
		if len(b) >= atAttributes+objectSize && eventType(b) == eventCreate {
			p.create(dir, b[atAttributes+objectSize:], emit)
		}
	case cmdGet:
		c.Gets++
	case cmdSet, cmdConfirmedSet:
		c.Sets++
	case cmdConfirmedAction:
		c.Actions++
	}
}

func (p *parser) create(dir proto.Dir, list []byte, emit proto.Emit) {
	var c Create
	eachAttribute(list, c.attribute)
	if p.emitted < maxSystems {
		p.emitted++
		emit(dir, c)
	}
}

// eachAttribute walks count u16, length u16, then id u16, length u16, value.
func eachAttribute(b []byte, visit func(id uint16, v []byte)) {
	if len(b) < 4 {
		return
	}
	count := min(int(u16(b, 0)), maxAttributes)
	b = b[4:]
	for ; count > 0 && len(b) >= 4; count-- {
		id, n := u16(b, 0), int(u16(b, 2))
		if n > len(b)-4 {
			return
		}
		visit(id, b[4:4+n])
		b = b[4+n:]
	}
}

// attribute takes one attribute of the keep-list.
func (s *System) attribute(id uint16, v []byte) {
	switch id {
	case attrSystem:
		if len(v) >= 4 {
			s.Partition, s.Code = u16(v, 0), u16(v, 2)
		}
	case attrAddress: // MAC, IPv4 address, mask
		if len(v) >= 10 {
			s.MAC = packet.MAC(v[:6])
			s.Addr = netip.AddrFrom4([4]byte(v[6:10]))
		}
	case attrModel:
		maker, rest := variable(v)
		model, _ := variable(rest)
		s.Manufacturer, s.Model = text(maker), text(model)
	case attrSpecs:
		s.specs(v)
	}
}

// specKinds are the kinds of the production specification.
var specKinds = [...]string{"unspecified", "serial", "part_number", "hardware", "software", "firmware", "protocol", "group"}

// specs walks count u16, length u16, then kind u16, component u16, text.
func (s *System) specs(v []byte) {
	if len(v) < 4 {
		return
	}
	v = v[4:]
	for len(v) >= 6 && len(s.Specs) < maxSpecs {
		kind, component := u16(v, 0), u16(v, 2)
		value, rest := variable(v[4:])
		v = rest
		if t := text(value); t != "" && int(kind) < len(specKinds) {
			s.Specs = append(s.Specs, Spec{specKinds[kind], component, t})
		}
	}
}

// variable reads length u16 and so many bytes. A cut value gives nothing.
func variable(b []byte) (v, rest []byte) {
	if len(b) < 2 || int(u16(b, 0)) > len(b)-2 {
		return nil, nil
	}
	n := int(u16(b, 0))
	return b[2 : 2+n], b[2+n:]
}

// protocols walks count u16, length u16, then four u16 an entry.
func protocols(v []byte) []Protocol {
	const entry, wireless = 8, 0x8000
	if len(v) < 4 {
		return nil
	}
	var list []Protocol
	for v = v[4:]; len(v) >= entry && len(list) < maxProtocols; v = v[entry:] {
		p := Protocol{Application: "other", Transport: "other", Port: u16(v, 4), Wireless: u16(v, 6)&wireless != 0}
		switch u16(v, 0) {
		case 1:
			p.Application = "acse"
		case 5:
			p.Application = "data_export"
		}
		if u16(v, 2) == 1 {
			p.Transport = "udp"
		}
		list = append(list, p)
	}
	return list
}

// text gives at most maxText printable ASCII characters, else nothing.
func text(b []byte) string {
	s := strings.Trim(string(b), "\x00 ")
	if len(s) > maxText || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) {
		return ""
	}
	return s
}
