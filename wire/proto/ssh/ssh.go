// Package ssh reads the identification line of each side of an SSH session (RFC
// 4253, section 4.2) and turns it into the software that speaks there. All that
// follows is key exchange and is not read.
package ssh

import (
	"bytes"
	"strings"

	"ward/wire/proto"
	"ward/wire/proto/record"
)

const name = "ssh"

// Codec recognises SSH by an identification line of each side.
var Codec = proto.Codec{
	Name:   name,
	Stream: match,
	New:    func() proto.Parser { return &parser{} },
	Facts:  []proto.Fact{Banner{}},
}

// Banner is one side's identification line.
type Banner struct {
	Protocol string `json:"protocol" keep:"protocol version"`
	Software string `json:"software" keep:"product and version"`
	Comment  string `json:"comment,omitempty" keep:"build of the product, e.g. of a distribution"`
	// Old: protocol 1 is spoken; 1.99 means both.
	Old bool `json:"old,omitempty"`
}

// Service implements proto.Fact.
func (Banner) Service() string { return name }

const (
	maxBanner   = 255 // RFC 4253, section 4.2
	maxComment  = 64
	maxPreamble = 128 // lines a server may send before its identification
)

func match(orig, resp []byte, _ proto.Ports) proto.Match {
	server := matchSide(resp)
	if i := bytes.Index(resp, []byte("\nSSH-2.0-")); server == proto.No && i >= 0 {
		server = proto.Yes // the server may greet with text first
	}
	return record.Both(matchSide(orig), server)
}

func matchSide(b []byte) proto.Match {
	const start = "SSH-"
	n := min(len(b), len(start))
	switch {
	case string(b[:n]) != start[:n]:
		return proto.No
	case len(b) < len(start)+4:
		return proto.Maybe
	case b[4] != '1' && b[4] != '2' || b[5] != '.':
		return proto.No
	}
	return proto.Yes
}

type parser struct {
	proto.Stateless
	lines  [2]record.Lines
	before [2]int
	done   [2]bool
}

// Held implements proto.Holder.
func (p *parser) Held() int { return p.lines[0].Held() + p.lines[1].Held() }

// Data waits for the line of each side.
func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	for !p.done[dir] {
		line, rest, ok := p.lines[dir].Next(b)
		if !ok {
			break
		}
		b = rest
		f, ok := parse(line)
		if ok {
			emit(dir, f)
		}
		p.before[dir]++
		p.done[dir] = ok || p.before[dir] > maxPreamble
	}
	return !p.done[proto.Orig] || !p.done[proto.Resp]
}

// parse reads SSH-protocol-software SP comment.
func parse(line []byte) (Banner, bool) {
	rest, ok := bytes.CutPrefix(line, []byte("SSH-"))
	if !ok || len(line) > maxBanner {
		return Banner{}, false
	}
	version, software, ok := strings.Cut(record.Text(rest, maxBanner), "-")
	if !ok {
		return Banner{}, false
	}
	product, comment, _ := strings.Cut(software, " ")
	comment = record.Text([]byte(comment), maxComment)
	return Banner{Protocol: version, Software: product, Comment: comment, Old: strings.HasPrefix(version, "1")}, true
}
