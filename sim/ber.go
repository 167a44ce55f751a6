package sim

import (
	"strconv"
	"strings"
)

// ber is one BER value (X.690): tag, length, the parts in order.
func ber(tag byte, parts ...[]byte) []byte {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	b := []byte{tag}
	switch {
	case n < 128:
		b = append(b, byte(n))
	case n < 256:
		b = append(b, 0x81, byte(n))
	default:
		b = append(b, 0x82, byte(n>>8), byte(n))
	}
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

func berText(tag byte, s string) []byte { return ber(tag, []byte(s)) }

// berInt is an INTEGER that is not negative.
func berInt(v uint32) []byte {
	b := []byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}
	for len(b) > 1 && b[0] == 0 && b[1] < 0x80 {
		b = b[1:]
	}
	if b[0] >= 0x80 {
		b = append([]byte{0}, b...)
	}
	return ber(2, b)
}

// oid encodes an object identifier.
func oid(text string) []byte {
	var arcs []uint32
	for s := range strings.SplitSeq(text, ".") {
		v, _ := strconv.ParseUint(s, 10, 32)
		arcs = append(arcs, uint32(v))
	}
	b := []byte{byte(arcs[0]*40 + arcs[1])}
	for _, v := range arcs[2:] {
		var part []byte
		for first := true; first || v > 0; v >>= 7 {
			c := byte(v & 0x7f)
			if !first {
				c |= 0x80
			}
			part = append([]byte{c}, part...)
			first = false
		}
		b = append(b, part...)
	}
	return ber(6, b)
}
