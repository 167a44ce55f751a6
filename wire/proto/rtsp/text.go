package rtsp

import (
	"bytes"
	"strings"
	"unicode"
)

// text gives what can be printed of b up to a NUL, at most limit bytes.
func text(b []byte, limit int) string {
	b, _, _ = bytes.Cut(b, []byte{0})
	s := strings.ToValidUTF8(string(b[:min(len(b), limit)]), "")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s))
}
