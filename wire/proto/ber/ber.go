// Package ber reads BER and DER tag-length-value elements (ITU-T X.690) as the
// network protocols SNMP, LDAP and Kerberos use them. It refuses indefinite
// lengths, lengths of more than four octets, and tag numbers above 127. It never
// allocates in proportion to a length field.
package ber

import "errors"

// Universal tags, X.690 section 8 (class and constructed bit included).
const (
	Boolean     = 0x01
	Integer     = 0x02
	BitString   = 0x03
	OctetString = 0x04
	Null        = 0x05
	OID         = 0x06
	Enumerated  = 0x0a
	UTF8String  = 0x0c
	Sequence    = 0x30
	Set         = 0x31
)

// Bits of the identifier octet, X.690 section 8.1.2.
const (
	ClassMask        = 0xc0
	ClassApplication = 0x40
	ClassContext     = 0x80
	Constructed      = 0x20
)

const (
	// MaxLength is the longest content in bytes that a header may announce.
	MaxLength = 16 << 20
	// MaxHeader is the most bytes that identifier and length octets can take.
	MaxHeader = 1 + 1 + 1 + 4
	// MaxDepth is the nesting that Valid follows.
	MaxDepth = 24

	highTag = 0x1f // low five bits set: the tag number follows in further octets
)

// Errors. ErrShort says that more bytes may complete the element; the other two
// say that none can.
var (
	ErrShort  = errors.New("ber: element is cut short")
	ErrLength = errors.New("ber: length is indefinite or out of range")
	ErrTag    = errors.New("ber: tag does not fit")
)

// Header reads identifier and length octets: the identifier, the bytes of the
// header and the announced bytes of content, which need not be present. A
// stream codec uses it to learn how much to wait for.
//
// A tag number from 31 to 127 (two identifier octets) gives its first octet as
// tag: such elements can be skipped, not told apart.
func Header(b []byte) (tag byte, header, length int, err error) {
	if len(b) < 2 {
		return 0, 0, 0, ErrShort
	}
	n := 1
	if b[0]&highTag == highTag {
		if b[1] >= 0x80 || b[1] < highTag {
			return 0, 0, 0, ErrTag
		}
		n = 2
		if len(b) < 3 {
			return 0, 0, 0, ErrShort
		}
	}
	octets := int(b[n])
	n++
	if octets < 0x80 {
		return b[0], n, octets, nil
	}
	octets &= 0x7f
	if octets == 0 || octets > 4 {
		return 0, 0, 0, ErrLength
	}
	if len(b) < n+octets {
		return 0, 0, 0, ErrShort
	}
	var v uint64
	for _, c := range b[n : n+octets] {
		v = v<<8 | uint64(c)
	}
	if v > MaxLength {
		return 0, 0, 0, ErrLength
	}
	return b[0], n + octets, int(v), nil
}

// Read takes the first element of b: its identifier octet, its content and what
// follows it. Content and rest share b's memory.
func Read(b []byte) (tag byte, content, rest []byte, err error) {
	tag, header, length, err := Header(b)
	if err != nil {
		return 0, nil, nil, err
	}
	if len(b)-header < length {
		return 0, nil, nil, ErrShort
	}
	return tag, b[header : header+length : header+length], b[header+length:], nil
}

// Expect is Read that fails with ErrTag if the element is of another tag.
func Expect(b []byte, want byte) (content, rest []byte, err error) {
	tag, content, rest, err := Read(b)
	if err == nil && tag != want {
		return nil, nil, ErrTag
	}
	return content, rest, err
}

// ReadInt is Expect for an INTEGER (or another tag with the same content, such
// as ENUMERATED or an implicitly tagged counter).
func ReadInt(b []byte, want byte) (v int64, rest []byte, err error) {
	content, rest, err := Expect(b, want)
	if err != nil {
		return 0, nil, err
	}
	v, err = Int(content)
	return v, rest, err
}

// Int decodes the content of an INTEGER of up to eight octets, X.690 section 8.3.
func Int(content []byte) (int64, error) {
	if len(content) == 0 || len(content) > 8 {
		return 0, ErrLength
	}
	v := int64(int8(content[0]))
	for _, c := range content[1:] {
		v = v<<8 | int64(c)
	}
	return v, nil
}

// Find gives the content of the first element with the tag among those of b,
// looking at no more than limit of them.
func Find(b []byte, want byte, limit int) (content []byte, ok bool) {
	for ; len(b) > 0 && limit > 0; limit-- {
		tag, c, rest, err := Read(b)
		if err != nil {
			return nil, false
		}
		if tag == want {
			return c, true
		}
		b = rest
	}
	return nil, false
}

// Valid tells whether b is a run of complete elements, nested no deeper than
// MaxDepth.
func Valid(b []byte) bool { return valid(b, MaxDepth) }

func valid(b []byte, depth int) bool {
	if depth == 0 {
		return false
	}
	for len(b) > 0 {
		tag, content, rest, err := Read(b)
		if err != nil || tag&Constructed != 0 && !valid(content, depth-1) {
			return false
		}
		b = rest
	}
	return true
}
