package session

import (
	"context"
	"fmt"
	"hash/fnv"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/reassembly"

	"ward/internal/shareddata"
	"ward/wire/capture"
	"ward/wire/proto"
)

// flowSum is what one direction of a TCP session carried.
type flowSum struct {
	Bytes int
	Sum   uint64
	Gaps  int
}

// sums is a fact with both directions.
type sums [2]flowSum

func (sums) Service() string { return "any" }

// summer is a parser that only digests.
type summer struct{ recorder }

func (s *summer) Close(emit proto.Emit) {
	var v sums
	for d := range v {
		h := fnv.New64a()
		h.Write(s.data[d])
		v[d] = flowSum{len(s.data[d]), h.Sum64(), len(s.gaps[d])}
	}
	emit(proto.Orig, v)
}

// captures gives the real captures, all of them or a few in short tests.
func captures(t testing.TB) (files []string) {
	root := filepath.Join(shareddata.Dir(t), "pcap")
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.Contains(d.Name(), ".pcap") {
			files = append(files, path)
		}
		return nil
	})
	if len(files) == 0 {
		t.Skip("no captures")
	}
	return files
}

// streamsOf gives each direction of each TCP session in a capture, by ends.
// Ends that were used twice are left out.
func streamsOf(t testing.TB, path string) map[string]flowSum {
	src, err := capture.Open(path)
	if err != nil {
		return nil
	}
	defer src.Close()
	any := &proto.Codec{
		Name:   "any",
		Stream: func(_, _ []byte, _ proto.Ports) proto.Match { return proto.Yes },
		New:    func() proto.Parser { return &summer{} },
	}
	out, seen := map[string]flowSum{}, map[string]int{}
	_, _ = Run(context.Background(), src, Options{Codecs: []*proto.Codec{any}}, func(s *Session) {
		if s.Transport != TCP {
			return
		}
		names := [2]string{ends(s.Orig, s.Resp), ends(s.Resp, s.Orig)}
		seen[names[0]]++
		seen[names[1]]++
		if s.State == OTH { // the oracle needs a SYN
			seen[names[0]], seen[names[1]] = 2, 2
		}
		for _, f := range s.Facts {
			v := f.Fact.(sums)
			out[names[0]], out[names[1]] = v[0], v[1]
		}
	})
	for name, n := range seen {
		if n > 1 {
			delete(out, name)
		}
	}
	return out
}

func ends(a, b Endpoint) string {
	return fmt.Sprintf("%v:%d>%v:%d", a.Addr, a.Port, b.Addr, b.Port)
}

// reference collects what gopacket's reassembly says.
type reference struct {
	streams map[string]*referenceStream
	again   map[string]bool
}

type referenceStream struct {
	names [2]string
	data  [2][]byte
	skips [2]int
}

func (o *reference) New(netFlow, tcpFlow gopacket.Flow, _ *layers.TCP, _ reassembly.AssemblerContext) reassembly.Stream {
	name := func(n, p gopacket.Flow) string { return fmt.Sprintf("%v:%v>%v:%v", n.Src(), p.Src(), n.Dst(), p.Dst()) }
	s := &referenceStream{names: [2]string{name(netFlow, tcpFlow), name(netFlow.Reverse(), tcpFlow.Reverse())}}
	if o.streams[s.names[0]] != nil {
		o.again[s.names[0]], o.again[s.names[1]] = true, true
	}
	o.streams[s.names[0]], o.streams[s.names[1]] = s, s
	return s
}

func (s *referenceStream) Accept(*layers.TCP, gopacket.CaptureInfo, reassembly.TCPFlowDirection, reassembly.Sequence, *bool, reassembly.AssemblerContext) bool {
	return true
}

func (s *referenceStream) ReassembledSG(sg reassembly.ScatterGather, _ reassembly.AssemblerContext) {
	dir, _, _, skip := sg.Info()
	d := 0
	if dir == reassembly.TCPDirServerToClient {
		d = 1
	}
	if skip != 0 {
		s.skips[d]++
	}
	n, _ := sg.Lengths()
	s.data[d] = append(s.data[d], sg.Fetch(n)...)
}

func (s *referenceStream) ReassemblyComplete(reassembly.AssemblerContext) bool { return true }

// context of one packet.
type packetContext gopacket.CaptureInfo

func (c *packetContext) GetCaptureInfo() gopacket.CaptureInfo { return gopacket.CaptureInfo(*c) }

func referenceStreams(path string) *reference {
	o := &reference{streams: map[string]*referenceStream{}, again: map[string]bool{}}
	src, err := capture.Open(path)
	if err != nil {
		return o
	}
	defer src.Close()
	assembler := reassembly.NewAssembler(reassembly.NewStreamPool(o))
	var f capture.Frame
	for src.Next(&f) == nil {
		if f.Link != capture.LinkEthernet {
			continue
		}
		p := gopacket.NewPacket(f.Data, layers.LinkTypeEthernet, gopacket.NoCopy)
		tcp, _ := p.Layer(layers.LayerTypeTCP).(*layers.TCP)
		if tcp == nil || p.NetworkLayer() == nil || p.ErrorLayer() != nil || p.Metadata().Truncated {
			continue
		}
		c := packetContext{Timestamp: time.Unix(0, f.Time)}
		assembler.AssembleWithContext(p.NetworkLayer().NetworkFlow(), tcp, &c)
	}
	assembler.FlushAll()
	return o
}

// Where both see a session whole, gopacket's reassembly gives the same bytes.
func TestReassemblyOracle(t *testing.T) {
	files := captures(t)
	if testing.Short() {
		files = files[:min(len(files), 100)]
	}
	compared, differ := 0, 0
	for _, path := range files {
		mine := streamsOf(t, path)
		theirs := referenceStreams(path)
		for name, m := range mine {
			s := theirs.streams[name]
			if s == nil || theirs.again[name] || m.Gaps > 0 {
				continue
			}
			d := 0
			if s.names[1] == name {
				d = 1
			}
			if s.skips[d] > 0 {
				continue
			}
			h := fnv.New64a()
			h.Write(s.data[d])
			compared++
			if len(s.data[d]) != m.Bytes || h.Sum64() != m.Sum {
				differ++
				t.Logf("%s %s: %d bytes, oracle %d", filepath.Base(path), name, m.Bytes, len(s.data[d]))
			}
		}
	}
	t.Logf("%d directions compared in %d captures, %d differ", compared, len(files), differ)
	if compared < 100 || differ*200 > compared {
		t.Errorf("%d of %d directions differ", differ, compared)
	}
}
