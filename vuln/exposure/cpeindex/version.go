package cpeindex

import "strings"

// Compare orders two versions as NVD's ranges need it. A version is a list of
// numbers and words, split at every change between digits, letters and other
// signs; "v" before a number and zeros at the end of a run of numbers do not
// count, so 1.0 equals v1.0.0. At one place, in rising order: a word for a
// preliminary version (alpha, beta, rc, ...), the end, another word, a number.
// So 1.0rc1 < 1.0 < 1.0a < 1.0.1.
func Compare(a, b string) int {
	x, y := tokens{rest: trimV(a)}, tokens{rest: trimV(b)}
	for {
		s, rankS := x.next()
		t, rankT := y.next()
		if rankS != rankT {
			return int(rankS) - int(rankT)
		}
		switch rankS {
		case end:
			return 0
		case number:
			if len(s) != len(t) {
				return len(s) - len(t)
			}
			if c := strings.Compare(s, t); c != 0 {
				return c
			}
		default:
			if c := compareFold(s, t); c != 0 {
				return c
			}
		}
	}
}

// rank orders what can stand at one place.
type rank int

const (
	early rank = iota
	end
	word
	number
)

// tokens walks over a version.
type tokens struct {
	rest  string
	zeros int // zeros that count and are still to be given
}

func trimV(s string) string {
	if len(s) > 1 && (s[0] == 'v' || s[0] == 'V') && digit(s[1]) {
		return s[1:]
	}
	return s
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80 }

// next gives the next number, without leading zeros, or word.
func (t *tokens) next() (string, rank) {
	if t.zeros > 0 {
		t.zeros--
		return "", number
	}
	for zeros := 0; ; zeros++ {
		before := t.rest
		token, kind := t.read()
		switch {
		case kind == number && token == "":
		case kind != number || zeros == 0:
			return token, kind // zeros before a word or the end do not count
		default:
			t.rest, t.zeros = before, zeros-1
			return "", number
		}
	}
}

// read takes one token off, numbers without leading zeros: zero is "".
func (t *tokens) read() (string, rank) {
	i := 0
	for i < len(t.rest) && !digit(t.rest[i]) && !letter(t.rest[i]) {
		i++
	}
	s := t.rest[i:]
	if s == "" {
		t.rest = ""
		return "", end
	}
	n, is := 1, letter
	if digit(s[0]) {
		is = digit
	}
	for n < len(s) && is(s[n]) {
		n++
	}
	t.rest = s[n:]
	if digit(s[0]) {
		return strings.TrimLeft(s[:n], "0"), number
	}
	if preliminary(s[:n]) {
		return s[:n], early
	}
	return s[:n], word
}

func preliminary(s string) bool {
	if len(s) > len("prerelease") {
		return false
	}
	switch strings.ToLower(s) {
	case "alpha", "beta", "rc", "pre", "preview", "prerelease", "dev", "snapshot", "nightly":
		return true
	}
	return false
}

func compareFold(a, b string) int {
	for i := 0; i < len(a) && i < len(b); i++ {
		if x, y := a[i]|0x20, b[i]|0x20; x != y {
			return int(x) - int(y)
		}
	}
	return len(a) - len(b)
}

// key orders like Compare as far as it goes: where the keys of two versions
// differ, Compare says the same, and equal keys say nothing. It holds four
// tokens of 16 bits and stops at the first one that does not fit.
func key(version string) uint64 {
	const (
		width = 16
		top   = 1<<width - 1
	)
	t, k := tokens{rest: trimV(version)}, uint64(0)
	for shift := 64 - width; shift >= 0; shift -= width {
		text, kind := t.next()
		code := uint64(kind)
		if kind == number {
			for i := 0; i < len(text) && code < top; i++ {
				code = min((code-uint64(number))*10+uint64(text[i]-'0')+uint64(number), top)
			}
		}
		k |= code << shift
		if kind != number || code == top {
			break
		}
	}
	return k
}
