// Package telnet reads Telnet sessions (RFC 854): option negotiation, a few
// known device banners and the fact of a cleartext login. It refuses to keep
// any other text of either side: a screen may show a patient.
package telnet

import (
	"bytes"

	"ward/wire/proto"
	"ward/wire/proto/defaults"
)

const name = "telnet"

// Codec recognises Telnet by option negotiation, or by a known banner.
var Codec = proto.Codec{
	Name:   name,
	Stream: match,
	New:    func() proto.Parser { return &parser{} },
	Facts:  []proto.Fact{Banner{}, Login{}},
}

// Banner is a known device's greeting.
type Banner struct {
	Product string `json:"product" keep:"product line from our rules"`
	Version string `json:"version,omitempty" keep:"software level of the device"`
	Serial  string `json:"serial,omitempty" keep:"serial number of the device"`
	MAC     string `json:"mac,omitempty" keep:"hardware address of the device"`
}

// Login is a name and password sent in clear; neither is kept.
type Login struct {
	Default bool `json:"default"` // a shipped default pair
}

func (Banner) Service() string { return name }
func (Login) Service() string  { return name }

// Commands, RFC 854.
const (
	iac  = 255
	dont = 254
	will = 251
	sb   = 250
	se   = 240

	maxOption = 49 // highest option in common use; 255 is the extended list
)

func match(orig, resp []byte, p proto.Ports) proto.Match {
	o, r := matchSide(orig), matchSide(resp)
	switch {
	case o == proto.Yes && r == proto.Yes:
		return proto.Yes
	case r == proto.Yes && printable(orig) || o == proto.Yes && printable(resp):
		// A bare client may answer with text alone: the negotiation of the other
		// side is proof enough once both spoke.
		if len(orig) > 0 && len(resp) > 0 {
			return proto.Yes
		}
		return proto.Maybe
	case bytes.Contains(resp, sigma):
		return proto.Yes
	case p.Resp == 23 && prompt(resp) != notPrompt && printable(resp):
		return proto.Yes
	case p.Resp == 23 && (len(resp) == 0 || printable(resp)) && printable(orig):
		return proto.Maybe
	}
	return proto.No
}

// matchSide wants one whole negotiation command at the start.
func matchSide(b []byte) proto.Match {
	if len(b) < 3 {
		return proto.Maybe
	}
	if b[0] == iac && b[1] >= sb && b[1] <= dont && (b[2] <= maxOption || b[2] == iac) {
		return proto.Yes
	}
	return proto.No
}

func printable(b []byte) bool {
	for _, c := range b {
		if c < 7 || c == 127 || c > 13 && c < 27 {
			return false
		}
	}
	return true
}

const (
	maxLine   = 128 // bytes of the server's line and of one answer
	maxBefore = 64  // lines of the server that are compared with the rules
	maxLogins = 4   // attempts that are reported
)

type parser struct {
	text   [2]stripper
	line   []byte // the server's current line
	answer []byte // what the client typed at a prompt
	user   string
	asked  promptKind
	lines  int
	logins int
	sigma  Banner
	banner bool
}

// Data implements proto.Parser.
func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	for _, c := range b {
		c, ok := p.text[dir].next(c)
		if !ok {
			continue
		}
		if dir == proto.Resp {
			p.server(c, emit)
		} else {
			p.client(c, emit)
		}
	}
	return p.logins < maxLogins
}

func (p *parser) server(c byte, emit proto.Emit) {
	if c == '\n' || c == '\r' {
		if len(p.line) > 0 {
			p.lineEnd(emit)
		}
		return
	}
	if len(p.line) < maxLine {
		p.line = append(p.line, c)
	}
	if c == ':' || c == ' ' {
		if kind := prompt(p.line); kind != notPrompt && p.asked != kind {
			p.asked, p.answer = kind, p.answer[:0]
		}
	}
}

func (p *parser) lineEnd(emit proto.Emit) {
	if p.lines++; p.lines <= maxBefore {
		p.rules(emit)
	}
	clear(p.line)
	p.line = p.line[:0]
}

// client gathers what is typed at a prompt until the line ends.
func (p *parser) client(c byte, emit proto.Emit) {
	if p.asked == notPrompt {
		return
	}
	if c != '\r' && c != '\n' {
		if (c == 8 || c == 127) && len(p.answer) > 0 {
			p.answer = p.answer[:len(p.answer)-1]
		} else if c >= ' ' && len(p.answer) < maxLine {
			p.answer = append(p.answer, c)
		}
		return
	}
	if p.asked == askUser {
		p.user = string(p.answer)
	} else {
		p.logins++
		emit(proto.Resp, Login{Default: defaults.Known(p.user, string(p.answer))})
		p.user = ""
	}
	clear(p.answer)
	p.answer, p.asked = p.answer[:0], notPrompt
	clear(p.line)
	p.line = p.line[:0]
}

// Gap drops the line and the answer that were being read.
func (p *parser) Gap(proto.Dir, int) { p.line, p.answer, p.asked = nil, nil, notPrompt }

// Close reports a banner whose lines were read in part.
func (p *parser) Close(emit proto.Emit) { p.flush(emit) }

type promptKind uint8

const (
	notPrompt promptKind = iota
	askUser
	askPassword
)

// prompt tells what the end of the server's text asks for.
func prompt(b []byte) promptKind {
	low := bytes.ToLower(bytes.TrimRight(b[max(0, len(b)-maxLine):], " "))
	for _, s := range []string{"login:", "username:", "user name:", "user:"} {
		if bytes.HasSuffix(low, []byte(s)) && !bytes.HasSuffix(low, []byte("last login:")) {
			return askUser
		}
	}
	if bytes.HasSuffix(low, []byte("password:")) || bytes.HasSuffix(low, []byte("passwd:")) {
		return askPassword
	}
	return notPrompt
}

// stripper removes commands from the data (RFC 854, RFC 855).
type stripper struct{ state byte }

func (s *stripper) next(c byte) (byte, bool) {
	switch s.state {
	case 0:
		if c == iac {
			s.state = iac
			return 0, false
		}
		return c, c != 0
	case iac:
		switch {
		case c == sb:
			s.state = sb
		case c >= will && c <= dont:
			s.state = will
		default:
			s.state = 0
		}
	case will:
		s.state = 0
	case sb:
		if c == iac {
			s.state = se
		}
	case se: // inside a subnegotiation, after IAC
		s.state = sb
		if c == se {
			s.state = 0
		}
	}
	return 0, false
}
