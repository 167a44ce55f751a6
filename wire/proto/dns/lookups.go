package dns

import (
	"net/netip"

	"ward/wire/proto"
)

const maxPending = 8 // questions of one session that wait for an answer

type question struct {
	id, typ uint16
	name    string
	dir     proto.Dir
}

// lookups pairs questions with responses. Datagrams and the two directions of
// a TCP session (length prefix, RFC 1035 section 4.2.2) come by the same door:
// the first bytes tell which it is.
type lookups struct {
	protocol string
	pending  []question
	framing  framing
	streams  [2]stream
}

type framing uint8

const (
	undecided framing = iota
	datagrams
	prefixed
)

// perQuestion is about what one question without its answer holds, in bytes.
const perQuestion = 128

// Held implements proto.Holder.
func (l *lookups) Held() int {
	return cap(l.streams[0].buf) + cap(l.streams[1].buf) + cap(l.pending)*perQuestion
}

func (l *lookups) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	if l.framing == undecided && len(b) > 0 {
		l.framing = frame(b)
	}
	if l.framing != prefixed {
		l.read(dir, b, emit)
		return true
	}
	return l.streams[dir].write(b, func(msg []byte) { l.read(dir, msg, emit) })
}

// frame tells a whole message from the start of a stream: seen as a message, a
// length prefix moves the counts to where they make no sense.
func frame(b []byte) framing {
	if m, ok := parse(b); ok && (m.complete || m.truncated()) {
		return datagrams
	}
	if _, match := firstMessage(b); match != proto.No {
		return prefixed
	}
	return undecided
}

func (l *lookups) Gap(dir proto.Dir, _ int) { l.streams[dir].lost = true }

// read takes one message. Only questions of opcode QUERY count.
func (l *lookups) read(dir proto.Dir, b []byte, emit proto.Emit) {
	m, ok := parse(b)
	if !ok || m.opcode() != 0 || m.qd == 0 {
		return
	}
	var room [2 * maxName]byte
	name, ok := appendName(room[:0], b, m.qname)
	if !ok {
		return
	}
	if !m.response() {
		l.ask(question{m.id, m.qtype, string(name), dir}, emit)
		return
	}
	fact := Lookup{Protocol: l.protocol, Name: l.take(&m, name), Type: typeName(m.qtype), Answered: true, Rcode: m.rcode()}
	fact.Addrs, fact.Target = m.result()
	emit(dir, fact)
}

func (l *lookups) ask(q question, emit proto.Emit) {
	for _, old := range l.pending {
		if old == q {
			return // sent again
		}
	}
	if len(l.pending) == maxPending {
		l.giveUp(l.pending[0], emit)
		l.pending = append(l.pending[:0], l.pending[1:]...)
	}
	l.pending = append(l.pending, q)
}

// take gives the name as a string and removes its question from those pending.
func (l *lookups) take(m *message, name []byte) string {
	for i, q := range l.pending {
		if q.id == m.id && q.typ == m.qtype && q.name == string(name) {
			l.pending = append(l.pending[:i], l.pending[i+1:]...)
			return q.name
		}
	}
	return string(name)
}

func (l *lookups) giveUp(q question, emit proto.Emit) {
	emit(q.dir, Lookup{Protocol: l.protocol, Name: q.name, Type: typeName(q.typ)})
}

// Close emits the questions that nobody answered.
func (l *lookups) Close(emit proto.Emit) {
	for _, q := range l.pending {
		l.giveUp(q, emit)
	}
	l.pending = nil
}

// result gives the addresses and the last PTR target of the answers.
func (m *message) result() (addrs []netip.Addr, target string) {
	m.answers(false, func(r resource) {
		if a := r.addr(); a.IsValid() && len(addrs) < maxAddrs {
			addrs = append(addrs, a)
		}
		if r.typ == typePTR {
			if name, ok := appendName(nil, m.raw, r.data); ok {
				target = string(name)
			}
		}
	})
	return addrs, target
}
