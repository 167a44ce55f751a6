package ber

import "strconv"

const (
	// MaxArcs is the most arcs of an object identifier that are read.
	MaxArcs = 64
	maxText = 256 // longest text of an object identifier
)

// OIDText writes the content of an OBJECT IDENTIFIER with dots, X.690 section
// 8.19. It gives "" for content that is malformed or too long.
func OIDText(content []byte) string {
	var room [maxText]byte
	text, ok := AppendOID(room[:0], content)
	if !ok {
		return ""
	}
	return string(text)
}

// AppendOID is OIDText that appends to dst.
func AppendOID(dst, content []byte) (text []byte, ok bool) {
	if len(content) == 0 || content[len(content)-1]&0x80 != 0 {
		return dst, false
	}
	var arc uint64
	arcs, start := 0, true
	for _, c := range content {
		if start && c == 0x80 || arc > 1<<32 {
			return dst, false
		}
		arc = arc<<7 | uint64(c&0x7f)
		if start = c&0x80 == 0; !start {
			continue
		}
		if arcs++; arcs > MaxArcs || len(dst) > maxText {
			return dst, false
		}
		if arcs == 1 {
			first := min(arc/40, 2)
			dst = append(dst, byte('0'+first))
			arc -= first * 40
		}
		dst = append(dst, '.')
		dst = strconv.AppendUint(dst, arc, 10)
		arc = 0
	}
	return dst, true
}
