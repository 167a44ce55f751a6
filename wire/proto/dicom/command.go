package dicom

import (
	"encoding/binary"

	"ward/wire/proto"
)

const (
	maxCounters = 32 // kinds of operation counted per session
	maxPending  = 64 // requests whose answers are still to come
	maxStatuses = 16 // status families of one operation
)

// commandSet is the part of a command set that Ward reads (PS3.7 annex E).
type commandSet struct {
	field       uint16
	class       []byte
	messageID   uint16 // own, or the one responded to
	destination string
	status      uint16
	remaining   uint16
	completed   uint16
	failed      uint16
	warning     uint16
}

// parseCommand reads group 0000 in implicit VR little endian (PS3.7 section
// 6.3.1): group u16, element u16, length u32, value.
func parseCommand(b []byte) (commandSet, bool) {
	var c commandSet
	var hasField bool
	for len(b) >= 8 {
		group, element := binary.LittleEndian.Uint16(b), binary.LittleEndian.Uint16(b[2:])
		n := binary.LittleEndian.Uint32(b[4:])
		if group != 0 || uint64(n) > uint64(len(b)-8) {
			break
		}
		v := b[8 : 8+n]
		b = b[8+n:]
		switch element {
		case 0x0002, 0x0003:
			c.class = v
		case 0x0600:
			c.destination = text(v)
		default:
			hasField = c.number(element, v) || hasField
		}
	}
	return c, hasField
}

// number reads the US elements and tells whether it was the command field.
func (c *commandSet) number(element uint16, v []byte) (field bool) {
	if len(v) != 2 {
		return false
	}
	n := binary.LittleEndian.Uint16(v)
	switch element {
	case 0x0100:
		c.field = n
		return true
	case 0x0110, 0x0120:
		c.messageID = n
	case 0x0900:
		c.status = n
	case 0x1020:
		c.remaining = n
	case 0x1021:
		c.completed = n
	case 0x1022:
		c.failed = n
	case 0x1023:
		c.warning = n
	}
	return false
}

// counter is one Operations in the making.
type counter struct {
	dir   proto.Dir // who asks
	field uint16
	Operations
}

// pending remembers which counter a request went to.
type pending struct {
	dir     proto.Dir
	id      uint16
	field   uint16
	counter int
}

// operations counts the commands of a session.
type operations struct {
	counters []counter
	waiting  []pending
	commands int
	// current is the counter, plus one, that each direction's data set belongs
	// to, and whether it goes with a response.
	current  [2]int
	response [2]bool
}

// command counts one command set of dir.
func (o *operations) command(dir proto.Dir, b []byte, emit proto.Emit) {
	c, ok := parseCommand(b)
	o.current[dir] = 0
	if !ok || operationNames[c.field&^response] == "" {
		return
	}
	asker, isResponse := dir, c.field&response != 0
	if isResponse {
		asker = dir.Other()
	}
	i := o.find(asker, c)
	if i < 0 {
		return
	}
	o.current[dir], o.response[dir] = i+1, isResponse
	n := &o.counters[i]
	if !isResponse {
		n.Requests++
		o.wait(pending{dir, c.messageID, c.field, i})
	} else {
		n.answer(c)
		if statusFamily(c.status) != "pending" {
			o.settle(asker, c)
		}
	}
	if o.commands++; o.commands >= flushEvery {
		o.flush(emit)
	}
}

// data counts the bytes of a data set.
func (o *operations) data(dir proto.Dir, n uint64) {
	switch i := o.current[dir]; {
	case i == 0:
	case o.response[dir]:
		o.counters[i-1].ResponseBytes += n
	default:
		o.counters[i-1].RequestBytes += n
	}
}

// find gives the index of the counter for c, -1 when there are too many.
func (o *operations) find(asker proto.Dir, c commandSet) int {
	field := c.field &^ response
	if c.field&response != 0 {
		for _, w := range o.waiting {
			if w.dir == asker && w.id == c.messageID && w.field == field {
				return w.counter
			}
		}
	}
	class, _ := sopClass(c.class)
	for i := range o.counters {
		n := &o.counters[i]
		if n.dir == asker && n.field == field && n.SOPClass.UID == class.UID && n.MoveDestination == c.destination {
			return i
		}
	}
	if len(o.counters) >= maxCounters {
		return -1
	}
	o.counters = append(o.counters, counter{asker, field, Operations{
		Operation: operationNames[field], SOPClass: class, MoveDestination: c.destination,
	}})
	return len(o.counters) - 1
}

func (o *operations) wait(w pending) {
	if len(o.waiting) >= maxPending {
		copy(o.waiting, o.waiting[1:])
		o.waiting = o.waiting[:maxPending-1]
	}
	o.waiting = append(o.waiting, w)
}

// settle forgets a request that has its final answer.
func (o *operations) settle(asker proto.Dir, c commandSet) {
	for i, w := range o.waiting {
		if w.dir == asker && w.id == c.messageID && w.field == c.field&^response {
			o.waiting = append(o.waiting[:i], o.waiting[i+1:]...)
			return
		}
	}
}

// answer counts a response and, when final, its sub-operations.
func (n *counter) answer(c commandSet) {
	n.Responses++
	family := statusFamily(c.status)
	n.count(family)
	if n.field != cMove && n.field != cGet {
		return
	}
	n.Remaining = uint64(c.remaining)
	if family != "pending" {
		n.Completed += uint64(c.completed)
		n.Failed += uint64(c.failed)
		n.Warning += uint64(c.warning)
	}
}

func (n *counter) count(family string) {
	for i := range n.Statuses {
		if n.Statuses[i].Family == family {
			n.Statuses[i].Count++
			return
		}
	}
	if len(n.Statuses) < maxStatuses {
		n.Statuses = append(n.Statuses, Status{family, 1})
	}
}

// flush emits the counters that moved and sets them back.
func (o *operations) flush(emit proto.Emit) {
	o.commands = 0
	for i := range o.counters {
		n := &o.counters[i]
		if n.Requests == 0 && n.Responses == 0 && n.RequestBytes == 0 && n.ResponseBytes == 0 {
			continue
		}
		emit(n.dir, n.Operations)
		n.Operations = Operations{Operation: n.Operation, SOPClass: n.SOPClass, MoveDestination: n.MoveDestination}
	}
}
