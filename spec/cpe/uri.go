package cpe

import "strings"

// percent are the characters a URI writes as %xx (NISTIR 7695, Section 6.1.2).
const percent = "!\"#$%&'()*+,/:;<=>?@[\\]^`{|}~"

// uriFields is the number of components of a URI; the last is the language.
const uriFields = 7

// parseURI unbinds a URI (NISTIR 7695, Section 6.1.3).
func parseURI(s string) (Name, error) {
	parts := strings.Split(s, ":")
	if len(parts) > uriFields {
		return Name{}, ErrFields
	}
	var v [fields]Value
	for i := range v {
		v[i] = Any
	}
	for i, part := range parts {
		if i == 5 && strings.HasPrefix(part, "~") {
			if err := unpack(&v, part); err != nil {
				return Name{}, err
			}
			continue
		}
		var err error
		if v[i], err = unescape(part); err != nil {
			return Name{}, err
		}
	}
	name, err := checked(fromValues(v))
	if err == nil && len(name.String()) > MaxName {
		return Name{}, ErrTooBig // the 2.3 form quotes what the URI writes plainly
	}
	return name, err
}

// unpack splits a packed edition: ~edition~sw_edition~target_sw~target_hw~other.
func unpack(v *[fields]Value, packed string) error {
	parts := strings.Split(packed, "~")
	if len(parts) != 6 {
		return ErrFields
	}
	for i, at := range []int{5, 7, 8, 9, 10} {
		var err error
		if v[at], err = unescape(parts[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// unescape reads one component; %01 is the wildcard ? and %02 the wildcard *.
func unescape(s string) (Value, error) {
	if s == "" {
		return Any, nil
	}
	if s == "-" {
		return NA, nil
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%':
			if i+2 >= len(s) {
				return "", ErrValue
			}
			high, low := hex(s[i+1]), hex(s[i+2])
			if high < 0 || low < 0 {
				return "", ErrValue
			}
			i += 2
			switch c = byte(high<<4 | low); c {
			case 1:
				b.WriteByte('?')
			case 2:
				b.WriteByte('*')
			default:
				b.WriteByte('\\')
				b.WriteByte(c)
			}
		case c == '*' || c == '?' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return value(b.String())
}

func hex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// URI binds the name to a CPE 2.2 URI (NISTIR 7695, Section 6.1.2).
func (n Name) URI() string {
	edition := escape(n.Edition)
	extended := []Value{n.SWEdition, n.TargetSW, n.TargetHW, n.Other}
	for _, v := range extended {
		if !v.Any() {
			edition = "~" + edition
			for _, v := range extended {
				edition += "~" + escape(v)
			}
			break
		}
	}
	s := "cpe:/" + strings.Join([]string{escape(n.Part), escape(n.Vendor), escape(n.Product), escape(n.Version),
		escape(n.Update), edition, escape(n.Language)}, ":")
	return strings.TrimRight(s, ":")
}

func escape(v Value) string {
	if v.Any() {
		return ""
	}
	if v == `\-` {
		return "%2d" // a hyphen that is text; plain it would mean NA
	}
	var b strings.Builder
	for i := 0; i < len(v); i++ {
		c := v[i]
		switch {
		case c == '\\' && i+1 < len(v):
			i++
			writePercent(&b, v[i])
		case c == '?':
			b.WriteString("%01")
		case c == '*':
			b.WriteString("%02")
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func writePercent(b *strings.Builder, c byte) {
	const digits = "0123456789abcdef"
	if strings.IndexByte(percent, c) < 0 {
		b.WriteByte(c)
		return
	}
	b.WriteByte('%')
	b.WriteByte(digits[c>>4])
	b.WriteByte(digits[c&15])
}
