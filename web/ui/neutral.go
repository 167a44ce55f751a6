package ui

import "unicode/utf8"

// replacement is shown for a character that would deceive the eye.
const replacement = "\uFFFD"

// Neutral replaces control characters, and characters that turn the direction
// of text, so that what a device calls itself cannot disguise itself.
func Neutral(s string) string { return string(neutral([]byte(s))) }

// neutral does so for a whole page: nothing can be forgotten. Line ends and tabs
// stay. The common case copies nothing.
func neutral(b []byte) []byte {
	for i := 0; i < len(b); {
		n, bad := deceives(b[i:])
		if bad {
			return neutralFrom(b, i)
		}
		i += n
	}
	return b
}

func neutralFrom(b []byte, at int) []byte {
	out := append(make([]byte, 0, len(b)+16), b[:at]...)
	for i := at; i < len(b); {
		n, bad := deceives(b[i:])
		if bad {
			out = append(out, replacement...)
		} else {
			out = append(out, b[i:i+n]...)
		}
		i += n
	}
	return out
}

// deceives looks at the first character: its length, and whether it must go.
func deceives(b []byte) (size int, bad bool) {
	if c := b[0]; c < utf8.RuneSelf {
		return 1, c < ' ' && c != '\n' && c != '\t' && c != '\r' || c == 0x7f
	}
	r, size := utf8.DecodeRune(b)
	switch {
	case r == utf8.RuneError && size == 1:
		return 1, true
	case r >= 0x80 && r < 0xa0, // C1 controls
		r == 0x61c, r == 0x200b, r == 0x200e, r == 0x200f,
		r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f,
		r == 0xfeff, r >= 0xfff9 && r <= 0xfffb, r >= 0xe0000 && r <= 0xe007f:
		return size, true
	}
	return size, false
}
