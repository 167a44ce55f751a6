package syslog

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxTags   = 400 // tags read of one audit message
	maxSource = 64  // bytes of an audit source id
)

// eventNames are DICOM PS3.16 CID 400 and 401 in short.
var eventNames = map[string]string{
	"110100": "application activity", "110101": "audit log used", "110102": "begin transfer", "110103": "instances accessed",
	"110104": "instances transferred", "110105": "study deleted", "110106": "export", "110107": "import", "110108": "network entry",
	"110109": "order record", "110110": "patient record", "110111": "procedure record", "110112": "query", "110113": "security alert",
	"110114": "user authentication", "110120": "application start", "110121": "application stop", "110122": "login", "110123": "logout",
	"110124": "attach", "110125": "detach", "110126": "node authentication", "110127": "emergency override started",
	"110128": "network configuration", "110129": "security configuration", "110130": "hardware configuration",
	"110131": "software configuration", "110132": "use of restricted function", "110133": "audit recording stopped",
	"110134": "audit recording started", "110135": "object security changed", "110136": "security roles changed",
	"110137": "user security changed", "110138": "emergency override stopped", "110139": "remote service started",
	"110140": "remote service stopped", "110141": "local service started", "110142": "local service stopped",
}

var outcomes = map[string]string{"0": "success", "4": "minor failure", "8": "serious failure", "12": "major failure"}

// audit reads an audit message's codes (DICOM PS3.15 section A.5.1; RFC 3881 has
// the same elements with other attribute names). All of it stands in attributes.
func audit(m message) (Audit, bool) {
	at := bytes.Index(m.text, []byte("<AuditMessage"))
	if at < 0 || at > 512 {
		return Audit{}, false
	}
	a := Audit{Outcome: "unknown"}
	b := m.text[at:]
	for range maxTags {
		open := bytes.IndexByte(b, '<')
		if open < 0 {
			break
		}
		b = b[open+1:]
		end := tagEnd(b)
		if end < 0 {
			break
		}
		a.tag(b[:end])
		b = b[end:]
	}
	return a, a.EventID != ""
}

// tagEnd finds the closing bracket outside quotes.
func tagEnd(b []byte) int {
	quote := byte(0)
	for i, c := range b {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i
		}
	}
	return -1
}

// tag takes the attributes of the four elements that Ward keeps.
func (a *Audit) tag(b []byte) {
	element, attributes, _ := bytes.Cut(b, []byte(" "))
	switch string(element) {
	case "EventIdentification":
		if words, ok := outcomes[attribute(attributes, "EventOutcomeIndicator")]; ok {
			a.Outcome = words
		}
	case "EventID":
		if a.EventID == "" {
			a.EventID = eventCode(attributes)
			a.EventName = eventNames[a.EventID]
		}
	case "EventTypeCode":
		if a.EventType == "" {
			a.EventType = eventCode(attributes)
			a.TypeName = eventNames[a.EventType]
		}
	case "AuditSourceIdentification":
		a.SourceID = source(attribute(attributes, "AuditSourceID"))
	}
}

// eventCode keeps six digits (DCM) or an IHE transaction such as "ITI-41".
func eventCode(attributes []byte) string {
	s := attribute(attributes, "csd-code")
	if s == "" {
		s = attribute(attributes, "code")
	}
	if isDigits(s) && len(s) == 6 {
		return s
	}
	kind, number, ok := strings.Cut(s, "-")
	if ok && (kind == "ITI" || kind == "RAD" || kind == "PCD") && isDigits(number) && len(number) <= 3 {
		return s
	}
	return "other"
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// attribute gives the value of one attribute, "" without it.
func attribute(b []byte, name string) string {
	for {
		key, rest, ok := bytes.Cut(b, []byte("="))
		rest = bytes.TrimLeft(rest, " ")
		if !ok || len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			return ""
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return ""
		}
		if string(bytes.TrimSpace(key)) == name {
			return string(rest[1 : 1+end])
		}
		b = rest[end+2:]
	}
}

// source keeps a printable name of an audit source.
func source(s string) string {
	if len(s) > maxSource || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return ""
	}
	return s
}
