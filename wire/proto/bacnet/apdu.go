package bacnet

import "ward/wire/proto"

// APDU types, section 20.1.
const (
	confirmedRequest   = 0
	unconfirmedRequest = 1
	complexAck         = 3
)

// Services, section 21.
var (
	unconfirmedCalls = map[byte]Call{6: {"time_synchronization", true}, 7: {"who_has", false}, 8: {"who_is", false}, 9: {"utc_time_synchronization", true}, 10: {"write_group", true}}
	confirmedCalls   = map[byte]Call{
		5: {"subscribe_cov", false}, 6: {"atomic_read_file", false}, 7: {"atomic_write_file", true}, 8: {"add_list_element", true}, 9: {"remove_list_element", true},
		10: {"create_object", true}, 11: {"delete_object", true}, 12: {"read_property", false}, 14: {"read_property_multiple", false}, 15: {"write_property", true},
		16: {"write_property_multiple", true}, 17: {"device_communication_control", true}, 20: {"reinitialize_device", true}, 26: {"read_range", false},
	}
)

const (
	serviceIAm          = 0
	serviceReadProperty = 12
	serviceReadMultiple = 14
)

func parseAPDU(b []byte) (proto.Fact, bool) {
	if len(b) < 2 {
		return nil, false
	}
	const segmented = 0x08
	switch b[0] >> 4 {
	case unconfirmedRequest:
		if b[1] == serviceIAm {
			return parseIAm(b[2:])
		}
		call, ok := unconfirmedCalls[b[1]]
		return call, ok
	case confirmedRequest: // flags, sizes, invoke id, service
		if len(b) < 4 || b[0]&segmented != 0 {
			return nil, false
		}
		call, ok := confirmedCalls[b[3]]
		return call, ok
	case complexAck: // flags, invoke id, service
		if len(b) < 4 || b[0]&segmented != 0 {
			return nil, false
		}
		if b[2] == serviceReadProperty || b[2] == serviceReadMultiple {
			return parseAnswer(b[3:], b[2] == serviceReadMultiple)
		}
	}
	return nil, false
}

// tag is one BACnet tag with its value, section 20.2.1.
type tag struct {
	number       byte
	context      bool
	open, closed bool // brackets around constructed data
	value        []byte
}

// next reads one tag. Values longer than 253 bytes have a 16 bit length; 32 bit
// lengths do not fit into a datagram and are refused.
func next(b []byte) (t tag, rest []byte, ok bool) {
	if len(b) == 0 {
		return t, nil, false
	}
	t.number, t.context = b[0]>>4, b[0]&8 != 0
	size := int(b[0] & 7)
	b = b[1:]
	if t.number == 15 {
		if len(b) == 0 {
			return t, nil, false
		}
		t.number, b = b[0], b[1:]
	}
	switch {
	case size == 6 && t.context:
		t.open = true
		return t, b, true
	case size == 7 && t.context:
		t.closed = true
		return t, b, true
	case !t.context && t.number == 1: // a boolean has its value in the length bits
		return t, b, true
	case size == 5:
		if size, b, ok = extended(b); !ok {
			return t, nil, false
		}
	case size > 5:
		return t, nil, false
	}
	if len(b) < size {
		return t, nil, false
	}
	t.value = b[:size]
	return t, b[size:], true
}

func extended(b []byte) (size int, rest []byte, ok bool) {
	switch {
	case len(b) >= 1 && b[0] < 254:
		return int(b[0]), b[1:], true
	case len(b) >= 3 && b[0] == 254:
		return int(b[1])<<8 | int(b[2]), b[3:], true
	}
	return 0, nil, false
}

func (t tag) unsigned() (v uint32, ok bool) {
	if len(t.value) == 0 || len(t.value) > 4 {
		return 0, false
	}
	for _, c := range t.value {
		v = v<<8 | uint32(c)
	}
	return v, true
}

const (
	deviceObject  = 8
	appUnsigned   = 2
	appEnumerated = 9
	appString     = 7
	appObjectID   = 12
)

// device gives the instance of an object identifier, 10 bits type and 22 bits
// instance, if it is a device object.
func (t tag) device() (instance uint32, ok bool) {
	v, _ := t.unsigned()
	return v & (1<<22 - 1), len(t.value) == 4 && v>>22 == deviceObject
}

// parseIAm reads device object, largest APDU, segmentation, vendor.
func parseIAm(b []byte) (proto.Fact, bool) {
	var values [4]tag
	for i, want := range [...]byte{appObjectID, appUnsigned, appEnumerated, appUnsigned} {
		var ok bool
		if values[i], b, ok = next(b); !ok || values[i].context || values[i].number != want {
			return nil, false
		}
	}
	instance, ok := values[0].device()
	vendor, okVendor := values[3].unsigned()
	if !ok || !okVendor || vendor > 0xffff {
		return nil, false
	}
	return IAm{instance, uint16(vendor), vendors[uint16(vendor)]}, true
}
