// Package report renders one pipeline.Result: as text for a person at a
// terminal of 80 columns, as JSON for programs, and one device or finding with
// its whole chain of reasons. It computes nothing.
package report

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Style says how text may look.
type Style struct {
	Colour bool // ANSI colours; only on a terminal and without NO_COLOR
	Width  int  // columns, at least 60
}

// ansi codes used: bold, dim and three foreground colours that read on light
// and dark terminals alike.
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	yellow = "33"
	cyan   = "36"
)

func (s Style) paint(code, text string) string {
	if !s.Colour || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (s Style) bold(text string) string { return s.paint(bold, text) }

// clean replaces control characters and marks that turn the direction of
// writing, so that a host name from the wire cannot move the cursor, change
// colours or pose as another name.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == 0x2028 || r == 0x2029 || r == utf8.RuneError {
			return '·'
		}
		return r
	}, text)
}

// wrap breaks text into lines of at most width columns, later lines indented.
func wrap(text string, width, indent int) string { return wrapFrom(text, 0, width, indent) }

// wrapAt is wrap for text that begins at a column and stays there.
func wrapAt(text string, width, column int) string { return wrapFrom(text, column, width, column) }

func wrapFrom(text string, column, width, indent int) string {
	var b strings.Builder
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		if i > 0 {
			if column+1+n > width {
				b.WriteString("\n" + strings.Repeat(" ", indent))
				column = indent
			} else {
				b.WriteByte(' ')
				column++
			}
		}
		b.WriteString(word)
		column += n
	}
	return b.String()
}

// fit cuts text to width columns, with an ellipsis where something is missing.
func fit(text string, width int) string {
	if utf8.RuneCountInString(text) <= width {
		return text
	}
	runes := []rune(text)
	return string(runes[:max(0, width-1)]) + "…"
}

// pad fills text with blanks to width columns.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
}
