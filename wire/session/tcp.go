package session

import "ward/wire/packet"

// tcp follows one TCP packet: flags, order, payload, and the shorter idle time
// of a session that ends.
func (t *table) tcp(i uint32, f *flow, side int, p *packet.Packet) {
	before := f.history
	f.history.note(side, p.Flags)
	seq := p.Seq
	if p.Flags&packet.SYN != 0 {
		f.settleOrig(side, p)
		seq++ // a SYN takes one number, RFC 9293 section 3.4
		if !f.history.has(side, sawSeq) || !before.has(side, sawSYN|sawSYNACK) {
			f.next[side] = seq
			f.history.set(side, sawSeq)
		}
	}
	if f.phase != counting && p.Flags&packet.RST == 0 {
		if p.Flags&packet.ACK != 0 && f.disordered && f.live != 0 {
			t.acked(f, side^1, p.Ack)
		}
		if p.PayloadLen > 0 {
			t.segment(f, side, seq, p.Payload, p.PayloadLen)
		}
	}
	if f.history.idle() < before.idle() {
		t.wheel.remove(i)
		t.wheel.put(i, f.active+f.idle())
	}
}

// reopens tells a SYN that starts a new session on the ports of an old one:
// the old one is over, or has other sequence numbers.
func (f *flow) reopens(side int, p *packet.Packet) bool {
	if p.Flags&(packet.SYN|packet.ACK|packet.RST) != packet.SYN {
		return false
	}
	if f.history.ended() {
		return true
	}
	if !f.history.has(side, sawSYN) {
		return f.packets[side] > 0 // joined in the middle of the old one
	}
	answered := f.history.has(side^1, sawSYNACK)
	sent := after(f.next[side], p.Seq+1)
	return answered && (sent < 0 || sent > nearSYN)
}

// nearSYN is how many bytes after a SYN its late copy is still taken for one.
const nearSYN = 1 << 16

// settleOrig corrects a guess when a SYN comes late, before anyone read content.
func (f *flow) settleOrig(side int, p *packet.Packet) {
	if f.guess == certain || f.phase != probing || f.live != 0 {
		return
	}
	f.guess, f.orig = certain, uint8(side)
	if p.Flags&packet.ACK != 0 {
		f.orig ^= 1
	}
}

// orient decides from the first packet who the originator is.
func (f *flow) orient(side int, p *packet.Packet) {
	f.orig = uint8(side)
	if p.Kind == packet.TCP && p.Flags&packet.SYN != 0 {
		if p.Flags&packet.ACK != 0 {
			f.orig ^= 1
		}
		return
	}
	if p.Kind != packet.TCP && p.Kind != packet.UDP || p.DstMAC.IsGroup() || p.Dst.IsMulticast() {
		return
	}
	f.guess = byOrder
	switch {
	case serves(p.Kind, p.SrcPort, p.DstPort):
		f.guess = byPorts
		f.orig ^= 1
	case serves(p.Kind, p.DstPort, p.SrcPort):
		f.guess = byPorts
	}
}

// serves guesses from the ports alone that the sender is the responder.
func serves(kind packet.Kind, src, dst uint16) bool {
	transport := UDP
	if kind == packet.TCP {
		transport = TCP
	}
	known, other := portNames[port{transport, src}] != "", portNames[port{transport, dst}] != ""
	if known != other {
		return known
	}
	const reserved = 1024 // RFC 6335 section 6: system ports
	return src < reserved && dst >= reserved
}
