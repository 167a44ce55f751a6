// Package cpe reads and writes Common Platform Enumeration 2.3 names, as
// formatted strings ("cpe:2.3:o:vendor:product:1.0:*:...") and as URIs of CPE
// 2.2 ("cpe:/o:vendor:product:1.0"), and compares them.
//
// Standards: NISTIR 7695 (naming), NISTIR 7696 (name matching). It refuses
// names with control characters, blanks or other bytes outside ASCII, wildcards
// in the middle of a value and names beyond MaxName. It forgives what feeds
// get wrong without doubt: upper case, a special character without its
// backslash, and missing fields at the end, which count as ANY.
package cpe

import (
	"errors"
	"strings"
)

// MaxName is the longest name read, in bytes.
const MaxName = 2048

var (
	ErrPrefix = errors.New("cpe: neither cpe:2.3: nor cpe:/")
	ErrFields = errors.New("cpe: too many fields")
	ErrPart   = errors.New("cpe: part is not a, h, o, * or -")
	ErrValue  = errors.New("cpe: character or wildcard not allowed")
	ErrTooBig = errors.New("cpe: name too long")
)

// Value is one attribute value in the form of the formatted string: lower case,
// special characters with a backslash (not for . - _), * and ? at the ends are
// wildcards. The zero value counts as Any.
type Value string

const (
	Any Value = "*" // logical value ANY
	NA  Value = "-" // logical value NA: the product has no such thing
)

// Any tells whether the value is the logical ANY.
func (v Value) Any() bool { return v == Any || v == "" }

// Wild tells whether the value holds a wildcard; ANY is none.
func (v Value) Wild() bool {
	if v.Any() {
		return false
	}
	return v[0] == '*' || v[0] == '?' || wildEnd(string(v))
}

// wildEnd tells whether the last character is a wildcard without a backslash.
func wildEnd(s string) bool {
	last := len(s) - 1
	if last < 0 || s[last] != '*' && s[last] != '?' {
		return false
	}
	slashes := 0
	for i := last - 1; i >= 0 && s[i] == '\\'; i-- {
		slashes++
	}
	return slashes%2 == 0
}

// Text is the value without backslashes, for people and version comparison.
func (v Value) Text() string {
	if strings.IndexByte(string(v), '\\') < 0 {
		return string(v)
	}
	out := make([]byte, 0, len(v))
	for i := 0; i < len(v); i++ {
		if v[i] == '\\' && i+1 < len(v) {
			i++
		}
		out = append(out, v[i])
	}
	return string(out)
}

// Name is a well-formed name (NISTIR 7695, Section 5). Part is a, h, o, * or -.
type Name struct {
	Part, Vendor, Product, Version, Update, Edition, Language Value
	SWEdition, TargetSW, TargetHW, Other                      Value
}

// fields is the number of attributes of a name.
const fields = 11

// values lists the attributes in the order of the formatted string.
func (n Name) values() [fields]Value {
	return [fields]Value{n.Part, n.Vendor, n.Product, n.Version, n.Update, n.Edition, n.Language,
		n.SWEdition, n.TargetSW, n.TargetHW, n.Other}
}

func fromValues(v [fields]Value) Name {
	return Name{v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10]}
}

// String binds the name to a formatted string (NISTIR 7695, Section 6.2).
func (n Name) String() string {
	var b strings.Builder
	b.WriteString("cpe:2.3")
	for _, v := range n.values() {
		b.WriteByte(':')
		if v.Any() {
			v = Any
		}
		b.WriteString(string(v))
	}
	return b.String()
}

// Parse reads either form.
func Parse(s string) (Name, error) {
	s = strings.TrimSpace(s)
	if len(s) > MaxName {
		return Name{}, ErrTooBig
	}
	switch {
	case hasPrefix(s, "cpe:2.3:"):
		return parseFormatted(s[len("cpe:2.3:"):])
	case hasPrefix(s, "cpe:/"):
		return parseURI(s[len("cpe:/"):])
	}
	return Name{}, ErrPrefix
}

func hasPrefix(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

func parseFormatted(s string) (Name, error) {
	var values [fields]Value
	for i := range values {
		values[i] = Any
	}
	for i := 0; ; i++ {
		end := colon(s)
		if i == fields {
			return Name{}, ErrFields
		}
		v, err := value(s[:end])
		if err != nil {
			return Name{}, err
		}
		values[i] = v
		if end == len(s) {
			break
		}
		s = s[end+1:]
	}
	return checked(fromValues(values))
}

func checked(n Name) (Name, error) {
	switch n.Part {
	case "a", "h", "o", Any, NA:
		return n, nil
	}
	return Name{}, ErrPart
}

// colon is the place of the next colon without a backslash, else the end.
func colon(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case ':':
			return i
		}
	}
	return len(s)
}
