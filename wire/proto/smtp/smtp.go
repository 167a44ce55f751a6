// Package smtp reads the start of a mail session (RFC 5321): the greeting, the
// name the client gives itself, authentication and STARTTLS. It stops at the
// first mail: addresses, subjects and texts are never read.
package smtp

import (
	"bytes"
	"encoding/base64"
	"strings"

	"ward/wire/proto"
	"ward/wire/proto/defaults"
	"ward/wire/proto/record"
	"ward/wire/proto/tls"
)

const name = "smtp"

// Codec recognises SMTP by a 220 greeting and EHLO or HELO.
var Codec = proto.Codec{
	Name:   name,
	Stream: match,
	New:    func() proto.Parser { return &parser{} },
	Facts:  append([]proto.Fact{Banner{}, Hello{}, Login{}, StartTLS{}}, tls.Codec.Facts...),
}

// Banner is the server's greeting.
type Banner struct {
	Text string `json:"text" keep:"host name and product, sent before any mail"`
}

// Hello is the name that the client gives itself.
type Hello struct {
	Host string `json:"host" keep:"host name of the client"`
}

// Login is a credential sent without TLS.
type Login struct {
	Mechanism string `json:"mechanism" keep:"SASL mechanism from our list"`
	Default   bool   `json:"default"` // a shipped default pair
}

// StartTLS says whether the server took the change to TLS.
type StartTLS struct {
	Accepted bool `json:"accepted"`
}

func (Banner) Service() string   { return name }
func (Hello) Service() string    { return name }
func (Login) Service() string    { return name }
func (StartTLS) Service() string { return name }

const (
	maxBanner = 120
	maxSecret = 512 // bytes of one credential that are compared
)

func match(orig, resp []byte, _ proto.Ports) proto.Match {
	return record.Both(matchCommand(orig), matchGreeting(resp))
}

func matchGreeting(b []byte) proto.Match {
	const code = "220"
	n := min(len(b), len(code))
	if string(b[:n]) != code[:n] || len(b) > 3 && b[3] != ' ' && b[3] != '-' {
		return proto.No
	}
	line, _, ended := bytes.Cut(bytes.ToUpper(b), []byte{'\n'})
	if bytes.Contains(line, []byte("FTP")) && !bytes.Contains(line, []byte("SMTP")) {
		return proto.No
	}
	if !ended {
		return proto.Maybe
	}
	return proto.Yes
}

func matchCommand(b []byte) proto.Match {
	word := strings.ToUpper(string(b[:min(len(b), 5)]))
	for _, w := range []string{"EHLO ", "HELO "} {
		if strings.HasPrefix(w, word) {
			if len(word) == len(w) {
				return proto.Yes
			}
			return proto.Maybe
		}
	}
	return proto.No
}

type parser struct {
	lines   [2]record.Lines
	greeted bool
	verb    string
	step    int // of AUTH LOGIN: 1 user is next, 2 password is next
	user    string
	done    bool
	tls     proto.Parser
}

// Data implements proto.Parser.
func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	for len(b) > 0 && !p.done {
		if p.tls != nil {
			return p.tls.Data(dir, b, emit)
		}
		line, rest, ok := p.lines[dir].Next(b)
		if !ok {
			break
		}
		b = rest
		if dir == proto.Orig {
			p.command(line, emit)
		} else {
			p.reply(line, emit)
		}
	}
	return !p.done
}

func (p *parser) command(line []byte, emit proto.Emit) {
	if p.step > 0 {
		p.authLogin(line, emit)
		return
	}
	verb, arg, _ := strings.Cut(string(line), " ")
	p.verb = strings.ToUpper(verb)
	switch p.verb {
	case "EHLO", "HELO":
		if h := record.Host([]byte(strings.Trim(arg, "[] "))); h != "" {
			emit(proto.Orig, Hello{Host: h})
		}
	case "AUTH":
		p.auth(arg, emit)
	case "MAIL", "DATA", "BDAT":
		p.done = true
	}
}

// auth reads AUTH mechanism [initial response] (RFC 4954).
func (p *parser) auth(arg string, emit proto.Emit) {
	mechanism, initial, _ := strings.Cut(arg, " ")
	switch mechanism = strings.ToUpper(mechanism); mechanism {
	case "PLAIN":
		parts := strings.Split(decode(initial), "\x00")
		known := len(parts) == 3 && defaults.Known(parts[1], parts[2])
		emit(proto.Orig, Login{Mechanism: mechanism, Default: known})
	case "LOGIN":
		p.step = 1
		if initial != "" {
			p.user, p.step = decode(initial), 2
		}
	case "CRAM-MD5", "DIGEST-MD5", "NTLM", "GSSAPI", "XOAUTH2":
		emit(proto.Orig, Login{Mechanism: mechanism})
	}
}

func (p *parser) authLogin(line []byte, emit proto.Emit) {
	if p.step == 1 {
		p.user, p.step = decode(string(line)), 2
		return
	}
	emit(proto.Orig, Login{Mechanism: "LOGIN", Default: defaults.Known(p.user, decode(string(line)))})
	p.user, p.step = "", 0
}

func decode(s string) string {
	raw, err := base64.StdEncoding.DecodeString(s[:min(len(s), maxSecret)])
	if err != nil {
		return "\xff" // matches nothing
	}
	return string(raw)
}

func (p *parser) reply(line []byte, emit proto.Emit) {
	if len(line) < 4 {
		return
	}
	code := string(line[:3])
	switch {
	case !p.greeted && code == "220":
		p.greeted = true
		emit(proto.Resp, Banner{Text: record.Text(line[4:], maxBanner)})
	case p.verb == "STARTTLS":
		p.verb = ""
		emit(proto.Resp, StartTLS{Accepted: code == "220"})
		if code == "220" {
			p.tls = tls.New()
		}
	}
}

// Held implements proto.Holder.
func (p *parser) Held() int { return p.lines[0].Held() + p.lines[1].Held() + proto.Held(p.tls) }

// Gap drops the line that was being read.
func (p *parser) Gap(dir proto.Dir, n int) {
	p.lines[dir].Reset()
	if p.tls != nil {
		p.tls.Gap(dir, n)
	}
}

// Close implements proto.Parser.
func (p *parser) Close(proto.Emit) {}
