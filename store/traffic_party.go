package store

import (
	"net/netip"

	"ward/asset/device"
	"ward/wire/packet"
	"ward/wire/session"
)

// Bounds of the dictionaries. What is beyond counts for the party or service
// number 0, "other".
const (
	MaxParties         = 1 << 20
	MaxTrafficServices = 1 << 17
	maxServiceName     = 64
)

// other is the number of whoever is beyond the bounds.
const other = 0

// partyKey is a Party as a key of a map, without pointers.
type partyKey struct {
	mac  packet.MAC
	size uint8 // of the address: 0, 4 or 16 bytes
	addr [16]byte
}

func keyOf(p Party) partyKey {
	k := partyKey{mac: p.MAC}
	switch {
	case !p.Addr.IsValid():
	case p.Addr.Is4():
		a := p.Addr.As4()
		k.size = 4
		copy(k.addr[:], a[:])
	default:
		k.size, k.addr = 16, p.Addr.As16()
	}
	return k
}

func (k *partyKey) party() Party {
	a, _ := netip.AddrFromSlice(k.addr[:k.size])
	return Party{MAC: k.mac, Addr: a}
}

// service is what a party is asked for: a name and the port of the responder.
type service struct {
	name string
	port uint16
}

// partiesOf gives both parties of a session as asset/device names its subjects:
// a MAC at both ends tells nobody apart, a group is nobody's MAC.
func partiesOf(s *session.Session) (orig, resp Party) {
	orig, resp = Party{s.Orig.MAC, s.Orig.Addr}, Party{s.Resp.MAC, s.Resp.Addr}
	if orig.MAC == resp.MAC && orig.Addr != resp.Addr && orig.Addr.IsValid() && resp.Addr.IsValid() {
		orig.MAC, resp.MAC = packet.MAC{}, packet.MAC{}
	}
	orig.clean()
	resp.clean()
	return orig, resp
}

func (p *Party) clean() {
	if p.MAC.IsGroup() {
		p.MAC = packet.MAC{}
	}
	if p.Addr.IsValid() && p.Addr.IsUnspecified() {
		p.Addr = netip.Addr{}
	}
	if p.Addr.Zone() != "" {
		p.Addr = p.Addr.WithZone("")
	}
}

// Subject gives the party as asset/device names it.
func (p Party) Subject() device.Subject { return device.Subject{MAC: p.MAC, Addr: p.Addr} }

// The words of a session that stand as numbers; a released list only grows at
// its end.
var (
	transportCodes = []session.Transport{"", session.TCP, session.UDP, session.ICMP, session.IP, session.Frame}
	stateCodes     = []session.State{"", session.S0, session.S1, session.SF, session.REJ, session.S2, session.S3, session.RSTO, session.RSTR,
		session.RSTOS0, session.RSTRH, session.SH, session.SHR, session.OTH}
)

// stateShift is where the state stands in a kind, above the transport.
const stateShift = 4

func kindOf(s *session.Session) uint32 {
	return uint32(codeOf(transportCodes, s.Transport) | codeOf(stateCodes, s.State)<<stateShift)
}

func wordsOf(kind uint32) (session.Transport, session.State) {
	t, s := kind&(1<<stateShift-1), kind>>stateShift
	if int(t) >= len(transportCodes) || int(s) >= len(stateCodes) {
		return "", ""
	}
	return transportCodes[t], stateCodes[s]
}
