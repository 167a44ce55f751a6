// Package ssdp turns the announcements, searches and answers of UPnP discovery
// (UPnP Device Architecture 2.0 section 1) into what a device says of its make
// and type. It keeps five headers, of Location only host and port, and refuses
// what does not start as one of the three messages.
package ssdp

import (
	"bytes"
	"strings"

	"ward/wire/proto"
	"ward/wire/proto/record"
)

const (
	name     = "ssdp"
	maxText  = 200
	maxLines = 64
	maxSeen  = 32
)

// Message is one announcement, search or answer.
type Message struct {
	Kind     string `json:"kind" keep:"closed set: notify, byebye, search, response"`
	Server   string `json:"server,omitempty" keep:"product and version, Server or User-Agent header"`
	Target   string `json:"target,omitempty" keep:"device or service type, NT or ST header"`
	UUID     string `json:"uuid,omitempty" keep:"identifier of the device, USN header"`
	Location string `json:"location,omitempty" keep:"host and port of the device's description"`
}

// Service implements proto.Fact.
func (Message) Service() string { return name }

// Codec reads SSDP over UDP.
var Codec = proto.Codec{
	Name: name,
	Datagram: func(b []byte, _ proto.Ports) proto.Match {
		if _, ok := Parse(b); ok {
			return proto.Yes
		}
		return proto.No
	},
	New:   func() proto.Parser { return new(parser) },
	Facts: []proto.Fact{Message{}},
}

// parser emits each different message of a session once.
type parser struct {
	proto.Stateless
	seen record.Recent[Message]
}

func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	if m, ok := Parse(b); ok && !p.seen.Again(m, maxSeen) {
		emit(dir, m)
	}
	return true
}

// Parse reads one message. It must have a target and, unless it is a search, a
// USN: otherwise it is some other text protocol.
func Parse(b []byte) (m Message, ok bool) {
	line, rest, found := bytes.Cut(b, []byte("\n"))
	if !found {
		return m, false
	}
	switch line = bytes.TrimRight(line, "\r"); {
	case bytes.Equal(line, []byte("NOTIFY * HTTP/1.1")):
		m.Kind = "notify"
	case bytes.Equal(line, []byte("M-SEARCH * HTTP/1.1")):
		m.Kind = "search"
	case bytes.HasPrefix(line, []byte("HTTP/1.1 200")):
		m.Kind = "response"
	default:
		return m, false
	}
	for n := 0; n < maxLines && len(rest) > 0; n++ {
		line, rest, _ = bytes.Cut(rest, []byte("\n"))
		key, value, _ := bytes.Cut(line, []byte(":"))
		m.read(strings.ToLower(record.UpToNUL(key, maxText)), bytes.TrimSpace(value))
	}
	if m.Target == "" || m.Kind != "search" && m.UUID == "" {
		return Message{}, false
	}
	return m, true
}

func (m *Message) read(key string, value []byte) {
	switch key {
	case "server", "user-agent":
		m.Server = record.UpToNUL(value, maxText)
	case "nt", "st":
		m.Target = target(record.UpToNUL(value, maxText))
	case "usn":
		m.UUID = uuid(record.UpToNUL(value, maxText))
	case "nts":
		if string(value) == "ssdp:byebye" && m.Kind == "notify" {
			m.Kind = "byebye"
		}
	case "location":
		m.Location = hostPort(record.UpToNUL(value, maxText))
	}
}

// target keeps the forms of UDA section 1.2.2; what a vendor makes up is kept
// as "other".
func target(s string) string {
	for _, prefix := range []string{"urn:", "uuid:"} {
		if strings.HasPrefix(s, prefix) && strings.IndexFunc(s, odd) < 0 {
			return s
		}
	}
	switch s {
	case "":
		return ""
	case "ssdp:all", "upnp:rootdevice":
		return s
	}
	return "other"
}

// uuid gives the identifier at the start of a USN.
func uuid(s string) string {
	s, ok := strings.CutPrefix(s, "uuid:")
	s, _, _ = strings.Cut(s, "::")
	if !ok || strings.IndexFunc(s, odd) >= 0 {
		return ""
	}
	return s
}

func odd(r rune) bool {
	return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("-_:.", r))
}

// hostPort drops scheme, user, path and query of a URL.
func hostPort(s string) string {
	_, s, ok := strings.Cut(s, "://")
	if !ok {
		return ""
	}
	if i := strings.IndexAny(s, "/?#"); i >= 0 {
		s = s[:i]
	}
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		s = s[i+1:]
	}
	if strings.IndexFunc(s, func(r rune) bool { return odd(r) && r != '[' && r != ']' }) >= 0 {
		return ""
	}
	return s
}
