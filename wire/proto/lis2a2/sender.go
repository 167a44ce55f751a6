package lis2a2

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"ward/wire/proto"
)

// Fields of the header record; H-1 is the letter itself, H-2 the delimiters.
const (
	fieldSender     = 5
	fieldProcessing = 12
	fieldVersion    = 13
)

// sender reads the header record: H, field, repeat, component and escape
// delimiter (they differ by maker), then fields.
func (f *flow) sender(dir proto.Dir, emit proto.Emit) {
	if !headerStart(f.header) || len(f.senders) >= maxSenders {
		return
	}
	field := f.header[1]
	component := componentDelimiter(f.header[2:], field)
	fields := bytes.SplitN(f.header, []byte{field}, fieldVersion+2)
	get := func(n int) []byte {
		if n-1 < len(fields) {
			return fields[n-1]
		}
		return nil
	}
	s := order(split(get(fieldSender), component))
	if v := string(get(fieldProcessing)); len(v) == 1 && strings.Contains("PTDQ", v) {
		s.Processing = v
	}
	s.Protocol = protocol(get(fieldVersion))
	key := strings.Join(s.Components, "\x00") + "\x01" + s.Processing + "\x01" + s.Protocol
	for _, k := range f.senders {
		if k == key {
			return
		}
	}
	f.senders = append(f.senders, key)
	emit(dir, s)
}

// componentDelimiter is the second delimiter of H-2; a doubled first one, as an
// over-escaping sender writes it, counts once.
func componentDelimiter(b []byte, field byte) byte {
	for i := 1; i < len(b) && b[i] != field; i++ {
		if b[i] != b[0] {
			return b[i]
		}
	}
	return '^'
}

// split gives the cleaned components of H-5, trailing empty ones dropped.
func split(b []byte, component byte) []string {
	var list []string
	for _, part := range bytes.SplitN(b, []byte{component}, maxComponents+1) {
		if len(list) < maxComponents {
			list = append(list, printable(part))
		}
	}
	for len(list) > 0 && list[len(list)-1] == "" {
		list = list[:len(list)-1]
	}
	return list
}

// order puts model, version and serial in place.
func order(c []string) Sender {
	s := Sender{Components: c}
	at := func(i int) string {
		if i < len(c) {
			return c[i]
		}
		return ""
	}
	for _, o := range makerOrders {
		if i := o.find(c); i >= 0 {
			s.Model = c[i]
			s.Version, s.Serial = o.pick(at, o.version), o.pick(at, o.serial)
			return s
		}
	}
	s.Model, s.Guessed = at(0), len(c) > 0
	for i := 1; i < len(c); i++ {
		switch {
		case s.Version == "" && looksVersion(c[i]):
			s.Version = c[i]
		case s.Serial == "" && looksSerial(c[i]):
			s.Serial = c[i]
		}
	}
	return s
}

// A makerOrder says where in H-5 a maker puts what. Its model is the component
// at position model (any position when -1) that begins with prefix.
type makerOrder struct {
	prefix          string
	model           int
	version, serial int // positions, none is -1
}

// makerOrders come from messages of the named analysers.
var makerOrders = []makerOrder{
	{"DCA VANTAGE", 0, 1, 2},
	{"XN-", 0, 1, 2},
	{"XS-", 0, 1, 2},
	{"XP-", 0, 1, 5},
	{"H500", 0, 2, 1},
	{"Yumizen H500", 0, 2, 1},
	{"GeneXpert", 1, 2, -1}, // the site's name comes first
	{"Afinion", 0, 1, 2},
	{"miniVidas", 0, 2, -1}, // model, maker, version
	{"SE-1520", 0, 2, -1},
	{"c111", 2, 3, 5}, // host, maker, model, version, _, serial
}

// find gives the position of the model, -1 when the order does not fit.
func (o makerOrder) find(c []string) int {
	if o.model < len(c) && strings.HasPrefix(c[o.model], o.prefix) {
		return o.model
	}
	return -1
}

func (o makerOrder) pick(at func(int) string, i int) string {
	if i < 0 {
		return ""
	}
	return at(i)
}

// looksVersion tells digits with dots or dashes between.
func looksVersion(s string) bool {
	dots := strings.Count(s, ".") + strings.Count(s, "-")
	return dots > 0 && s[0] >= '0' && s[0] <= '9' && len(s) <= 24
}

// looksSerial tells at least four letters and digits, with a digit among them.
func looksSerial(s string) bool {
	digits := 0
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c < 'A' || c > 'Z' && c < 'a' || c > 'z':
			return false
		}
	}
	return len(s) >= 4 && digits >= 2
}

// protocol keeps the names of the standard's versions.
func protocol(b []byte) string {
	s := printable(b)
	if s == "1" || s == "2" || len(s) <= 10 && (strings.HasPrefix(s, "E1394") || strings.HasPrefix(s, "1394") || strings.HasPrefix(s, "LIS2-A") || strings.HasPrefix(s, "A2")) {
		return s
	}
	return ""
}

// printable gives at most maxText bytes of printable text, else nothing.
func printable(b []byte) string {
	b = bytes.TrimSpace(b)
	if len(b) > maxText {
		b = b[:maxText]
	}
	if !utf8.Valid(b) {
		return ""
	}
	for _, r := range string(b) {
		if !unicode.IsPrint(r) {
			return ""
		}
	}
	return string(b)
}
