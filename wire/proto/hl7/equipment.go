package hl7

import (
	"hash/maphash"
	"slices"

	"ward/wire/proto"
)

// seed keeps senders from choosing colliding fields.
var seed = maphash.MakeSeed()

// equipment reads an entity identifier (EI, HL7 v2.9 section 2.A.28): entity,
// namespace, universal id, type. Each device is emitted once.
func (f *flow) equipment(dir proto.Dir, field string, b []byte, emit proto.Emit) {
	raw := maphash.Bytes(seed, b) + uint64(f.field)
	if slices.Contains(f.fieldsSeen, raw) {
		return // the same field names the same device
	}
	first(&f.fieldsSeen, raw)
	e := Equipment{Field: field, ID: text(f.component(b, 0)), Namespace: text(f.component(b, 1))}
	e.Universal = Party{}.number(text(f.component(b, 2)), text(f.component(b, 3)))
	if e == (Equipment{Field: field}) {
		return
	}
	if first(&f.devices, hash(field, e.ID, e.Namespace, e.Universal.key())) {
		emit(dir, e)
	}
}
