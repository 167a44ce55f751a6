package syslog

import (
	"bytes"
	"strings"
)

const (
	maxHost = 64 // bytes of a host name
	maxApp  = 48 // bytes of a program name or message type (RFC 5424 section 6)
)

// Formats of a header.
const (
	rfc5424 = "rfc5424"
	rfc3164 = "rfc3164"
	cisco   = "cisco"
	bare    = "bare"
)

var facilities = [24]string{
	"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
	"ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
}

var severities = [8]string{"emergency", "alert", "critical", "error", "warning", "notice", "informational", "debug"}

// message is a header, and the text for the audit reader only.
type message struct {
	format             string
	facility, severity byte
	host, app, id      string
	text               []byte // aliases the input
}

// parse reads the priority and as much of a header as there is.
func parse(b []byte) (message, bool) {
	pri, rest, ok := priority(b)
	if !ok {
		return message{}, false
	}
	m := message{format: bare, facility: pri / 8, severity: pri % 8, text: rest}
	switch {
	case bytes.HasPrefix(rest, []byte("1 ")) && m.modern(rest[2:]):
	case m.classic(rest):
	default:
		m.mnemonic(rest)
	}
	return m, true
}

// priority reads "<N>" with N at most 191.
func priority(b []byte) (pri byte, rest []byte, ok bool) {
	n, i := 0, 1
	if len(b) < 3 || b[0] != '<' {
		return 0, nil, false
	}
	for i < len(b) && i < 4 && b[i] >= '0' && b[i] <= '9' {
		n = n*10 + int(b[i]-'0')
		i++
	}
	if i == 1 || i == len(b) || b[i] != '>' || n > 191 {
		return 0, nil, false
	}
	return byte(n), b[i+1:], true
}

// modern reads RFC 5424 section 6: timestamp, host, program, process, type, then
// structured data and text.
func (m *message) modern(b []byte) bool {
	var field [5][]byte
	for i := range field {
		end := bytes.IndexByte(b, ' ')
		if end <= 0 {
			return false
		}
		field[i], b = b[:end], b[end+1:]
	}
	if t := field[0]; string(t) != "-" && (len(t) < len("2026-08-01T00:00:00Z") || t[4] != '-' || t[10] != 'T') {
		return false
	}
	m.format, m.text = rfc5424, b
	m.host, m.app, m.id = name(field[1], maxHost, hostRunes), name(field[2], maxApp, appRunes), name(field[4], maxApp, appRunes)
	return true
}

// classic reads RFC 3164 section 4.1: "Mmm dd hh:mm:ss host tag: text". A host
// counts only before a proper tag, lest a word of the text be taken for one.
func (m *message) classic(b []byte) bool {
	const stamp = len("Aug  1 12:00:00 ")
	if len(b) < stamp || !month(b[:3]) || b[3] != ' ' || b[9] != ':' || b[12] != ':' || b[15] != ' ' {
		return false
	}
	m.format = rfc3164
	b = b[stamp:]
	m.text = b
	if app, text, ok := tag(b); ok { // no host at all
		m.app, m.text = app, text
		return true
	}
	end := bytes.IndexByte(b, ' ')
	if end <= 0 {
		return true
	}
	if app, text, ok := tag(bytes.TrimLeft(b[end:], " ")); ok {
		m.host, m.app, m.text = name(b[:end], maxHost, hostRunes), app, text
	}
	return true
}

// tag reads a program's name, "[pid]" and colon.
func tag(b []byte) (app string, text []byte, ok bool) {
	end := bytes.IndexAny(b, ":[ ")
	if end <= 0 || b[end] == ' ' {
		return "", nil, false
	}
	app = name(b[:end], maxApp, appRunes)
	if app == "" {
		return "", nil, false
	}
	rest := b[end:]
	if rest[0] == '[' {
		n := bytes.IndexByte(rest, ']')
		if n < 0 || n > 12 {
			return "", nil, false
		}
		rest = rest[n+1:]
	}
	return app, bytes.TrimPrefix(rest, []byte(":")), true
}

// mnemonic finds "%FACILITY-SEVERITY-MNEMONIC:" of network equipment.
func (m *message) mnemonic(b []byte) {
	const reach = 100
	b = b[:min(len(b), reach)]
	at := bytes.IndexByte(b, '%')
	if at < 0 {
		return
	}
	b = b[at+1:]
	end := bytes.IndexByte(b, ':')
	if end <= 0 || bytes.Count(b[:end], []byte("-")) != 2 {
		return
	}
	parts := strings.Split(string(b[:end]), "-")
	if len(parts[1]) != 1 || parts[1] < "0" || parts[1] > "7" || !upper(parts[0]) || !upper(parts[2]) {
		return
	}
	m.format, m.id = cisco, "%"+string(b[:end])
}

func upper(s string) bool {
	return s != "" && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == "" && len(s) <= 24
}

func month(b []byte) bool {
	return len(b) == 3 && strings.Contains("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", string(b)) && b[0] != ' ' && b[2] != ' '
}

const (
	letters   = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	hostRunes = letters + ".-_:"
	appRunes  = letters + ".-_/+()"
)

// name keeps a token that is of the allowed characters throughout.
func name(b []byte, most int, allowed string) string {
	s := string(b[:min(len(b), most+1)])
	if s == "-" || len(s) > most || strings.Trim(s, allowed) != "" || strings.ContainsFunc(s, func(r rune) bool { return !strings.ContainsRune(allowed, r) }) {
		return ""
	}
	return s
}
