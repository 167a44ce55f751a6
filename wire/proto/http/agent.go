package http

import (
	"strings"

	"ward/wire/proto/record"
)

// platforms are the starts of the comment parts in a User-Agent that name an
// operating system, a device or an engine; all other parts are dropped.
var platforms = []string{
	"windows", "win64", "wow64", "x64", "x86", "linux", "x11", "ubuntu", "android", "macintosh", "intel mac os", "iphone", "ipad",
	"cros", "msie", "trident", "compatible", "khtml", "unix", "qnx", "vxworks", "freebsd", ".net", "arm",
}

// products keeps of a User-Agent (RFC 9110, section 10.1.5) the product tokens
// that carry a version, its first word, and platform names in comments.
func products(value []byte) string {
	text := record.Text(value, 512)
	var out []string
	for first := true; text != ""; first = false {
		if strings.HasPrefix(text, "(") {
			comment, rest, _ := strings.Cut(text[1:], ")")
			if c := platform(comment); c != "" {
				out = append(out, "("+c+")")
			}
			text = strings.TrimLeft(rest, " )")
			continue
		}
		word, rest, _ := strings.Cut(text, " ")
		if token(word, first) {
			out = append(out, word)
		}
		text = strings.TrimSpace(rest)
	}
	return record.Text([]byte(strings.Join(out, " ")), maxProduct)
}

// token tells whether a word is name/version with a digit in front of the
// version, or a first word of letters, digits and hyphens.
func token(word string, first bool) bool {
	name, version, found := strings.Cut(word, "/")
	if strings.ContainsAny(word, "@=&?%:") || len(word) > 48 {
		return false
	}
	if found {
		version = strings.TrimPrefix(strings.ToLower(version), "v")
		return name != "" && version != "" && version[0] >= '0' && version[0] <= '9' && !strings.Contains(version, "/")
	}
	return first && !strings.Contains(word, ".")
}

func platform(comment string) string {
	var keep []string
	for _, part := range strings.Split(comment, ";") {
		part = strings.TrimSpace(part)
		low := strings.ToLower(part)
		for _, p := range platforms {
			if strings.HasPrefix(low, p) && len(part) <= 40 {
				keep = append(keep, part)
				break
			}
		}
	}
	return strings.Join(keep, "; ")
}
