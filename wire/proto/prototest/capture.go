package prototest

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"ward/internal/shareddata"
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
	data, err := os.ReadFile(filepath.Join(shareddata.Dir(t), "pcap", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	f, ok := open(data)
	if !ok {
		t.Fatalf("%s is no pcap", name)
	}
	return streams(f)
}

func streams(f *file) []*Stream {
	type key struct {
		net, port gopacket.Flow
		udp       bool
	}
	flows := map[key]*Stream{}
	var order []*Stream
	for {
		data, _, err := f.ReadPacketData()
		if err != nil {
			return order
		}
		p := gopacket.NewPacket(data, f.link, gopacket.DecodeOptions{Lazy: true, NoCopy: true})
		if p.NetworkLayer() == nil || p.TransportLayer() == nil {
			continue
		}
		nf, tf := p.NetworkLayer().NetworkFlow(), p.TransportLayer().TransportFlow()
		_, udp := p.TransportLayer().(*layers.UDP)
		dir := proto.Orig
		s := flows[key{nf, tf, udp}]
		if s == nil {
			if s = flows[key{nf.Reverse(), tf.Reverse(), udp}]; s != nil {
				dir = proto.Resp
			}
		}
		if s == nil {
			s = &Stream{UDP: udp, Ports: ports(p.TransportLayer())}
			flows[key{nf, tf, udp}] = s
			order = append(order, s)
		}
		s.packet(dir, p.TransportLayer())
	}
}

func ports(l gopacket.TransportLayer) proto.Ports {
	switch l := l.(type) {
	case *layers.TCP:
		return proto.Ports{Orig: uint16(l.SrcPort), Resp: uint16(l.DstPort)}
	case *layers.UDP:
		return proto.Ports{Orig: uint16(l.SrcPort), Resp: uint16(l.DstPort)}
	}
	return proto.Ports{}
}

func (s *Stream) packet(dir proto.Dir, l gopacket.TransportLayer) {
	tcp, ok := l.(*layers.TCP)
	if !ok {
		if len(l.LayerPayload()) > 0 {
			s.Msgs = append(s.Msgs, Msg{dir, bytes.Clone(l.LayerPayload())})
		}
		return
	}
	seq, data := tcp.Seq, tcp.Payload
	if tcp.SYN {
		seq++
	}
	if !s.known[dir] {
		s.seq[dir], s.known[dir], s.later[dir] = seq, true, map[uint32][]byte{}
	}
	if len(data) > 0 {
		s.later[dir][seq] = bytes.Clone(data)
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
