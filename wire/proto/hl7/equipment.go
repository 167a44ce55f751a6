package hl7

import "ward/wire/proto"

// equipment reads an entity identifier (EI, HL7 v2.9 section 2.A.28): entity,
// namespace, universal id, type. Each device is emitted once.
func (f *flow) equipment(dir proto.Dir, field string, b []byte, emit proto.Emit) {
	e := Equipment{Field: field, ID: text(f.component(b, 0)), Namespace: text(f.component(b, 1))}
	e.Universal = Party{}.number(text(f.component(b, 2)), text(f.component(b, 3)))
	if e == (Equipment{Field: field}) {
		return
	}
	for i := range f.devices {
		if f.devices[i] == e {
			return
		}
	}
	if len(f.devices) < maxKinds {
		f.devices = append(f.devices, e)
		emit(dir, e)
	}
}
