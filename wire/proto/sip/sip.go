// Package sip turns SIP messages (RFC 3261) over UDP and TCP into what telephones,
// nurse call and intercom say of their make. Of a URI it keeps the host only:
// user parts, display names and bodies are about people.
package sip

import (
	"bytes"
	"strconv"
	"strings"

	"ward/wire/proto"
	"ward/wire/proto/record"
)

const (
	name    = "sip"
	maxText = 160
	maxSeen = 16
)

// Message is one request or response.
type Message struct {
	Method    string `json:"method" keep:"closed set of methods"`
	Status    uint16 `json:"status,omitempty"` // of a response
	Host      string `json:"host,omitempty" keep:"host part of the request URI"`
	UserAgent string `json:"user_agent,omitempty" keep:"product and version"`
	Server    string `json:"server,omitempty" keep:"product and version"`
	Auth      string `json:"auth,omitempty" keep:"name of an authentication scheme"`
}

// Service implements proto.Fact.
func (Message) Service() string { return name }

// Codec reads SIP.
var Codec = proto.Codec{
	Name:   name,
	Stream: matchStream,
	Datagram: func(b []byte, _ proto.Ports) proto.Match {
		if starts(record.FirstLine(b)) {
			return proto.Yes
		}
		return proto.No
	},
	New:   func() proto.Parser { return newParser() },
	Facts: []proto.Fact{Message{}},
}

// matchStream is sure when both sides start with a SIP line.
func matchStream(orig, resp []byte, _ proto.Ports) proto.Match {
	if len(orig)+len(resp) == 0 {
		return proto.No
	}
	return record.Both(matchLine(orig), matchLine(resp))
}

func matchLine(b []byte) proto.Match { return record.MatchStart(b, starts, methods, "SIP/2.0") }

func starts(line []byte) bool {
	_, ok := parseStart(line)
	return ok
}

// methods of RFC 3261 and of the RFCs that extend it.
var methods = map[string]bool{"INVITE": true, "ACK": true, "BYE": true, "CANCEL": true, "REGISTER": true, "OPTIONS": true, "PRACK": true, "SUBSCRIBE": true,
	"NOTIFY": true, "PUBLISH": true, "INFO": true, "REFER": true, "MESSAGE": true, "UPDATE": true}

// parseStart reads "METHOD URI SIP/2.0" or "SIP/2.0 STATUS reason".
func parseStart(line []byte) (m Message, ok bool) {
	if rest, found := bytes.CutPrefix(line, []byte("SIP/2.0 ")); found {
		if len(rest) < 3 || len(rest) > 3 && rest[3] != ' ' {
			return m, false
		}
		status, err := strconv.ParseUint(string(rest[:3]), 10, 16)
		m.Status = uint16(status)
		return m, err == nil && status >= 100 && status < 700
	}
	head, found := bytes.CutSuffix(line, []byte(" SIP/2.0"))
	method, uri, foundURI := bytes.Cut(head, []byte(" "))
	if !found || !foundURI || !methods[string(method)] {
		return m, false
	}
	return Message{Method: string(method), Host: host(string(uri))}, true
}

// host gives the host of "sip:user@host:port;parameters".
func host(uri string) string {
	scheme, rest, ok := strings.Cut(uri, ":")
	if !ok || scheme != "sip" && scheme != "sips" {
		return ""
	}
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		rest = rest[i+1:]
	}
	if i := strings.IndexAny(rest, ";?"); i >= 0 {
		rest = rest[:i]
	}
	if len(rest) > maxText || strings.IndexFunc(rest, oddHost) >= 0 {
		return ""
	}
	return rest
}

func oddHost(r rune) bool {
	return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("-_.:[]", r))
}

// read keeps the headers of the list; key is in lower case.
func (m *Message) read(key string, value []byte) {
	switch key {
	case "user-agent":
		m.UserAgent = record.UpToNUL(value, maxText)
	case "server":
		m.Server = record.UpToNUL(value, maxText)
	case "cseq":
		if _, method, _ := strings.Cut(record.UpToNUL(value, maxText), " "); m.Status != 0 && methods[method] {
			m.Method = method
		}
	case "authorization", "proxy-authorization", "www-authenticate", "proxy-authenticate":
		m.Auth = scheme(value)
	}
}

// scheme gives the first word of an authentication header, if it is a known one.
func scheme(value []byte) string {
	word, _, _ := strings.Cut(record.UpToNUL(value, maxText), " ")
	switch word = strings.ToLower(word); word {
	case "basic", "digest", "ntlm", "negotiate", "bearer", "kerberos":
		return word
	}
	return "other"
}

type parser struct {
	dirs [2]record.Heads
	seen record.Recent[Message]
}

func newParser() *parser {
	h := record.Heads{Starts: starts}
	return &parser{dirs: [2]record.Heads{h, h}}
}

func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	p.dirs[dir].Data(b, func(head []byte) (body int, ok bool) {
		line, rest, _ := bytes.Cut(head, []byte("\n"))
		m, ok := parseStart(bytes.TrimRight(line, "\r"))
		if !ok {
			return 0, false
		}
		body = record.Headers(rest, m.read)
		if !p.seen.Again(m, maxSeen) {
			emit(dir, m)
		}
		return body, true
	})
	return true
}

// Held implements proto.Holder.
func (p *parser) Held() int { return p.dirs[0].Held() + p.dirs[1].Held() }

// Gap waits for the next segment that starts with a message.
func (p *parser) Gap(dir proto.Dir, _ int) { p.dirs[dir].Lost() }

func (p *parser) Close(proto.Emit) {}
