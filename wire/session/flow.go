package session

import (
	"time"

	"ward/wire/packet"
)

// flow is what the table keeps for every session, also the silent ones. It
// holds no pointers, so that the collector need not look at the table; what
// needs more (reassembly, a parser, facts) is in a live record.
type flow struct {
	key            key
	start, last    int64     // packet times, nanoseconds
	active         int64     // event clock at the latest packet
	born           uint64    // number of the first packet in the run
	frame, latest  uint64    // numbers of the first and the latest frame in the input
	packets, bytes [2]uint64 // since the latest delivery, by side
	next           [2]uint32 // TCP: sequence number expected next
	live           uint32    // index of the live record, 0: none
	timer          timer
	input          int32 // of the first packet
	latestInput    int32
	part           int32
	service        int16 // index of the codec plus one, 0: unnamed
	history        history
	vlan           uint16
	mac            [2]packet.MAC
	ttl            [2]uint8
	phase          phase
	sure           bool  // content named it, not only one side
	disordered     bool  // a segment once waited for an earlier one
	orig           uint8 // the side that is the originator
	guess          guess // what orig rests on
	heard          uint8 // sides that facts came from, one bit each
	tries          uint8 // how often detection started over
}

// guess says what the choice of the originator rests on.
type guess uint8

const (
	certain guess = iota // a SYN, or nothing better can be known
	byPorts              // the ports of a session joined in the middle
	byOrder              // who was seen first in such a session
)

// phase is what happens to a session's payload.
type phase uint8

const (
	probing   phase = iota // kept until a codec knows it
	following              // given to a parser
	counting               // only counted
)

// How long a session may be idle, in event time.
const (
	idleHalfOpen    = 30 * time.Second // TCP without an answer
	idleEstablished = 15 * time.Minute
	idleClosed      = 5 * time.Second // after FIN of both sides, or RST
	idleClosing     = 1 * time.Minute // after FIN of one side
	idleUDP         = 60 * time.Second
	idleDNS         = 10 * time.Second // one question, one answer
	idleICMP        = 30 * time.Second
	idleIP          = 60 * time.Second
	idleFrame       = 5 * time.Minute // LLDP and CDP repeat every 30 or 60 s
)

const portDNS = 53

// idle gives the time after which the session is over, in nanoseconds.
func (f *flow) idle() int64 {
	switch f.key.kind {
	case packet.TCP:
		return int64(f.history.idle())
	case packet.UDP:
		if f.key.port[0] == portDNS || f.key.port[1] == portDNS {
			return int64(idleDNS)
		}
		return int64(idleUDP)
	case packet.ICMP:
		return int64(idleICMP)
	case packet.IP:
		return int64(idleIP)
	}
	return int64(idleFrame)
}

// count adds one packet to its side.
func (f *flow) count(side int, p *packet.Packet, now int64) {
	if f.packets[side] == 0 && f.ttl[side] == 0 {
		f.ttl[side], f.mac[side] = p.TTL, p.SrcMAC
		if other := side ^ 1; f.mac[other].IsZero() && (!p.DstMAC.IsGroup() || p.Kind == packet.Ethernet) {
			f.mac[other] = p.DstMAC
		}
	}
	f.latest, f.latestInput = p.Frame, int32(p.Input)
	f.packets[side]++
	f.bytes[side] += uint64(p.PayloadLen)
	f.last = max(f.last, p.Time)
	f.active = now
}

// arena holds flows in blocks that never move and hands freed ones out again.
// Index 0 means "none".
type arena struct {
	blocks []*[blockFlows]flow
	free   []uint32
	used   uint32
}

const blockFlows = 1024

func (a *arena) at(i uint32) *flow { return &a.blocks[i/blockFlows][i%blockFlows] }

func (a *arena) take() uint32 {
	if n := len(a.free); n > 0 {
		i := a.free[n-1]
		a.free = a.free[:n-1]
		return i
	}
	a.used++
	if a.used/blockFlows >= uint32(len(a.blocks)) {
		a.blocks = append(a.blocks, new([blockFlows]flow))
	}
	return a.used
}

func (a *arena) give(i uint32) {
	*a.at(i) = flow{}
	a.free = append(a.free, i)
}
