package hl7

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// headerField takes one kept field of MSH.
func (f *flow) headerField(b []byte) {
	h, old := &f.header, &f.previous
	switch f.field {
	case 2:
		f.encode(b)
	case 3:
		h.Sender = f.party(b, old.Sender)
	case 4:
		h.SenderFacility = f.party(b, old.SenderFacility)
	case 5:
		h.Receiver = f.party(b, old.Receiver)
	case 6:
		h.ReceiverFacility = f.party(b, old.ReceiverFacility)
	case 9:
		h.Type = f.messageType(b, old.Type)
	case 10:
		f.controlID = hashID(b)
	case 11:
		if v := f.component(b, 0); len(v) == 1 && strings.ContainsAny(string(v), "PTD") {
			h.Processing = again(v, old.Processing)
		}
	case 12:
		h.Version = version(f.component(b, 0), old.Version)
	case 18:
		h.Charset = charset(f.repetition(b), old.Charset)
	}
}

// encode sets the encoding characters of the message.
func (f *flow) encode(b []byte) {
	encoding := [4]byte{'^', '~', '\\', '&'}
	copy(encoding[:], b)
	if encoding != f.encoding {
		f.encoding, f.fieldsSeen = encoding, f.fieldsSeen[:0]
	}
}

// again gives old where b says the same, so that nothing is allocated.
func again(b []byte, old string) string {
	if string(b) == old {
		return old
	}
	return string(b)
}

// component gives the n-th component of a field's first repetition.
func (f *flow) component(b []byte, n int) []byte {
	b = f.repetition(b)
	for ; n > 0; n-- {
		i := bytes.IndexByte(b, f.encoding[0])
		if i < 0 {
			return nil
		}
		b = b[i+1:]
	}
	if i := bytes.IndexByte(b, f.encoding[0]); i >= 0 {
		b = b[:i]
	}
	return b
}

func (f *flow) repetition(b []byte) []byte {
	if i := bytes.IndexByte(b, f.encoding[1]); i >= 0 {
		return b[:i]
	}
	return b
}

// party reads name, universal id and its type.
func (f *flow) party(b []byte, old Party) Party {
	name, id, kind := f.component(b, 0), f.component(b, 1), f.component(b, 2)
	if string(name) == old.Name && string(id) == old.UniversalID && string(kind) == old.Type && old.EUI64 == "" {
		return old
	}
	return Party{Name: text(name)}.number(text(id), text(kind))
}

// number adds a universal id.
func (p Party) number(id, kind string) Party {
	if eui := strings.ToUpper(id); kind == "EUI-64" && len(eui) == 16 && strings.Trim(eui, "0123456789ABCDEF") == "" {
		p.EUI64 = eui
		return p
	}
	p.UniversalID, p.Type = id, kind
	return p
}

// messageType reads MSG: type, trigger and structure, each of fixed form.
func (f *flow) messageType(b []byte, old string) string {
	if old != otherName && f.encoding[0] == '^' && string(b) == old {
		return old
	}
	kind, trigger, structure := f.component(b, 0), f.component(b, 1), f.component(b, 2)
	if !code(kind) {
		return ""
	}
	s := string(kind)
	if code(trigger) {
		s += "^" + string(trigger)
	}
	if code(structure) || len(structure) == 7 && code(structure[:3]) && structure[3] == '_' && code(structure[4:]) {
		s += "^" + string(structure)
	}
	return s
}

// code tells a message type, trigger event or segment name: three characters.
func code(b []byte) bool {
	return len(b) == 3 && upperDigit(b[0]) && upperDigit(b[1]) && upperDigit(b[2])
}

func version(b []byte, old string) string {
	if string(b) == old {
		return old
	}
	if len(b) > 8 || len(bytes.Trim(b, "0123456789.")) > 0 {
		return ""
	}
	return string(b)
}

// charset keeps the names of HL7 table 0211.
func charset(b []byte, old string) string {
	if old != otherName && string(b) == old {
		return old
	}
	s := strings.ToUpper(string(b))
	switch s {
	case "ASCII", "UNICODE", "UNICODE UTF-8", "UNICODE UTF-16", "UNICODE UTF-32", "UTF-8", "GB 18030-2000",
		"KS X 1001", "CNS 11643-1992", "BIG-5", "ISO IR14", "ISO IR87", "ISO IR159", "ISO IR6":
		return s
	case "":
		return ""
	}
	if part, ok := strings.CutPrefix(s, "8859/"); ok && len(part) <= 2 && strings.Trim(part, "0123456789") == "" {
		return s
	}
	return otherName
}

func ackCode(b []byte) []byte {
	switch string(b) {
	case "AA", "AE", "AR", "CA", "CE", "CR", "":
		return b
	}
	return []byte(otherName)
}

// errorCode keeps the numbers of HL7 table 0357.
func errorCode(b []byte) []byte {
	if len(b) == 0 || len(b) == 3 && len(bytes.Trim(b, "0123456789")) == 0 {
		return b
	}
	return []byte(otherName)
}

// observation counts an identifier of ISO/IEEE 11073-10101 and no other.
func (f *flow) observation(b []byte) {
	if id, ok := bytes.CutSuffix(b, []byte("^MDC")); ok && f.encoding[0] == '^' && f.encoding[1] == '~' &&
		bytes.IndexByte(id, '^') > 0 && f.tallies.mdc.again(id) {
		return // what was counted before needs no second look
	}
	number, name, system := f.component(b, 0), f.component(b, 1), f.component(b, 2)
	if string(system) != "MDC" || len(number) == 0 || len(number) > 10 || len(bytes.Trim(number, "0123456789")) > 0 {
		return
	}
	id := number
	if bytes.HasPrefix(name, []byte("MDC_")) && len(name) <= maxText && allUpper(name) {
		id = b[:len(number)+1+len(name)] // the two stand side by side
		id[len(number)] = '^'
	}
	f.tallies.mdc.add(id)
}

func allUpper(b []byte) bool {
	for _, c := range b {
		if !upperDigit(c) && c != '_' {
			return false
		}
	}
	return true
}

// text gives at most maxText bytes of printable text, else nothing.
func text(b []byte) string {
	b = bytes.TrimSpace(b)
	if len(b) > maxText {
		b = b[:maxText]
		for len(b) > 0 && !utf8.Valid(b) {
			b = b[:len(b)-1]
		}
	}
	for _, r := range string(b) {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return ""
		}
	}
	return string(b)
}
