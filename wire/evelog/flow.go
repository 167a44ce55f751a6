package evelog

import (
	"strconv"
	"time"

	"ward/wire/session"
)

type flowEvent struct {
	head
	App  string `json:"app_proto"`
	Flow struct {
		PacketsTo   uint64  `json:"pkts_toserver"`
		PacketsFrom uint64  `json:"pkts_toclient"`
		BytesTo     uint64  `json:"bytes_toserver"`
		BytesFrom   uint64  `json:"bytes_toclient"`
		Start       instant `json:"start"`
		End         instant `json:"end"`
	} `json:"flow"`
	TCP struct {
		To   string `json:"tcp_flags_ts"` // of all packets to the server, in hex
		From string `json:"tcp_flags_tc"`
	} `json:"tcp"`
}

// flow reads a session's end.
func (r *reader) flow(line []byte) bool {
	var e flowEvent
	if decode(line, &e) != nil || !r.begin(&e.head, e.App, false) {
		return false
	}
	s := &r.s
	start, end := time.Time(e.Flow.Start), time.Time(e.Flow.End)
	if start.IsZero() {
		return false
	}
	if s.Start, s.Last = start, start; end.After(start) {
		s.Last = end
	}
	r.sum.Span(start)
	r.sum.Span(s.Last)
	s.Orig.Packets, s.Resp.Packets = e.Flow.PacketsTo, e.Flow.PacketsFrom
	s.Orig.Bytes = payload(s, e.Flow.BytesTo, e.Flow.PacketsTo)
	s.Resp.Bytes = payload(s, e.Flow.BytesFrom, e.Flow.PacketsFrom)
	switch s.Transport {
	case session.TCP:
		s.State = state(flags(e.TCP.To), flags(e.TCP.From), e.Flow.PacketsFrom)
	case session.ICMP:
		s.Proto, s.Orig.Port, s.Resp.Port = 1, 0, 0
		if s.Orig.Addr.Is6() {
			s.Proto = 58
		}
	}
	r.parts.Session(s)
	return true
}

// payload takes the headers off a count of frames' bytes.
func payload(s *session.Session, bytes, packets uint64) uint64 {
	head := uint64(14 + 20)
	if s.Orig.Addr.Is6() {
		head += 20
	}
	switch s.Transport {
	case session.TCP:
		head += 20
	case session.UDP, session.ICMP:
		head += 8
	}
	if bytes < head*packets {
		return 0
	}
	return bytes - head*packets
}

func flags(hex string) uint64 {
	n, _ := strconv.ParseUint(hex, 16, 8)
	return n
}

// Bits of the TCP flags (RFC 9293 section 3.1).
const (
	fin = 1 << iota
	syn
	rst
	_
	ack
)

// state says how a TCP session went, from the flags that each side ever sent.
func state(to, from, answers uint64) session.State {
	switch {
	case to == 0 && from == 0:
		return ""
	case to&syn == 0:
		return "OTH"
	case answers == 0 && to&fin != 0:
		return "SH"
	case answers == 0:
		return "S0"
	case from&syn == 0 && from&rst != 0:
		return "REJ"
	case to&rst != 0:
		return "RSTO"
	case from&rst != 0:
		return "RSTR"
	case to&fin != 0 && from&fin != 0:
		return "SF"
	}
	return "S1"
}
