package session

import (
	"time"

	"ward/wire/packet"
)

// Zeek's conn_state words (Zeek script reference, Conn::Info).
const (
	S0     State = "S0"     // SYN seen, no answer
	S1     State = "S1"     // established, not ended
	SF     State = "SF"     // established, ended by both
	REJ    State = "REJ"    // SYN answered by RST
	S2     State = "S2"     // established, ended by the originator only
	S3     State = "S3"     // established, ended by the responder only
	RSTO   State = "RSTO"   // established, reset by the originator
	RSTR   State = "RSTR"   // established, reset by the responder
	RSTOS0 State = "RSTOS0" // SYN, then RST of the originator
	RSTRH  State = "RSTRH"  // SYN+ACK, then RST of the responder, no SYN seen
	SH     State = "SH"     // SYN, then FIN of the originator, no SYN+ACK seen
	SHR    State = "SHR"    // SYN+ACK, then FIN of the responder, no SYN seen
	OTH    State = "OTH"    // joined in the middle
)

// history notes which TCP flags each side sent: one bit a flag and side.
type history uint16

const (
	sawSYN history = 1 << iota
	sawSYNACK
	sawFIN
	sawRST
	sawSeq // the next sequence number is known
	sawAny // any packet

	historyShift = 8 // the second side's bits
)

func (h history) has(side int, bit history) bool { return h>>(side*historyShift)&bit != 0 }

func (h *history) set(side int, bit history) { *h |= bit << (side * historyShift) }

// note adds one packet's flags.
func (h *history) note(side int, flags uint8) {
	h.set(side, sawAny)
	switch {
	case flags&packet.RST != 0:
		h.set(side, sawRST)
		return
	case flags&packet.SYN != 0 && flags&packet.ACK != 0:
		h.set(side, sawSYNACK)
	case flags&packet.SYN != 0:
		h.set(side, sawSYN)
	}
	if flags&packet.FIN != 0 {
		h.set(side, sawFIN)
	}
}

// ended tells whether a side reset the session or both finished it.
func (h history) ended() bool {
	return h.has(0, sawRST) || h.has(1, sawRST) || h.has(0, sawFIN) && h.has(1, sawFIN)
}

func (h history) idle() time.Duration {
	fins := h.has(0, sawFIN) || h.has(1, sawFIN)
	switch {
	case h.ended():
		return idleClosed
	case fins:
		return idleClosing
	case h.has(0, sawSYN|sawSYNACK) != h.has(1, sawSYN|sawSYNACK):
		if !h.has(0, sawAny) || !h.has(1, sawAny) {
			return idleHalfOpen
		}
	}
	return idleEstablished
}

// state names how the session went; orig is the originator's side.
func (h history) state(orig int) State {
	o := func(bit history) bool { return h.has(orig, bit) }
	r := func(bit history) bool { return h.has(orig^1, bit) }
	switch {
	case o(sawSYN) && r(sawSYNACK|sawSYN):
		return h.established(o, r)
	case o(sawSYN) && r(sawRST):
		return REJ
	case o(sawSYN) && o(sawRST):
		return RSTOS0
	case o(sawSYN) && o(sawFIN):
		return SH
	case o(sawSYN) && !r(sawAny):
		return S0
	case r(sawSYNACK) && !o(sawAny) && r(sawRST):
		return RSTRH
	case r(sawSYNACK) && !o(sawAny) && r(sawFIN):
		return SHR
	}
	return OTH
}

func (h history) established(o, r func(history) bool) State {
	switch {
	case o(sawFIN) && r(sawFIN):
		return SF
	case o(sawRST):
		return RSTO
	case r(sawRST):
		return RSTR
	case o(sawFIN):
		return S2
	case r(sawFIN):
		return S3
	}
	return S1
}
