package paper

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
)

// missing stands for a character that cannot be shown.
const missing = '□'

// Lengths at which texts are cut, in characters.
const (
	maxCell  = 200
	maxTitle = 160
	maxPara  = 900
)

// planes is how many characters the fonts may have: those of the basic plane.
const planes = 1 << 16

// glyphs are the characters that the fonts can show (Latin, Greek, Cyrillic).
var glyphs = sync.OnceValues(func() (*[planes]bool, error) {
	f, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		return nil, err
	}
	var have [planes]bool
	var b sfnt.Buffer
	for r := range rune(planes) {
		i, err := f.GlyphIndex(&b, r)
		have[r] = err == nil && i != 0
	}
	return &have, nil
})

// plain makes a text safe to print: one line, at most n characters, every one of
// which the fonts have.
func plain(have *[planes]bool, s string, n int) string {
	var b strings.Builder
	b.Grow(min(len(s), 4*n))
	count, blank := 0, false
	for _, r := range s {
		if unicode.IsSpace(r) {
			blank = b.Len() > 0
			continue
		}
		if count >= n-1 {
			b.WriteRune('…')
			break
		}
		if blank {
			b.WriteByte(' ')
			count++
		}
		blank = false
		if r >= planes || !have[r] || unicode.IsControl(r) || unicode.In(r, unicode.Cf) && r != '\u00ad' {
			r = missing
		}
		b.WriteRune(r)
		count++
	}
	return b.String()
}

// measure is the width of a text in the current font.
type measure func(string) float64

// wrap cuts a plain text into lines of a width, at most n of them; a word that
// is wider is cut anywhere.
func wrap(width measure, text string, w float64, n int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		for word != "" {
			try := word
			if line != "" {
				try = line + " " + word
			}
			if width(try) <= w {
				line, word = try, ""
				continue
			}
			if line != "" {
				lines, line = append(lines, line), ""
				if len(lines) > n {
					return ended(width, lines, w, n)
				}
				continue
			}
			fits := fitting(width, word, w)
			lines, word = append(lines, word[:fits]), word[fits:]
			if len(lines) > n {
				return ended(width, lines, w, n)
			}
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return ended(width, lines, w, n)
}

// fitting is how many bytes of a word fit, one character at least.
func fitting(width measure, word string, w float64) int {
	last := 0
	for i := range word {
		if i > 0 && width(word[:i]) > w {
			return max(last, 1)
		}
		if i > 0 {
			last = i
		}
	}
	if last == 0 {
		return len(word) // one character, wider than the line
	}
	return last
}

// ended keeps n lines; the last one says that there were more.
func ended(width measure, lines []string, w float64, n int) []string {
	if len(lines) <= n {
		return lines
	}
	last := []rune(lines[n-1])
	for len(last) > 1 && width(string(last)+"…") > w {
		last = last[:len(last)-1]
	}
	lines[n-1] = string(last) + "…"
	return lines[:n]
}
