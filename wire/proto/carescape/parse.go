package carescape

import (
	"net/netip"

	"ward/wire/proto"
)

// maxMonitors is how many addresses one session may show. A broadcast has one
// sender; more speak for something else.
const maxMonitors = 8

type parser struct {
	monitors, alarming []netip.Addr
	counts             [2]Traffic
}

func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	c := &p.counts[dir]
	if a, ok := readAlarm(b); ok {
		c.Alarms++
		if first(&p.alarming, a.Addr) {
			emit(dir, a)
		}
		return true
	}
	if d, ok := readDiscovery(b); ok {
		c.Discoveries++
		if first(&p.monitors, d.Addr) {
			emit(dir, d)
		}
		return true
	}
	c.Data++
	return true
}

func (p *parser) Gap(proto.Dir, int) {}

func (p *parser) Close(emit proto.Emit) {
	for dir, c := range p.counts {
		if c != (Traffic{}) {
			emit(proto.Dir(dir), c)
		}
	}
}

// first adds an address and tells whether it is new and the list had room.
func first(list *[]netip.Addr, a netip.Addr) bool {
	for _, known := range *list {
		if known == a {
			return false
		}
	}
	if len(*list) >= maxMonitors {
		return false
	}
	*list = append(*list, a)
	return true
}
