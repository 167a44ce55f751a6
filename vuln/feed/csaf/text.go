package csaf

import (
	"strings"
	"unicode/utf8"
)

// clean repairs the encoding and leaves single blanks only.
func clean(s string) string { return strings.Join(strings.Fields(repair(s)), " ") }

// lines repairs the encoding and keeps the line breaks.
func lines(s string) string { return strings.TrimSpace(repair(s)) }

func cleaned(list []string) []string {
	var out []string
	for _, s := range list {
		if s = clean(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// repair undoes UTF-8 that was once read as Windows-1252 ("Ã¤" for "ä"), puts
// plain blanks for the fancy ones and drops characters without width.
func repair(s string) string {
	if ascii(s) {
		return s
	}
	var b strings.Builder
	for rest := s; rest != ""; {
		r, size := utf8.DecodeRuneInString(rest)
		if fixed, used := unmixed(rest); used > 0 {
			r, size = fixed, used
		}
		rest = rest[size:]
		switch r {
		case '\u00a0', '\u2007', '\u202f', '\u2009':
			b.WriteByte(' ')
		case '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', '\u00ad', utf8.RuneError:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// unmixed reads one character out of two to four that stand for its bytes.
func unmixed(s string) (fixed rune, used int) {
	var bytes [utf8.UTFMax]byte
	for n := 0; n < len(bytes) && used < len(s); {
		r, size := utf8.DecodeRuneInString(s[used:])
		b, ok := windows1252(r)
		if !ok || b < 0x80 || n > 0 && b >= 0xc0 {
			return 0, 0
		}
		bytes[n] = b
		n++
		used += size
		if got, full := utf8.DecodeRune(bytes[:n]); got != utf8.RuneError && full == n {
			return got, used
		}
	}
	return 0, 0
}

// windows1252 gives the byte of a character in that code page.
func windows1252(r rune) (byte, bool) {
	if r < 0x80 || r >= 0xa0 && r <= 0xff || r >= 0x80 && r < 0xa0 {
		return byte(r), true
	}
	const upper = "€\x00‚ƒ„…†‡ˆ‰Š‹Œ\x00Ž\x00\x00‘’“”•–—˜™š›œ\x00žŸ"
	at := byte(0x80)
	for _, u := range upper {
		if u == r {
			return at, true
		}
		at++
	}
	return 0, false
}
