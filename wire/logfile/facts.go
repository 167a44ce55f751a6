package logfile

import (
	"strings"
	"time"

	"ward/wire/proto"
	"ward/wire/session"
)

// Facts gathers what one line of a log tells.
type Facts struct {
	Seen []session.Seen
	Line uint64
	Time time.Time
}

// Reset empties f for another line.
func (f *Facts) Reset(line uint64, t time.Time) { f.Seen, f.Line, f.Time = f.Seen[:0], line, t }

// Add keeps one fact.
func (f *Facts) Add(dir proto.Dir, fact proto.Fact) {
	f.Seen = append(f.Seen, session.Seen{Fact: fact, Dir: dir, Frame: f.Line, Time: f.Time})
}

// said is one message as the wire carried it.
type said struct {
	dir proto.Dir
	b   []byte
}

// ask lets a codec read messages and keeps what it emits.
func (f *Facts) ask(c *proto.Codec, messages ...said) {
	p := c.New()
	for _, m := range messages {
		if !p.Data(m.dir, m.b, f.Add) {
			break
		}
	}
	p.Close(f.Add)
}

// oneLine makes a value safe to stand in a line of a text protocol.
func oneLine(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r < ' ' }) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, s)
}
