// Package bacnet turns BACnet/IP datagrams (ANSI/ASHRAE 135, annex J) into what
// building controllers say of themselves and who commands them. It refuses
// frames whose lengths do not agree, does not reassemble segments, and keeps
// the values of six properties of the device object only.
package bacnet

import (
	"encoding/binary"

	"ward/wire/proto"
	"ward/wire/proto/record"
)

const (
	name      = "bacnet"
	bvlcType  = 0x81
	maxText   = 128
	maxSeries = 64 // properties read of one answer
	maxSeen   = 64 // facts of one session that are not repeated
)

// IAm is a device's answer to Who-Is, section 16.10. Vendor is the name behind
// VendorID where the built-in table has it.
type IAm struct {
	Instance uint32 `json:"instance"`
	VendorID uint16 `json:"vendor_id"`
	Vendor   string `json:"vendor,omitempty" keep:"from a built-in table of makers"`
}

// Service implements proto.Fact.
func (IAm) Service() string { return name }

// Properties are values of a device object that its device gave in an answer.
type Properties struct {
	Instance   uint32 `json:"instance"`
	ObjectName string `json:"object_name,omitempty" keep:"name of the device, property 77"`
	VendorName string `json:"vendor_name,omitempty" keep:"device maker, property 121"`
	ModelName  string `json:"model_name,omitempty" keep:"device model, property 70"`
	Firmware   string `json:"firmware,omitempty" keep:"firmware revision, property 44"`
	Software   string `json:"software,omitempty" keep:"application software version, property 12"`
	Serial     string `json:"serial,omitempty" keep:"device serial number, property 372"`
}

// Service implements proto.Fact.
func (Properties) Service() string { return name }

// Call is a service that one side asked for. Control marks those that change
// the device: writing, restarting, silencing it, or its broadcast tables.
type Call struct {
	Name    string `json:"name" keep:"closed set of services"`
	Control bool   `json:"control,omitempty"`
}

// Service implements proto.Fact.
func (Call) Service() string { return name }

// Codec reads BACnet/IP.
var Codec = proto.Codec{
	Name: name,
	Datagram: func(b []byte, _ proto.Ports) proto.Match {
		if _, ok := unwrap(b); ok {
			return proto.Yes
		}
		return proto.No
	},
	New:   func() proto.Parser { return new(parser) },
	Facts: []proto.Fact{IAm{}, Properties{}, Call{}},
}

// parser emits each different fact of a session once.
type parser struct {
	proto.Stateless
	seen record.Recent[proto.Fact]
}

func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	if fact, ok := Parse(b); ok && !p.seen.Again(fact, maxSeen) {
		emit(dir, fact)
	}
	return true
}

// Virtual link control functions, annex J.2.
var bvlcCalls = map[byte]Call{
	0x01: {"write_broadcast_table", true},
	0x02: {"read_broadcast_table", false},
	0x05: {"register_foreign_device", true},
	0x06: {"read_foreign_device_table", false},
	0x08: {"delete_foreign_device", true},
}

// frame is what a datagram carries: a link control call, or an APDU.
type frame struct {
	call Call
	apdu []byte
}

// Parse reads one datagram; ok is false where it says nothing that is kept.
func Parse(b []byte) (proto.Fact, bool) {
	f, ok := unwrap(b)
	switch {
	case !ok:
		return nil, false
	case f.call.Name != "":
		return f.call, true
	}
	return parseAPDU(f.apdu)
}

// unwrap reads the link header: type 81 hex, function, length u16 of the whole.
// Forwarded messages hold the original sender's address and port.
func unwrap(b []byte) (f frame, ok bool) {
	if len(b) < 4 || b[0] != bvlcType || int(binary.BigEndian.Uint16(b[2:])) != len(b) {
		return f, false
	}
	function := b[1]
	b = b[4:]
	switch function {
	case 0x00:
		return f, len(b) == 2
	case 0x01, 0x02, 0x03, 0x05, 0x06, 0x07, 0x08:
		f.call = bvlcCalls[function]
		return f, plausibleLink(function, len(b))
	case 0x04:
		if len(b) < 6 {
			return f, false
		}
		b = b[6:]
	case 0x09, 0x0a, 0x0b:
	default:
		return f, false
	}
	f.apdu, ok = skipNetwork(b)
	return f, ok
}

// plausibleLink checks the size of a link control message, annex J.2.
func plausibleLink(function byte, size int) bool {
	const entry = 10 // bytes of a table entry
	switch function {
	case 0x02, 0x06:
		return size == 0
	case 0x05:
		return size == 2
	case 0x08:
		return size == 6
	}
	return size%entry == 0
}

// skipNetwork reads the network header, section 6.2: version 1, control,
// destination, source, hop count. Network layer messages give no APDU.
func skipNetwork(b []byte) (apdu []byte, ok bool) {
	const message, destination, reserved, source = 0x80, 0x20, 0x50, 0x08
	if len(b) < 3 || b[0] != 1 || b[1]&reserved != 0 {
		return nil, false
	}
	control := b[1]
	b = b[2:]
	for _, bit := range [...]byte{destination, source} {
		if control&bit == 0 {
			continue
		}
		if len(b) < 3 || len(b) < 3+int(b[2]) {
			return nil, false
		}
		b = b[3+int(b[2]):]
	}
	if control&destination != 0 {
		if len(b) < 1 {
			return nil, false
		}
		b = b[1:]
	}
	if control&message != 0 {
		return nil, len(b) > 0
	}
	return b, len(b) >= 2 && b[0]>>4 <= 7
}
