package device

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// table reads separated values the way spreadsheets write them: a bad quote
// costs one row, not the file (encoding/csv would stop).
type table struct {
	text string
	sep  byte
	line int
}

type tableRow struct {
	line   int
	cells  []string
	broken bool // a quote was not closed
}

func newTable(text string) *table {
	t := &table{text: text, sep: ',', line: 1}
	if rest, ok := strings.CutPrefix(text, "sep="); ok && len(rest) > 1 && (rest[1] == '\n' || rest[1] == '\r') {
		t.sep = rest[0] // a line that spreadsheets write for themselves
		t.line++
		_, t.text, _ = strings.Cut(rest, "\n")
		return t
	}
	head, _, _ := strings.Cut(text, "\n")
	for _, s := range []byte{';', '\t', '|'} {
		if strings.Count(head, string(s)) > strings.Count(head, string(t.sep)) {
			t.sep = s
		}
	}
	return t
}

// next gives the next row that is not empty.
func (t *table) next() (tableRow, bool) {
	for t.text != "" {
		row := tableRow{line: t.line}
		for end := false; !end; {
			var cell string
			cell, end = t.cell(&row)
			if len(row.cells) < MaxAssetColumns {
				row.cells = append(row.cells, cell)
			}
		}
		if len(row.cells) > 1 || strings.TrimSpace(row.cells[0]) != "" {
			return row, true
		}
	}
	return tableRow{line: t.line}, false
}

// cell takes one cell; end tells that the line ended with it.
func (t *table) cell(row *tableRow) (string, bool) {
	if strings.HasPrefix(t.text, `"`) {
		if s, end, ok := t.quoted(); ok {
			return s, end
		}
		row.broken = true
	}
	stop := strings.IndexAny(t.text, string(t.sep)+"\n\r")
	if stop < 0 {
		s := t.text
		t.text = ""
		return s, true
	}
	s := t.text[:stop]
	return s, t.leave(stop)
}

// leave steps over the separator or line end at i; true at a line end.
func (t *table) leave(i int) bool {
	if t.text[i] == t.sep {
		t.text = t.text[i+1:]
		return false
	}
	if strings.HasPrefix(t.text[i:], "\r\n") {
		i++
	}
	t.text = t.text[i+1:]
	t.line++
	return true
}

// maxQuoted is how long a quoted cell may be before its quote counts as open.
const maxQuoted = 64 << 10

// quoted reads a cell in quotation marks (RFC 4180 section 2).
func (t *table) quoted() (cell string, end, ok bool) {
	var b strings.Builder
	for i := 1; i < min(len(t.text), maxQuoted); i++ {
		if t.text[i] != '"' {
			b.WriteByte(t.text[i])
			continue
		}
		if i+1 < len(t.text) && t.text[i+1] == '"' {
			b.WriteByte('"')
			i++
			continue
		}
		rest := t.text[i+1:]
		stop := strings.IndexAny(rest, string(t.sep)+"\n\r")
		if stop < 0 {
			stop = len(rest)
		}
		if strings.TrimSpace(rest[:stop]) != "" {
			return "", false, false
		}
		t.line += strings.Count(t.text[:i], "\n")
		if i+1+stop == len(t.text) {
			t.text = ""
			return b.String(), true, true
		}
		return b.String(), t.leave(i + 1 + stop), true
	}
	return "", false, false
}

// decodeText accepts UTF-8 and UTF-16 with or without a mark, else Latin-1.
func decodeText(b []byte) string {
	switch {
	case len(b) >= 2 && b[0] == 0xff && b[1] == 0xfe:
		return fromUTF16(b[2:], 0)
	case len(b) >= 2 && b[0] == 0xfe && b[1] == 0xff:
		return fromUTF16(b[2:], 1)
	case len(b) >= 4 && b[1] == 0 && b[3] == 0:
		return fromUTF16(b, 0)
	case len(b) >= 4 && b[0] == 0 && b[2] == 0:
		return fromUTF16(b, 1)
	}
	s := strings.TrimPrefix(string(b), "\ufeff")
	if utf8.ValidString(s) {
		return s
	}
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}

// fromUTF16 reads pairs of bytes; high tells which byte of a pair is the high one.
func fromUTF16(b []byte, low int) string {
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = uint16(b[2*i+low]) | uint16(b[2*i+1-low])<<8
	}
	return string(utf16.Decode(u))
}
