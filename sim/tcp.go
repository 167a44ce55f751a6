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
	seq            [2]uint32 // next sequence number of client and server
	at             time.Duration
	sport, dport   uint16
	tap            uint16
	v6             bool
}

// dial opens a session to a port, three-way handshake included.
func (n *network) dial(at time.Duration, service string, client, server *Host, port uint16) *stream {
	n.session(service, client, server, "tcp", port)
	return n.open(at, client, server, port, false)
}

// dial6 is dial over IPv6.
func (n *network) dial6(at time.Duration, service string, client, server *Host, port uint16) *stream {
	n.session(service, client, server, "tcp", port)
	return n.open(at, client, server, port, true)
}

func (n *network) open(at time.Duration, client, server *Host, port uint16, v6 bool) *stream {
	s := &stream{n: n, client: client, server: server, sport: client.ephemeral(), dport: port, at: at, tap: n.tap(client, server), v6: v6}
	s.seq = [2]uint32{n.rng.Uint32(), n.rng.Uint32()}
	s.put(0, syn, nil)
	s.seq[0]++
	s.at += roundTrip
	s.put(1, syn|ack, nil)
	s.seq[1]++
	s.at += perPacket
	s.put(0, ack, nil)
	return s
}

// refused is a connection attempt that gets a reset.
func (n *network) refused(at time.Duration, client, server *Host, port uint16) {
	n.counts["refused"]++
	s := &stream{n: n, client: client, server: server, sport: client.ephemeral(), dport: port, at: at, tap: n.tap(client, server)}
	s.seq = [2]uint32{n.rng.Uint32(), 0}
	s.put(0, syn, nil)
	s.seq[0]++
	s.at += roundTrip
	s.put(1, rst|ack, nil)
}

// put sends one segment of a side: 0 client, 1 server.
func (s *stream) put(side int, flags uint8, payload []byte) {
	s.n.put(s.at, s.segment(side, flags, payload))
}

func (s *stream) segment(side int, flags uint8, payload []byte) frame {
	f := frame{from: s.client, to: s.server, tap: s.tap, sport: s.sport, dport: s.dport, proto: protoTCP, flags: flags, seq: s.seq[side], payload: payload, v6: s.v6}
	if side == 1 {
		f.from, f.to, f.sport, f.dport = s.server, s.client, s.dport, s.sport
	}
	if flags&ack != 0 {
		f.ack = s.seq[1-side]
	}
	return f
}

// send writes data from the client, reply from the server.
func (s *stream) send(data []byte) *stream  { return s.write(0, data) }
func (s *stream) reply(data []byte) *stream { return s.write(1, data) }

func (s *stream) write(side int, data []byte) *stream {
	s.at += roundTrip
	for sent := 0; len(data) > 0; sent++ {
		part := data[:min(mss, len(data))]
		data = data[len(part):]
		flags := uint8(ack)
		if len(data) == 0 {
			flags |= psh
		}
		s.data(side, flags, part)
		s.seq[side] += uint32(len(part))
		s.at += perPacket
		if sent%2 == 1 || len(data) == 0 {
			s.put(1-side, ack, nil)
		}
	}
	return s
}

// data sends one segment, sometimes twice, late or past the tap.
func (s *stream) data(side int, flags uint8, part []byte) {
	roll := 1.0
	if s.n.loss > 0 {
		roll = s.n.rng.Float64() / s.n.loss
	}
	switch {
	case roll < 0.6: // sent again, the acknowledgement was lost
		s.put(side, flags, part)
		s.at += resend
		s.put(side, flags, part)
	case roll < 0.9: // overtaken by what follows
		s.n.put(s.at+perPacket*3/2, s.segment(side, flags, part))
	case roll < 1 && len(part) == mss: // the mirror port dropped it
	default:
		s.put(side, flags, part)
	}
}

// bulk sends pieces of data until none is left, then goes on with the session.
func (s *stream) bulk(side int, piece func() []byte, then func(*stream)) {
	for s.at < s.n.end {
		data := piece()
		if data == nil {
			then(s)
			return
		}
		s.write(side, data)
		if s.at > s.n.now {
			s.n.plan(s.at, func(time.Duration) { s.bulk(side, piece, then) })
			return
		}
	}
}

// wait lets time pass inside the session.
func (s *stream) wait(d time.Duration) *stream {
	s.at += d
	return s
}

// later goes on with the session when its time has come, so that a long one
// does not keep its frames waiting.
func (s *stream) later(d time.Duration, then func(*stream)) {
	s.at += d
	s.n.plan(s.at, func(time.Duration) { then(s) })
}

// close ends the session from the client's side, both directions.
func (s *stream) close() {
	s.at += roundTrip
	s.put(0, fin|ack, nil)
	s.seq[0]++
	s.at += roundTrip
	s.put(1, fin|ack, nil)
	s.seq[1]++
	s.at += perPacket
	s.put(0, ack, nil)
}
