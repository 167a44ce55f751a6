package bacnet

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf16"

	"ward/wire/proto"
)

// parseAnswer reads the answer to ReadProperty (section 15.5) or, with multiple
// set, ReadPropertyMultiple (15.7): object, then properties and their values in
// brackets. Only the first object of an answer is read.
func parseAnswer(b []byte, multiple bool) (proto.Fact, bool) {
	property, value := byte(1), byte(3)
	if multiple {
		property, value = 2, 4
	}
	t, b, ok := next(b)
	instance, device := t.device()
	if !ok || !t.context || t.number != 0 || !device {
		return nil, false
	}
	p := Properties{Instance: instance}
	var id uint32
	inValue := false
	for range maxSeries {
		if t, b, ok = next(b); !ok {
			break
		}
		switch {
		case t.open:
			inValue = t.number == value
		case t.closed:
			if multiple && t.number == 1 {
				return p, p != Properties{Instance: instance}
			}
			inValue = false
		case t.context && t.number == property && !inValue:
			id, _ = t.unsigned()
		case inValue && !t.context && t.number == appString:
			p.set(id, characters(t.value))
		}
	}
	return p, p != Properties{Instance: instance}
}

// set keeps the properties of the list, clause 21 "property identifier".
func (p *Properties) set(id uint32, v string) {
	switch id {
	case 12:
		p.Software = v
	case 44:
		p.Firmware = v
	case 70:
		p.ModelName = v
	case 77:
		p.ObjectName = v
	case 121:
		p.VendorName = v
	case 372:
		p.Serial = v
	}
}

// characters decodes a character string, section 20.2.9: encoding, then text.
// It knows UTF-8, UCS-2 and ISO 8859-1.
func characters(v []byte) string {
	if len(v) < 2 {
		return ""
	}
	encoding, v := v[0], v[1:min(len(v), 1+2*maxText)]
	var s string
	switch encoding {
	case 0:
		s = strings.ToValidUTF8(string(bytes.TrimRight(v[:min(len(v), maxText)], "\x00")), "")
	case 4:
		units := make([]uint16, len(v)/2)
		for i := range units {
			units[i] = binary.BigEndian.Uint16(v[2*i:])
		}
		s = string(utf16.Decode(units))
	case 5:
		for _, c := range v[:min(len(v), maxText)] {
			s += string(rune(c))
		}
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s))
}
