package printing

import (
	"bytes"

	"ward/wire/proto"
)

// LPD recognises the line printer daemon (RFC 1179, section 3) on its port: a
// command byte, a queue name, LF; the answer is one zero byte.
var LPD = proto.Codec{
	Name:   "lpd",
	Stream: matchLPD,
	New:    func() proto.Parser { return lpd{} },
	Facts:  []proto.Fact{Command{}},
}

// Command is the daemon command that opened the session; the queue is dropped.
type Command struct {
	Kind string `json:"kind" keep:"command name from our table"`
}

// Service implements proto.Fact.
func (Command) Service() string { return "lpd" }

// commands: RFC 1179, section 5.
var commands = [...]string{1: "print waiting", 2: "receive job", 3: "short queue", 4: "long queue", 5: "remove jobs"}

const (
	portLPD  = 515
	maxQueue = 128
)

// matchLPD needs the port too: five byte values are too little proof alone.
func matchLPD(orig, resp []byte, p proto.Ports) proto.Match {
	if p.Resp != portLPD || len(orig) > 0 && (orig[0] == 0 || int(orig[0]) >= len(commands)) {
		return proto.No
	}
	end := bytes.IndexByte(orig[:min(len(orig), maxQueue)], '\n')
	if end < 0 && len(orig) >= maxQueue {
		return proto.No
	}
	if end < 0 || len(resp) == 0 {
		return proto.Maybe
	}
	if orig[0] == 2 && resp[0] > 1 {
		return proto.No
	}
	return proto.Yes
}

type lpd struct{ proto.Stateless }

func (lpd) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	if dir == proto.Resp || len(b) == 0 {
		return true
	}
	if int(b[0]) < len(commands) && b[0] > 0 {
		emit(dir, Command{Kind: commands[b[0]]})
	}
	return false
}
