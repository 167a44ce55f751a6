// Package rtsp turns RTSP messages (RFC 2326, RFC 7826) into what cameras and
// recorders say of their make, and how their users log in. Of a URL it keeps
// the host only; session descriptions and media are skipped.
package rtsp

import (
	"bytes"
	"strconv"
	"strings"

	"ward/wire/proto"
	"ward/wire/proto/record"
)

const (
	name    = "rtsp"
	maxText = 160
	maxSeen = 16
)

// Message is one request or response.
type Message struct {
	Method    string `json:"method,omitempty" keep:"closed set of methods"`
	Status    uint16 `json:"status,omitempty"` // of a response
	Host      string `json:"host,omitempty" keep:"host and port of the request URL"`
	UserAgent string `json:"user_agent,omitempty" keep:"product and version"`
	Server    string `json:"server,omitempty" keep:"product and version"`
	Auth      string `json:"auth,omitempty" keep:"name of an authentication scheme"`
	Realm     string `json:"realm,omitempty" keep:"text a camera names itself with when it asks for a login"`
}

// Service implements proto.Fact.
func (Message) Service() string { return name }

// Codec reads RTSP over TCP.
var Codec = proto.Codec{
	Name:   name,
	Stream: match,
	New:    func() proto.Parser { return newParser() },
	Facts:  []proto.Fact{Message{}},
}

// match is sure when both sides start with an RTSP line.
func match(orig, resp []byte, _ proto.Ports) proto.Match {
	if len(orig)+len(resp) == 0 {
		return proto.No
	}
	return record.Both(matchLine(orig), matchLine(resp))
}

func matchLine(b []byte) proto.Match { return record.MatchStart(b, starts, methods, "RTSP/") }

func starts(line []byte) bool {
	_, ok := parseStart(line)
	return ok
}

var methods = map[string]bool{"OPTIONS": true, "DESCRIBE": true, "ANNOUNCE": true, "SETUP": true, "PLAY": true, "PAUSE": true, "TEARDOWN": true,
	"GET_PARAMETER": true, "SET_PARAMETER": true, "REDIRECT": true, "RECORD": true, "PLAY_NOTIFY": true}

// parseStart reads "METHOD URL RTSP/1.0" or "RTSP/1.0 STATUS reason".
func parseStart(line []byte) (m Message, ok bool) {
	if rest, found := bytes.CutPrefix(line, []byte("RTSP/")); found {
		if len(rest) < 7 || rest[3] != ' ' || len(rest) > 7 && rest[7] != ' ' || rest[0] != '1' && rest[0] != '2' {
			return m, false
		}
		status, err := strconv.ParseUint(string(rest[4:7]), 10, 16)
		m.Status = uint16(status)
		return m, err == nil && status >= 100 && status < 600
	}
	i := bytes.LastIndex(line, []byte(" RTSP/"))
	if i < 0 || len(line)-i != len(" RTSP/1.0") {
		return m, false
	}
	method, url, found := bytes.Cut(line[:i], []byte(" "))
	if !found || !methods[string(method)] {
		return m, false
	}
	return Message{Method: string(method), Host: host(string(url))}, true
}

// host drops scheme, user, path and query of a URL.
func host(url string) string {
	_, rest, ok := strings.Cut(url, "://")
	if !ok {
		return ""
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		rest = rest[i+1:]
	}
	odd := func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("-_.:[]", r))
	}
	if len(rest) > maxText || strings.IndexFunc(rest, odd) >= 0 {
		return ""
	}
	return rest
}

// read keeps the headers of the list; key is in lower case.
func (m *Message) read(key string, value []byte) {
	switch key {
	case "user-agent":
		m.UserAgent = record.UpToNUL(value, maxText)
	case "server":
		m.Server = record.UpToNUL(value, maxText)
	case "authorization":
		m.Auth, _ = challenge(value)
	case "www-authenticate":
		m.Auth, m.Realm = challenge(value)
	}
}

// challenge gives scheme and realm of an authentication header.
func challenge(value []byte) (scheme, realm string) {
	word, rest, _ := strings.Cut(record.UpToNUL(value, 2*maxText), " ")
	switch scheme = strings.ToLower(word); scheme {
	case "basic", "digest":
	default:
		scheme = "other"
	}
	if _, after, ok := strings.Cut(rest, `realm="`); ok {
		realm, _, _ = strings.Cut(after, `"`)
	}
	return scheme, realm
}

type parser struct {
	dirs [2]record.Heads
	seen record.Recent[Message]
}

func newParser() *parser {
	h := record.Heads{Starts: starts, Media: true}
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
