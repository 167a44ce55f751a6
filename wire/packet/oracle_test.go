package packet

import (
	"io"
	"io/fs"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"

	"ward/internal/shareddata"
	"ward/wire/capture"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// captures lists the real captures, by path.
func captures(t testing.TB) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(filepath.Join(shareddata.Dir(t), "pcap"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && (strings.Contains(path, ".pcap") || strings.HasSuffix(path, ".cap")) {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) == 0 {
		t.Fatal("no captures")
	}
	return out
}

// eachFrame gives every frame of every real capture.
func eachFrame(t testing.TB, visit func(path string, f *capture.Frame)) {
	t.Helper()
	for _, path := range captures(t) {
		r, err := capture.Open(path)
		if err != nil {
			continue // what cannot be opened is the concern of the capture tests
		}
		var f capture.Frame
		for err = r.Next(&f); err == nil; err = r.Next(&f) {
			visit(path, &f)
		}
		if err != io.EOF {
			t.Logf("%v", err)
		}
		r.Close()
	}
}

// view is what both decoders can be asked.
type view struct {
	src, dst         netip.Addr
	srcPort, dstPort uint16
	seq, ack         uint32
	flags            uint8
	length           int
	vlan             uint16
	kind             Kind
}

func ours(p *Packet) view {
	if p.Kind == Ethernet {
		p.Payload = nil // gopacket goes on into what we leave as body
	}
	return view{p.Src, p.Dst, p.SrcPort, p.DstPort, p.Seq, p.Ack, p.Flags, len(p.Payload), p.VLAN, p.Kind}
}

// theirs reads the innermost layers gopacket found.
func theirs(ls []gopacket.Layer) (v view) {
	carried := false
	for _, l := range ls {
		switch l := l.(type) {
		case *layers.GRE:
			carried = true
		case *layers.Ethernet:
			v = view{kind: Ethernet}
		case *layers.Dot1Q:
			if v.vlan == 0 {
				v.vlan = l.VLANIdentifier
			}
		case *layers.IPv4:
			v.src, v.dst, v.kind, v.length = addr(l.SrcIP), addr(l.DstIP), IP, len(l.Payload)
			if l.Flags&layers.IPv4MoreFragments != 0 || l.FragOffset != 0 {
				v.kind = Fragment
			}
		case *layers.IPv6:
			v.src, v.dst, v.kind, v.length = addr(l.SrcIP), addr(l.DstIP), IP, len(l.Payload)
		case *layers.IPv6Fragment:
			v.kind, v.length = Fragment, len(l.Payload)
		case *layers.IPSecAH:
			v.length = len(l.Payload)
		case *layers.ARP:
			v.src, v.dst, v.kind, v.length = addr(l.SourceProtAddress), addr(l.DstProtAddress), ARP, 28
		case *layers.TCP:
			v.kind, v.srcPort, v.dstPort, v.length = TCP, uint16(l.SrcPort), uint16(l.DstPort), len(l.Payload)
			v.seq, v.ack, v.flags = l.Seq, l.Ack, l.Contents[13]&0x3f
		case *layers.UDP:
			v.kind, v.srcPort, v.dstPort, v.length = UDP, uint16(l.SrcPort), uint16(l.DstPort), len(l.Payload)
		case *layers.ICMPv4:
			v.kind, v.length = ICMP, len(l.Contents)+len(l.Payload)
		case *layers.ICMPv6:
			v.kind, v.length = ICMP, len(l.Contents)+len(l.Payload)
		}
		if carried && l.LayerType() == layers.LayerTypeARP {
			v.vlan = 0 // the tag was the carrier's
		}
	}
	return v
}

func addr(b []byte) netip.Addr {
	a, _ := netip.AddrFromSlice(b)
	return a.Unmap()
}

// explain says why gopacket may see a frame differently, or nothing.
func explain(p *Packet, ls []gopacket.Layer) string {
	for _, l := range ls {
		switch l.LayerType() {
		case gopacket.LayerTypeDecodeFailure:
			return "gopacket gives up, or goes past a header we refuse"
		case layers.LayerTypeGTPv1U, layers.LayerTypeGeneve, layers.LayerTypePPP:
			return "mobile, dial-in and Geneve tunnels carry no mirrored frames: ours stays with the carrier"
		case layers.LayerTypeARP:
			if p.Kind == Ethernet {
				return "ARP for hardware other than Ethernet, or with lengths that cannot be"
			}
		}
	}
	switch {
	case p.Fault != NoFault:
		return "a length in the headers contradicts the frame: ours says so"
	case p.Tunnel == ERSPAN:
		return "gopacket does not know ERSPAN type III"
	}
	return ""
}

// TestAgainstGopacket decodes every frame of every real capture twice.
func TestAgainstGopacket(t *testing.T) {
	const allowed = 0.005 // share of frames that may differ for an explained reason
	var p Packet
	frames, differ := 0, 0
	reasons := map[string]int{}
	eachFrame(t, func(path string, f *capture.Frame) {
		frames++
		p.Decode(f)
		if len(p.Payload) > p.PayloadLen {
			t.Errorf("%s frame %d: payload of %d bytes, headers say %d", path, f.Number, len(p.Payload), p.PayloadLen)
		}
		g := gopacket.NewPacket(f.Data, layers.LinkType(f.Link), gopacket.DecodeOptions{NoCopy: true})
		got, want := ours(&p), theirs(g.Layers())
		if got == want {
			return
		}
		differ++
		reason := explain(&p, g.Layers())
		reasons[reason]++
		if reason == "" {
			t.Errorf("%s frame %d: fault %d tunnel %d\nours     %+v\ngopacket %+v\n%v", filepath.Base(path), f.Number, p.Fault, p.Tunnel, got, want, g)
		}
	})
	for reason, n := range reasons {
		t.Logf("%5d differ: %s", n, reason)
	}
	t.Logf("%d of %d frames differ", differ, frames)
	if float64(differ) > allowed*float64(frames) {
		t.Errorf("more than %v differ", allowed)
	}
}
