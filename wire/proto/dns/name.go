package dns

const (
	maxName  = 255 // bytes on the wire, RFC 1035 section 2.3.4
	maxLabel = 63
	maxJumps = 32 // compression pointers followed in one name
	// longLabel is the longest label that is kept. Longer ones are no name that
	// a person gave; tunnels put their data there.
	longLabel = 40
)

// skipName gives the offset after the name at offset at.
func skipName(b []byte, at int) (next int, ok bool) {
	for n := 0; at < len(b); {
		c := int(b[at])
		switch {
		case c == 0:
			return at + 1, true
		case c&0xc0 == 0xc0:
			return at + 2, at+2 <= len(b)
		case c > maxLabel:
			return 0, false
		}
		at += 1 + c
		if n += 1 + c; n > maxName {
			return 0, false
		}
	}
	return 0, false
}

// appendName writes the name at offset at in lower case. A label that is no
// host name label, or is longer than longLabel, is written as "*": it may hold
// anything. Pointers must point backwards.
func appendName(dst, b []byte, at int) (name []byte, ok bool) {
	start, limit := len(dst), at
	for jumps := 0; at < len(b); {
		c := int(b[at])
		switch {
		case c == 0:
			return dst, true
		case c&0xc0 == 0xc0:
			if at+2 > len(b) {
				return dst, false
			}
			at = c&0x3f<<8 | int(b[at+1])
			if jumps++; jumps > maxJumps || at >= limit {
				return dst, false
			}
			limit = at
			continue
		case c > maxLabel || at+1+c > len(b) || len(dst)-start+c > maxName:
			return dst, false
		}
		if len(dst) > start {
			dst = append(dst, '.')
		}
		dst = appendLabel(dst, b[at+1:at+1+c])
		at += 1 + c
	}
	return dst, false
}

func appendLabel(dst, label []byte) []byte {
	start := len(dst)
	for _, c := range label {
		switch {
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_':
		default:
			return append(dst[:start], '*')
		}
		dst = append(dst, c)
	}
	if len(label) > longLabel {
		return append(dst[:start], '*')
	}
	return dst
}
