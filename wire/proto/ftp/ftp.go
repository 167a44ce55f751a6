// Package ftp reads the control connection of FTP (RFC 959, RFC 4217): the
// greeting, the fact of a login, the system type and what kinds of file are
// moved. User names, passwords, file names and directories are not kept.
package ftp

import (
	"bytes"
	"strings"

	"ward/wire/proto"
	"ward/wire/proto/defaults"
	"ward/wire/proto/record"
	"ward/wire/proto/tls"
)

const name = "ftp"

// Codec recognises FTP by a 220 greeting and a first command.
var Codec = proto.Codec{
	Name:   name,
	Stream: match,
	New:    func() proto.Parser { return &parser{} },
	Facts:  append([]proto.Fact{Banner{}, Login{}, System{}, Transfer{}, AuthTLS{}}, tls.Codec.Facts...),
}

// Banner is the first line of the server's greeting.
type Banner struct {
	Text string `json:"text" keep:"product and host name, sent before any login"`
}

// Login is one attempt; without TLS it crossed the network in clear.
type Login struct {
	Anonymous bool `json:"anonymous"`
	Default   bool `json:"default"` // a shipped default pair
	Accepted  bool `json:"accepted"`
}

// System is the answer to SYST.
type System struct {
	Text string `json:"text" keep:"operating system type"`
}

// Transfer counts moved files of one class.
type Transfer struct {
	Verb  string `json:"verb" keep:"RETR or STOR"`
	Class string `json:"class" keep:"file class from our list"`
	Count int    `json:"count"`
}

// AuthTLS says that the session changed to TLS.
type AuthTLS struct {
	Accepted bool `json:"accepted"`
}

func (Banner) Service() string   { return name }
func (Login) Service() string    { return name }
func (System) Service() string   { return name }
func (Transfer) Service() string { return name }
func (AuthTLS) Service() string  { return name }

const (
	maxBanner  = 120
	maxSystem  = 60
	maxLogins  = 8
	maxClasses = 16
)

func match(orig, resp []byte, _ proto.Ports) proto.Match {
	return record.Both(matchCommand(orig), matchGreeting(resp))
}

func matchGreeting(b []byte) proto.Match {
	const code = "220"
	n := min(len(b), len(code))
	switch {
	case string(b[:n]) != code[:n]:
		return proto.No
	case len(b) < 4:
		return proto.Maybe
	case b[3] != ' ' && b[3] != '-':
		return proto.No
	}
	if line, _, _ := bytes.Cut(bytes.ToUpper(b), []byte{'\n'}); bytes.Contains(line, []byte("SMTP")) {
		return proto.No
	}
	return proto.Yes
}

func matchCommand(b []byte) proto.Match {
	word, _, ended := strings.Cut(strings.ToUpper(string(b[:min(len(b), 16)])), "\n")
	word, _, _ = strings.Cut(strings.TrimRight(word, "\r"), " ")
	switch word {
	case "USER", "AUTH", "FEAT", "SYST", "OPTS", "PASS", "PBSZ", "CLNT":
		return proto.Yes
	case "QUIT", "NOOP", "HELP":
		return proto.Maybe // mail has these too
	}
	if !ended && len(b) < 4 {
		return proto.Maybe
	}
	return proto.No
}

type parser struct {
	lines   [2]record.Lines
	greeted bool
	user    string
	pair    bool // the pending password makes a shipped pair
	verb    string
	logins  int
	classes []Transfer
	tls     proto.Parser
}

// Data implements proto.Parser.
func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	for len(b) > 0 {
		if p.tls != nil {
			return p.tls.Data(dir, b, emit)
		}
		line, rest, ok := p.lines[dir].Next(b)
		if !ok {
			break
		}
		b = rest
		if dir == proto.Orig {
			p.command(line)
		} else {
			p.reply(line, emit)
		}
	}
	return true
}

func (p *parser) command(line []byte) {
	verb, arg, _ := strings.Cut(string(line), " ")
	p.verb = strings.ToUpper(verb)
	switch p.verb {
	case "USER":
		p.user = arg
	case "PASS":
		p.pair = defaults.Known(p.user, arg)
	case "STOR", "RETR":
		p.count(p.verb, fileClass(arg))
	}
}

func (p *parser) reply(line []byte, emit proto.Emit) {
	if len(line) < 4 || line[3] != ' ' && line[3] != '-' {
		return
	}
	code := string(line[:3])
	switch {
	case code == "220" && !p.greeted:
		p.greeted = true
		if text := record.Text(line[4:], maxBanner); text != "" {
			emit(proto.Resp, Banner{Text: text})
		}
	case line[3] == '-':
	case code == "215" && p.verb == "SYST":
		emit(proto.Resp, System{Text: record.Text(line[4:], maxSystem)})
	case code == "234" && p.verb == "AUTH":
		emit(proto.Resp, AuthTLS{Accepted: true})
		p.tls = tls.New()
	case (code == "230" || code == "530") && (p.verb == "PASS" || p.verb == "USER"):
		p.login(code == "230", emit)
	}
}

func (p *parser) login(accepted bool, emit proto.Emit) {
	low := strings.ToLower(p.user)
	anonymous := low == "anonymous" || low == "ftp"
	if p.logins++; p.logins <= maxLogins {
		emit(proto.Resp, Login{Anonymous: anonymous, Default: p.pair && !anonymous, Accepted: accepted})
	}
	p.user, p.pair, p.verb = "", false, ""
}

func (p *parser) count(verb, class string) {
	for i := range p.classes {
		if p.classes[i].Verb == verb && p.classes[i].Class == class {
			p.classes[i].Count++
			return
		}
	}
	if len(p.classes) < maxClasses {
		p.classes = append(p.classes, Transfer{verb, class, 1})
	}
}

// fileClass names a file by its extension; the name itself is dropped.
func fileClass(arg string) string {
	ext := ""
	if i := strings.LastIndexByte(arg, '.'); i >= 0 {
		ext = strings.ToLower(arg[i+1:])
	}
	switch ext {
	case "bin", "fw", "img", "hex", "rom", "upd", "ipk", "swu", "firmware":
		return "firmware"
	case "cfg", "conf", "ini", "config":
		return "configuration"
	case "exe", "dll", "sh", "bat", "msi", "elf", "jar", "ps1":
		return "program"
	case "dcm", "dicom", "ima":
		return "image"
	case "zip", "gz", "tar", "tgz", "7z", "rar":
		return "archive"
	case "log", "txt", "csv", "xml", "json", "hl7", "pdf":
		return "document"
	}
	return "other"
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

// Close reports the counters.
func (p *parser) Close(emit proto.Emit) {
	for _, c := range p.classes {
		emit(proto.Orig, c)
	}
}
