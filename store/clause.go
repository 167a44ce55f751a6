package store

import (
	"strings"
	"unicode/utf8"
)

// clause collects the conditions of a list with their arguments.
type clause struct {
	terms []string
	args  []any
}

// and adds a condition.
func (c *clause) and(term string, args ...any) {
	c.terms = append(c.terms, term)
	c.args = append(c.args, args...)
}

// in adds "column IN (...)" unless there are no values.
func in[T any](c *clause, column string, values []T) {
	if len(values) == 0 {
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	c.and(column+" IN ("+marks(len(values))+")", args...)
}

// inWords is in for values of our own string types.
func inWords[T ~string](c *clause, column string, values []T) {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = string(v)
	}
	in(c, column, words)
}

// marks gives n placeholders.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?,", n), ",") }

// where writes the conditions, empty for none.
func (c *clause) where() string {
	if len(c.terms) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.terms, " AND ")
}

// maxWords is how many words of a search count.
const maxWords = 8

// words adds a condition for each word of a search: it must stand in the
// column, which is lower case.
func (c *clause) words(d dialect, column, text string) {
	for i, w := range strings.Fields(strings.ToLower(clean(text))) {
		if i == maxWords {
			break
		}
		if d == postgres {
			c.and("strpos("+column+", ?) > 0", w)
		} else {
			c.and("instr("+column+", ?) > 0", w)
		}
	}
}

// defaultLimit and maxLimit bound a page.
const (
	defaultLimit = 50
	maxLimit     = 1000
)

// page gives a limit and an offset that are safe.
func page(limit, offset int) (int, int) {
	if limit <= 0 {
		limit = defaultLimit
	}
	return min(limit, maxLimit), max(offset, 0)
}

// clean makes text from the wire fit for both databases: valid UTF-8 without NUL.
func clean(s string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
