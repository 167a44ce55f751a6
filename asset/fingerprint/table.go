package fingerprint

import (
	"fmt"
	"strings"

	"ward/asset/device"
)

// table is an ordered list of rules over one kind of text. The first row that
// fits counts. Its file has one row a line, columns parted by tabs:
//
//	match    = whole text, ^ start, ~ anywhere, > start and then no letter,
//	         $ a domain and all names in it; case does not matter
//	pattern
//	claims   "maker=Siemens*s; kind=mr*s; sw:DCMTK={d}*s"
//	vector   an example text that this row fits
//	version  what the placeholder yields for the vector, - for none
//
// The weight after the star is s strong, m medium, w weak. Placeholders are
// {v} the version that follows the pattern, {d} digits of it with dots between,
// {rest} all that follows, {all} the whole text, {head} the text up to the end of
// the pattern and the letters and digits right behind it. Lines with # are comments.
type table struct {
	name string
	word string // what the text is, for Source.Saw
	rows []row
}

type row struct {
	match   byte
	pattern string // lower case
	claims  []device.Claim
	vector  string
	version string
}

// fields are the short names used in the tables.
var fields = map[string]device.Field{
	"maker": device.FieldManufacturer, "model": device.FieldModel, "kind": device.FieldKind, "role": device.FieldRole,
	"os": device.FieldOS, "version": device.FieldVersion, "host": device.FieldHostname, "serial": device.FieldSerial,
}

var weights = map[string]float64{"s": device.Strong, "m": device.Medium, "w": device.Weak}

func parseTable(name, text string) (*table, error) {
	t := &table{name: name}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if word, ok := strings.CutPrefix(line, "#saw "); ok {
			t.word = word
		}
		if line == "" || line[0] == '#' {
			continue
		}
		r, err := parseRow(strings.Split(line, "\t"))
		if err != nil {
			return nil, fmt.Errorf("fingerprint: %s.tsv line %d: %w", name, n, err)
		}
		t.rows = append(t.rows, r)
	}
	return t, nil
}

func parseRow(cols []string) (row, error) {
	if len(cols) != 5 || len(cols[0]) != 1 || !strings.Contains("=^~>$", cols[0]) || cols[1] == "" || cols[3] == "" {
		return row{}, fmt.Errorf("want match, pattern, claims, vector, version in %d columns", len(cols))
	}
	r := row{match: cols[0][0], pattern: strings.ToLower(cols[1]), vector: cols[3], version: cols[4]}
	for part := range strings.SplitSeq(cols[2], "; ") {
		key, value, ok := strings.Cut(part, "=")
		star := strings.LastIndexByte(value, '*')
		if !ok || star < 0 || weights[value[star+1:]] == 0 {
			return row{}, fmt.Errorf("claim %q is not name=value*weight", part)
		}
		c := device.Claim{Value: value[:star], Confidence: weights[value[star+1:]]}
		if product, ok := strings.CutPrefix(key, "sw:"); ok {
			c.Field, c.Name = device.FieldSoftware, product
		} else if c.Field = fields[key]; c.Field == "" {
			return row{}, fmt.Errorf("unknown field %q", key)
		}
		if c.Field == device.FieldKind {
			if _, ok := device.KindNamed(c.Value); !ok {
				return row{}, fmt.Errorf("unknown kind %q", c.Value)
			}
		}
		r.claims = append(r.claims, c)
	}
	return r, nil
}

// find gives the first row that fits and what follows its pattern.
func (t *table) find(s string) (*row, string) {
	low := strings.ToLower(s)
	if len(low) != len(s) {
		s = low // letters that change their length: the tail would be cut wrong
	}
	for i := range t.rows {
		r := &t.rows[i]
		switch r.match {
		case '=':
			if low == r.pattern {
				return r, ""
			}
		case '^':
			if strings.HasPrefix(low, r.pattern) {
				return r, s[len(r.pattern):]
			}
		case '>':
			if tail, ok := strings.CutPrefix(low, r.pattern); ok && (tail == "" || tail[0] < 'a' || tail[0] > 'z') {
				return r, s[len(r.pattern):]
			}
		case '$':
			if head, ok := strings.CutSuffix(low, r.pattern); ok && (head == "" || head[len(head)-1] == '.') {
				return r, ""
			}
		default:
			if at := strings.Index(low, r.pattern); at >= 0 {
				return r, s[at+len(r.pattern):]
			}
		}
	}
	return nil, ""
}

// claims gives what the table says about a text, without the place.
func (t *table) claims(s string) []device.Claim {
	r, tail := t.find(s)
	if r == nil {
		return nil
	}
	out := make([]device.Claim, 0, len(r.claims))
	for _, c := range r.claims {
		c.Value = fill(c.Value, s, tail)
		if c.Value == "" {
			if c.Field != device.FieldSoftware {
				continue
			}
			c.Value = device.NoVersion
		}
		c.Source = device.Source{Rule: t.name, Saw: quote(t.word, s)}
		out = append(out, c)
	}
	return out
}

// fill puts the placeholders' text in.
func fill(value, all, tail string) string {
	for _, p := range [...]struct {
		hole string
		text func() string
	}{
		{"{v}", func() string { return version(tail) }},
		{"{d}", func() string { return dotted(version(tail)) }},
		{"{rest}", func() string { return strings.Trim(tail, " \t/_-:,;()") }},
		{"{head}", func() string { return all[:len(all)-len(tail)] + alnum(tail) }},
		{"{all}", func() string { return strings.TrimSpace(all) }},
	} {
		if strings.Contains(value, p.hole) {
			value = strings.ReplaceAll(value, p.hole, p.text())
		}
	}
	return clip(value)
}

// version takes the version token at the start of s, after a separator.
func version(s string) string {
	s = strings.TrimLeft(s, " /_-:=(")
	if len(s) > 1 && (s[0] == 'v' || s[0] == 'V') && digit(s[1]) {
		s = s[1:]
	}
	n := 0
	for n < len(s) && (digit(s[n]) || s[n]|32 >= 'a' && s[n]|32 <= 'z' || strings.IndexByte(".+~-_", s[n]) >= 0) {
		n++
	}
	if n == 0 || !digit(s[0]) {
		return ""
	}
	return strings.TrimRight(s[:n], ".-_+~")
}

// dotted writes 362 as 3.6.2.
func dotted(s string) string {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return s
	}
	return strings.Join(strings.Split(s, ""), ".")
}

// alnum takes the letters and digits at the start of s.
func alnum(s string) string {
	n := 0
	for n < len(s) && (digit(s[n]) || s[n]|32 >= 'a' && s[n]|32 <= 'z') {
		n++
	}
	return s[:n]
}

func digit(c byte) bool { return c >= '0' && c <= '9' }
