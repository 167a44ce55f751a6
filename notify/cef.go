package notify

import (
	"fmt"
	"strconv"
	"strings"

	"ward/store"
)

// cef writes one item in the Common Event Format, version 0.
func cef(version string, s *Section, i *Item, e *Envelope) string {
	severity := "3"
	switch i.Level {
	case store.NoticePage:
		severity = "9"
	case store.NoticeToday:
		severity = "6"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "CEF:0|Ward|Ward|%s|%s|%s|%s|", header(version), header(s.Rule), header(s.Title), severity)
	sep := ""
	for _, kv := range [][2]string{
		{"rt", strconv.FormatInt(e.Message.At.UnixMilli(), 10)}, {"externalId", i.Notice}, {"dhost", i.Name},
		{"cnt", strconv.Itoa(max(i.Times, 1))}, {"cat", string(i.Level)}, {"msg", i.Text}, {"reason", or(i.Cause, s.Cause)},
		{"cs1Label", "place"}, {"cs1", i.Place}, {"request", link(e.Base, i.Link)}, {"cs2Label", "delivery"}, {"cs2", e.ID},
	} {
		if kv[1] == "" || kv[0] == "cs1Label" && i.Place == "" {
			continue
		}
		b.WriteString(sep + kv[0] + "=" + value(kv[1]))
		sep = " "
	}
	return b.String()
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func link(base, path string) string {
	if base == "" || !strings.HasPrefix(path, "/") {
		return ""
	}
	return base + path
}

var (
	headerEscape = strings.NewReplacer(`\`, `\\`, `|`, `\|`)
	valueEscape  = strings.NewReplacer(`\`, `\\`, `=`, `\=`)
)

// header escapes a field of the CEF header: backslash and pipe; it has one line.
func header(text string) string { return headerEscape.Replace(line(text, maxText)) }

// value escapes a value of the CEF extension: backslash and equals sign; line
// breaks and control characters are gone.
func value(text string) string { return valueEscape.Replace(line(text, maxText)) }
