package sim

import "time"

// mss is the payload of one TCP segment on Ethernet.
const mss = 1460

// Times between the packets of one session: a hospital LAN.
const (
	roundTrip = 400 * time.Microsecond
	perPacket = 12 * time.Microsecond
	resend    = 220 * time.Millisecond
)

// stream is one TCP session under way: handshake, segments with
// acknowledgements, now and then a retransmission, an orderly end.
type stream struct {
	n              *network
	client, server *Host
	sport, dport   uint16
	seq            [2]uint32 // next sequence number of client and server
	at             time.Time
	v6             bool
}

// dial opens a session to a port, three-way handshake included.
func (n *network) dial(at time.Time, client, server *Host, port uint16) *stream {
	s := &stream{n: n, client: client, server: server, sport: client.ephemeral(), dport: port, at: at}
	s.seq = [2]uint32{n.rng.Uint32(), n.rng.Uint32()}
	s.put(0, syn, nil)
	s.seq[0]++
	s.at = s.at.Add(roundTrip)
	s.put(1, syn|ack, nil)
	s.seq[1]++
	s.at = s.at.Add(perPacket)
	s.put(0, ack, nil)
	return s
}

// refused is a connection attempt that gets a reset.
func (n *network) refused(at time.Time, client, server *Host, port uint16) {
	s := &stream{n: n, client: client, server: server, sport: client.ephemeral(), dport: port, at: at}
	s.seq = [2]uint32{n.rng.Uint32(), 0}
	s.put(0, syn, nil)
	s.seq[0]++
	s.at = s.at.Add(roundTrip)
	s.put(1, rst|ack, nil)
}

// put sends one segment of a side: 0 client, 1 server.
func (s *stream) put(side int, flags uint8, payload []byte) {
	from, to := s.client, s.server
	sport, dport := s.sport, s.dport
	if side == 1 {
		from, to, sport, dport = to, from, dport, sport
	}
	seg := segment{sport: sport, dport: dport, seq: s.seq[side], flags: flags, payload: payload}
	if flags&ack != 0 {
		seg.ack = s.seq[1-side]
	}
	if !s.v6 {
		s.n.ipPacket(s.at, from, to, s.server.VLAN, protoTCP, seg.body)
		return
	}
	src, dst, ttl := s.n.hop(from, to, s.server.VLAN)
	p := packet{srcMAC: src, dstMAC: dst, vlan: s.server.VLAN, src: from.IP6, dst: to.IP6, ttl: ttl, proto: protoTCP, body: seg.body}
	s.n.frame(s.at, p.build)
}

// send writes data from the client, reply from the server.
func (s *stream) send(data []byte) *stream  { return s.write(0, data) }
func (s *stream) reply(data []byte) *stream { return s.write(1, data) }

func (s *stream) write(side int, data []byte) *stream {
	s.at = s.at.Add(roundTrip)
	for sent := 0; len(data) > 0; sent++ {
		part := data[:min(mss, len(data))]
		data = data[len(part):]
		flags := uint8(ack)
		if len(data) == 0 {
			flags |= psh
		}
		s.put(side, flags, part)
		if s.n.rng.Float64() < s.n.loss {
			s.at = s.at.Add(resend)
			s.put(side, flags, part)
		}
		s.seq[side] += uint32(len(part))
		s.at = s.at.Add(perPacket)
		if sent%2 == 1 || len(data) == 0 {
			s.put(1-side, ack, nil)
		}
	}
	return s
}

// wait lets time pass inside the session.
func (s *stream) wait(d time.Duration) *stream {
	s.at = s.at.Add(d)
	return s
}

// close ends the session from the client's side, both directions.
func (s *stream) close() {
	s.at = s.at.Add(roundTrip)
	s.put(0, fin|ack, nil)
	s.seq[0]++
	s.at = s.at.Add(roundTrip)
	s.put(1, fin|ack, nil)
	s.seq[1]++
	s.at = s.at.Add(perPacket)
	s.put(0, ack, nil)
}
