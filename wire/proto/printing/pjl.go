// Package printing reads printer sessions: PJL (HP's Printer Job Language) on
// raw port 9100 and the line printer daemon (RFC 1179). It keeps the printer's
// own answers to INFO ID and what kinds of command were sent. Job names, user
// names, queue names and pages are never kept. IPP is part of HTTP.
package printing

import (
	"bytes"
	"strings"

	"ward/wire/proto"
	"ward/wire/proto/record"
)

const name = "pjl"

// Codec recognises PJL by its universal exit or its command prefix.
var Codec = proto.Codec{
	Name:   name,
	Stream: match,
	New:    func() proto.Parser { return &parser{} },
	Facts:  []proto.Fact{Printer{}, Jobs{}},
}

// Printer is what the printer answers to @PJL INFO ID.
type Printer struct {
	Model string `json:"model" keep:"printer model"`
}

// Jobs says what was sent to the printer.
type Jobs struct {
	Count    int    `json:"count"`
	Language string `json:"language,omitempty" keep:"page language from our list"`
	// FileSystem: commands that read or write the printer's disk were sent.
	FileSystem bool `json:"file_system,omitempty"`
}

func (Printer) Service() string { return name }
func (Jobs) Service() string    { return name }

var (
	exit   = []byte("\x1b%-12345X") // universal exit language
	prefix = []byte("@PJL")
)

const (
	maxModel = 96
	maxLines = 200 // lines of either side that are read
)

// match: the answer side is often silent, so the client's own marker decides.
func match(orig, resp []byte, _ proto.Ports) proto.Match {
	m := starts(orig)
	if len(orig) == 0 {
		m = proto.Maybe
	}
	if len(resp) > 0 {
		return record.Both(m, answers(resp))
	}
	return m
}

func starts(b []byte) proto.Match {
	for _, s := range [][]byte{exit, prefix} {
		n := min(len(b), len(s))
		if bytes.Equal(b[:n], s[:n]) {
			if n == len(s) {
				return proto.Yes
			}
			return proto.Maybe
		}
	}
	return proto.No
}

func answers(b []byte) proto.Match {
	if n := min(len(b), len(prefix)); bytes.Equal(b[:n], prefix[:n]) {
		return proto.Yes
	}
	return proto.No
}

type parser struct {
	lines [2]record.Lines
	count int
	id    bool // the next line of the printer is its model
	jobs  Jobs
}

// Data implements proto.Parser. It ends with the first page data.
func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	for p.count < maxLines {
		line, rest, ok := p.lines[dir].Next(b)
		if !ok {
			return true
		}
		b = rest
		p.count++
		if dir == proto.Orig {
			p.command(line)
		} else {
			p.answer(line, emit)
		}
	}
	return false
}

func (p *parser) command(line []byte) {
	line = bytes.TrimPrefix(line, exit)
	text, ok := bytes.CutPrefix(line, prefix)
	if !ok {
		return
	}
	text = bytes.TrimSpace(bytes.ToUpper(text))
	word, arg, _ := bytes.Cut(text, []byte{' '})
	switch string(word) {
	case "JOB":
		p.jobs.Count++
	case "ENTER":
		p.jobs.Language = language(arg)
	case "FSUPLOAD", "FSDOWNLOAD", "FSDELETE", "FSDIRLIST", "FSQUERY", "FSMKDIR", "FSAPPEND", "FSINIT":
		p.jobs.FileSystem = true
	}
}

// language reads LANGUAGE = NAME.
func language(arg []byte) string {
	_, value, _ := bytes.Cut(arg, []byte{'='})
	switch l := strings.TrimSpace(string(value)); l {
	case "PCL", "PCLXL", "POSTSCRIPT", "PDF", "HPGL2", "ZJS":
		return l
	}
	return ""
}

// answer waits for the echo "@PJL INFO ID"; the model follows, often quoted.
func (p *parser) answer(line []byte, emit proto.Emit) {
	text := bytes.TrimSpace(bytes.Trim(line, "\x0c"))
	if bytes.HasPrefix(text, prefix) {
		p.id = bytes.EqualFold(bytes.TrimSpace(text[len(prefix):]), []byte("INFO ID"))
		return
	}
	if p.id && len(text) > 0 {
		p.id = false
		emit(proto.Resp, Printer{Model: record.Text(bytes.Trim(text, `"`), maxModel)})
	}
}

// Held implements proto.Holder.
func (p *parser) Held() int { return p.lines[0].Held() + p.lines[1].Held() }

// Gap drops the line that was being read.
func (p *parser) Gap(dir proto.Dir, _ int) { p.lines[dir].Reset(); p.id = false }

// Close reports what was sent.
func (p *parser) Close(emit proto.Emit) {
	if p.jobs != (Jobs{}) {
		emit(proto.Resp, p.jobs)
	}
}
