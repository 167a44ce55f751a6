package record

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Text makes an owned string of at most max bytes out of foreign bytes: control
// and invalid characters become blanks, runs of blanks become one, ends are trimmed.
func Text(b []byte, max int) string {
	if clean(b) && len(b) <= max {
		return string(b)
	}
	var s strings.Builder
	s.Grow(min(len(b), max))
	blank := false
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		b = b[n:]
		if r == utf8.RuneError || !unicode.IsPrint(r) || r == ' ' {
			blank = s.Len() > 0
			continue
		}
		gap := ""
		if blank {
			gap, blank = " ", false
		}
		if s.Len()+len(gap)+utf8.RuneLen(r) > max {
			break
		}
		s.WriteString(gap)
		s.WriteRune(r)
	}
	return s.String()
}

// clean tells ASCII text that Text would leave as it is.
func clean(b []byte) bool {
	blank := true
	for _, c := range b {
		if c < ' ' || c > '~' || blank && c == ' ' {
			return false
		}
		blank = c == ' '
	}
	return !blank || len(b) == 0
}

// UpToNUL is Text for bytes that a NUL may end.
func UpToNUL(b []byte, max int) string {
	b, _, _ = bytes.Cut(b, []byte{0})
	return Text(b, max)
}

// UTF16 is Text for UTF-16 little-endian bytes, up to the first NUL.
func UTF16(b []byte, max int) string {
	units := make([]uint16, 0, min(len(b)/2, max))
	for i := 0; i+1 < len(b) && len(units) < max; i += 2 {
		u := uint16(b[i]) | uint16(b[i+1])<<8
		if u == 0 {
			break
		}
		units = append(units, u)
	}
	return Text([]byte(string(utf16.Decode(units))), max)
}

// Host gives the host name or address in b, lower case, without port; empty
// where b is none (letters, digits, dot, hyphen, underscore, or bracketed IPv6).
func Host(b []byte) string {
	s := string(b[:min(len(b), maxHost)])
	if rest, ok := strings.CutPrefix(s, "["); ok {
		s, _, _ = strings.Cut(rest, "]")
	} else if strings.Count(s, ":") == 1 {
		s, _, _ = strings.Cut(s, ":")
	}
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte(".-_:", c) >= 0) {
			return ""
		}
	}
	return strings.ToLower(s)
}

const maxHost = 255 // RFC 1035, section 2.3.4
