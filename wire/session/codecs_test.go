package session

import (
	"bytes"
	"strings"

	"ward/wire/proto"
)

// said is the fact of the codecs in these tests: what one side said.
type said struct {
	Codec string `json:"codec" keep:"test"`
	Text  string `json:"text" keep:"test"`
}

func (s said) Service() string { return s.Codec }

// list is a fact that == cannot compare.
type list struct {
	Words []string `json:"words" keep:"test"`
}

func (list) Service() string { return "list" }

// lines is a parser that emits each line of each side.
type lines struct {
	name string
	rest [2][]byte
	stop string // a line after which nothing more is wanted
}

func (l *lines) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	l.rest[dir] = append(l.rest[dir], b...)
	for {
		line, rest, ok := bytes.Cut(l.rest[dir], []byte("\n"))
		if !ok {
			return true
		}
		if string(line) == "panic" {
			panic("a codec with a mistake")
		}
		if words, ok := strings.CutPrefix(string(line), "list "); ok {
			emit(dir, list{strings.Fields(words)})
		} else {
			emit(dir, said{l.name, string(line)})
		}
		l.rest[dir] = rest
		if string(line) == l.stop {
			return false
		}
	}
}

func (l *lines) Gap(dir proto.Dir, n int) { l.rest[dir] = nil }

func (l *lines) Close(emit proto.Emit) {
	for d, r := range l.rest {
		if len(r) > 0 {
			emit(proto.Dir(d), said{l.name, "unfinished " + string(r)})
		}
	}
}

// talker is a codec whose client starts with hello and whose server with welcome.
func talker(name, hello, welcome string) *proto.Codec {
	side := func(b []byte, want string) proto.Match {
		n := min(len(b), len(want))
		switch {
		case string(b[:n]) != want[:n]:
			return proto.No
		case n == len(want):
			return proto.Yes
		}
		return proto.Maybe
	}
	return &proto.Codec{
		Name: name,
		Stream: func(orig, resp []byte, _ proto.Ports) proto.Match {
			return min(side(orig, hello), side(resp, welcome), max(side(orig, hello), side(resp, welcome)))
		},
		Datagram: func(b []byte, _ proto.Ports) proto.Match { return side(b, hello) },
		New:      func() proto.Parser { return &lines{name: name, stop: "stop"} },
	}
}

// alpha and beta share their first letters, gamma is the only one on frames.
func testCodecs() []*proto.Codec {
	frames := talker("gamma", "GAMMA", "G-OK")
	frames.Stream, frames.Datagram = nil, nil
	frames.EtherTypes, frames.IPProtos = []uint16{0x0806, 0x88cc}, []uint8{1}
	frames.New = func() proto.Parser { return sizes{} }
	return []*proto.Codec{talker("alpha", "HELLO A", "200 A"), talker("beta", "HELLO B", "200 B"), talker("dicom", "HELLO D", "200 D"), frames}
}

// sizes emits the size of each message.
type sizes struct{ proto.Stateless }

func (sizes) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	emit(dir, said{"gamma", strings.Repeat("x", len(b)%7)})
	return true
}
