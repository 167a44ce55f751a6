package cpe

// plain tells which characters stand in a formatted string without backslash.
func plain(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_'
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// canonical tells whether the text needs no change at all: the common case.
func canonical(s string) bool {
	for i := range len(s) {
		if !plain(s[i]) {
			return false
		}
	}
	return s != ""
}

// value brings one field of a formatted string to its canonical form.
func value(s string) (Value, error) {
	switch {
	case s == "" || s == "*":
		return Any, nil
	case canonical(s):
		return Value(s), nil
	}
	start, end := wildcards(s)
	if start == end && start < len(s) || start == end && s[0] == '*' {
		return "", ErrValue // wildcards of two kinds and nothing between them
	}
	out := append(make([]byte, 0, len(s)+4), s[:start]...)
	for i := start; i < end; i++ {
		c := lower(s[i])
		quoted := c == '\\' && i+1 < end
		if quoted {
			i++
			c = lower(s[i])
		}
		var ok bool
		if out, ok = literal(out, c, quoted); !ok {
			return "", ErrValue
		}
	}
	out = append(out, s[end:]...)
	if string(out) == "-" {
		return `\-`, nil // a quoted hyphen is not NA
	}
	return Value(out), nil
}

// literal adds one character, with a backslash where it needs one.
func literal(out []byte, c byte, quoted bool) ([]byte, bool) {
	switch {
	case c <= ' ' || c >= 0x7f:
		return out, false
	case plain(c):
		return append(out, c), true
	case (c == '*' || c == '?') && !quoted:
		return out, false // a wildcard in the middle
	}
	return append(out, '\\', c), true
}

// wildcards finds where the leading wildcards end and the trailing ones start:
// one * or any number of ? on each side (NISTIR 7695, Section 5.3.2).
func wildcards(s string) (start, end int) {
	switch {
	case s[0] == '*':
		start = 1
	default:
		for start < len(s) && s[start] == '?' {
			start++
		}
	}
	end = len(s)
	if end > start && s[end-1] == '*' && wildEnd(s) {
		return start, end - 1
	}
	for end > start && s[end-1] == '?' && wildEnd(s[:end]) {
		end--
	}
	return start, end
}
