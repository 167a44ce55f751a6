package prototest

import (
	"bytes"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"ward/internal/shareddata"
	"ward/wire/capture"
	"ward/wire/packet"
	"ward/wire/proto"
)

// Stream is one TCP or UDP session of a capture. The first packet's sender is
// the originator.
type Stream struct {
	UDP   bool
	Ports proto.Ports
	Msgs  []Msg // in-order TCP segments, or datagrams

	seq   [2]uint32
	known [2]bool
	later [2]map[uint32][]byte
}

// Side gives the first bytes of one direction.
func (s *Stream) Side(d proto.Dir, max int) []byte {
	var b []byte
	for _, m := range s.Msgs {
		if m.Dir == d {
			b = append(b, m.Data...)
		}
	}
	return b[:min(len(b), max)]
}

// Match asks the codec as the session layer would at the end.
func (s *Stream) Match(c proto.Codec) proto.Match {
	if s.UDP {
		best := proto.No
		if c.Datagram != nil && len(s.Msgs) > 0 {
			best = c.Datagram(s.Msgs[0].Data, s.Ports)
		}
		return best
	}
	if c.Stream == nil {
		return proto.No
	}
	const first = 4 << 10
	return c.Stream(s.Side(proto.Orig, first), s.Side(proto.Resp, first), s.Ports)
}

// Capture reads the sessions of a capture below the shared data folder pcap.
func Capture(t testing.TB, name string) []*Stream {
	t.Helper()
	src, err := capture.Open(filepath.Join(shareddata.Dir(t), "pcap", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	return streams(src)
}

// end is one side of a session.
type end struct {
	addr netip.Addr
	port uint16
}

func streams(src *capture.Reader) []*Stream {
	type key struct {
		from, to end
		kind     packet.Kind
	}
	flows := map[key]*Stream{}
	var order []*Stream
	var f capture.Frame
	var p packet.Packet
	for src.Next(&f) == nil {
		p.Decode(&f)
		if p.Kind != packet.TCP && p.Kind != packet.UDP {
			continue
		}
		from, to := end{p.Src, p.SrcPort}, end{p.Dst, p.DstPort}
		s, dir := flows[key{from, to, p.Kind}], proto.Orig
		if s == nil {
			s, dir = flows[key{to, from, p.Kind}], proto.Resp
		}
		if s == nil {
			s, dir = &Stream{UDP: p.Kind == packet.UDP, Ports: proto.Ports{Orig: from.port, Resp: to.port}}, proto.Orig
			flows[key{from, to, p.Kind}] = s
			order = append(order, s)
		}
		if s.UDP && len(p.Payload) > 0 {
			s.Msgs = append(s.Msgs, Msg{dir, bytes.Clone(p.Payload)})
		} else if !s.UDP {
			s.segment(dir, &p)
		}
	}
	return order
}

// segment puts one TCP segment in order. It keeps everything and knows no
// bounds: the session layer's own reassembly has its tests elsewhere.
func (s *Stream) segment(dir proto.Dir, p *packet.Packet) {
	seq := p.Seq
	if p.Flags&packet.SYN != 0 {
		seq++
	}
	if !s.known[dir] {
		s.seq[dir], s.known[dir], s.later[dir] = seq, true, map[uint32][]byte{}
	}
	if len(p.Payload) > 0 {
		s.later[dir][seq] = bytes.Clone(p.Payload)
	}
	for again := true; again; {
		again = false
		for at, d := range s.later[dir] {
			skip := int32(s.seq[dir] - at)
			if skip < 0 {
				continue
			}
			delete(s.later[dir], at)
			if int(skip) < len(d) {
				s.Msgs = append(s.Msgs, Msg{dir, d[skip:]})
				s.seq[dir] += uint32(len(d)) - uint32(skip)
				again = true
			}
		}
	}
}

// Count gives how many sessions of a capture the codec is sure of, and how many
// facts of type F its parser finds in them.
func Count[F proto.Fact](t testing.TB, c proto.Codec, name string) (sessions, facts int) {
	t.Helper()
	for _, s := range Capture(t, name) {
		if s.Match(c) != proto.Yes {
			continue
		}
		sessions++
		for _, f := range Facts(c, 0, s.Msgs...) {
			if _, ok := f.(F); ok {
				facts++
			}
		}
	}
	return sessions, facts
}

// Names gives the captures in a folder below pcap.
func Names(t testing.TB, folder string) []string {
	t.Helper()
	root := filepath.Join(shareddata.Dir(t), "pcap")
	var names []string
	err := filepath.WalkDir(filepath.Join(root, folder), func(path string, e os.DirEntry, err error) error {
		switch filepath.Ext(path) {
		case ".pcap", ".pcapng", ".cap", ".trace":
			rel, _ := filepath.Rel(root, path)
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
