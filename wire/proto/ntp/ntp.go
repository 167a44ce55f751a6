// Package ntp turns NTP messages (RFC 5905, control messages of RFC 9327, and
// the private mode 7 of ntpd) into who keeps time with whom. It refuses what is
// not plausible as a whole: the format has no signature.
package ntp

import (
	"encoding/binary"

	"ward/wire/proto"
)

const (
	name = "ntp"
	port = 123

	minSize = 48
	maxSize = 1024
)

// Modes, RFC 5905 figure 10.
var modes = [...]string{"", "symmetric_active", "symmetric_passive", "client", "server", "broadcast", "control", "private"}

const (
	modeClient  = 3
	modeServer  = 4
	modeControl = 6
	modePrivate = 7
)

// Message says how one side takes part. Equal ones in a row come once.
type Message struct {
	Mode    string `json:"mode" keep:"closed set of modes"`
	Version uint8  `json:"version"`
	Stratum uint8  `json:"stratum,omitempty"` // 1 has its own clock, 16 is not synchronised
	RefID   string `json:"ref_id,omitempty" keep:"kind of clock of a stratum 1 server, four characters"`
	Monlist bool   `json:"monlist,omitempty"` // asks for the list of peers: an amplifier if answered
}

// Service implements proto.Fact.
func (Message) Service() string { return name }

// Codec reads NTP over UDP.
var Codec = proto.Codec{
	Name:     name,
	Datagram: match,
	New:      func() proto.Parser { return new(parser) },
	Facts:    []proto.Fact{Message{}},
}

// match takes any plausible message on port 123, elsewhere only a server's
// answer with a stratum and its timestamps set.
func match(b []byte, p proto.Ports) proto.Match {
	m, ok := Parse(b)
	switch {
	case !ok:
		return proto.No
	case p.Either(port):
		return proto.Yes
	case m.Mode == modes[modeServer] && m.Version >= 3 && m.Stratum >= 1 && m.Stratum < 16 && len(b) == minSize && answered(b):
		return proto.Yes
	}
	return proto.No
}

// answered tells that receive and transmit time are set and close to each other.
func answered(b []byte) bool {
	receive, transmit := binary.BigEndian.Uint32(b[32:]), binary.BigEndian.Uint32(b[40:])
	return receive != 0 && transmit-receive < 60
}

type parser struct {
	proto.Stateless
	last [2]Message
}

func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	if m, ok := Parse(b); ok && m != p.last[dir] {
		p.last[dir] = m
		emit(dir, m)
	}
	return true
}

// Parse reads one message.
//
//	leap 2 bits, version 3 bits, mode 3 bits | stratum | poll | precision |
//	root delay u32 | root dispersion u32 | reference id | four timestamps u64
func Parse(b []byte) (m Message, ok bool) {
	if len(b) < 8 || len(b) > maxSize {
		return m, false
	}
	mode := b[0] & 7
	m = Message{Mode: modes[mode], Version: b[0] >> 3 & 7}
	if m.Version == 0 || m.Version > 4 || mode == 0 {
		return Message{}, false
	}
	switch mode {
	case modeControl: // op code, sequence, status, association, offset, count
		if len(b) < 12 || int(binary.BigEndian.Uint16(b[10:])) > len(b)-12 {
			return Message{}, false
		}
		return m, true
	case modePrivate: // sequence, implementation, request code
		const xntpd, oldXntpd = 3, 2
		if b[2] > xntpd {
			return Message{}, false
		}
		m.Monlist = (b[2] == xntpd || b[2] == oldXntpd) && (b[3] == 42 || b[3] == 20)
		return m, true
	}
	if len(b) < minSize || len(b)%4 != 0 || b[1] > 16 || b[2] > 20 && b[2] < 0xf0 || !precise(b[3]) {
		return Message{}, false
	}
	if mode != modeClient {
		m.Stratum = b[1]
	}
	if m.Stratum == 1 {
		m.RefID = refID(b[12:16])
	}
	return m, true
}

// precise tells a clock precision between a second and a part of a nanosecond:
// a negative power of two, unset, or the 32 of clients that hide theirs.
func precise(v byte) bool { return int8(v) <= 4 && int8(v) >= -40 || v == 32 }

// refID reads up to four capital letters or digits, RFC 5905 figure 12.
func refID(b []byte) string {
	n := 0
	for n < len(b) && (b[n] >= 'A' && b[n] <= 'Z' || b[n] >= '0' && b[n] <= '9') {
		n++
	}
	return string(b[:n])
}
