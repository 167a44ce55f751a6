package packet

import (
	"encoding/binary"
	"net/netip"
	"testing"
)

func TestFlowHash(t *testing.T) {
	p := Packet{Kind: TCP, Src: a4, Dst: b4, SrcPort: 49152, DstPort: 104, IPProto: 6, VLAN: 7}
	q := p
	q.Src, q.Dst, q.SrcPort, q.DstPort, q.VLAN = p.Dst, p.Src, p.DstPort, p.SrcPort, 0
	if p.FlowHash() != q.FlowHash() {
		t.Error("the two directions differ")
	}
	for name, other := range map[string]Packet{
		"port swap":  {Kind: TCP, Src: a4, Dst: b4, SrcPort: 104, DstPort: 49152, IPProto: 6},
		"other port": {Kind: TCP, Src: a4, Dst: b4, SrcPort: 49153, DstPort: 104, IPProto: 6},
		"protocol":   {Kind: UDP, Src: a4, Dst: b4, SrcPort: 49152, DstPort: 104, IPProto: 17},
		"address":    {Kind: TCP, Src: a4, Dst: a6, SrcPort: 49152, DstPort: 104, IPProto: 6},
	} {
		if other.FlowHash() == p.FlowHash() {
			t.Errorf("%s: same value", name)
		}
	}
	m := Packet{Kind: Ethernet, SrcMAC: macA, DstMAC: macB}
	n := Packet{Kind: Ethernet, SrcMAC: macB, DstMAC: macA}
	if m.FlowHash() != n.FlowHash() {
		t.Error("the two directions of Ethernet frames differ")
	}
}

// TestFlowHashSpread deals the sessions of a ward, which differ in few bits,
// over workers: none may get a quarter more than its share.
func TestFlowHashSpread(t *testing.T) {
	for _, workers := range []uint64{2, 3, 8, 16} {
		got := make([]int, workers)
		n := 0
		for host := range uint32(500) {
			for port := range uint16(20) {
				var a [4]byte
				binary.BigEndian.PutUint32(a[:], 0x0a010000+host)
				p := Packet{Kind: TCP, Src: netip.AddrFrom4(a), Dst: b4, SrcPort: 49152 + port, DstPort: 104, IPProto: 6}
				got[p.FlowHash()%workers]++
				n++
			}
		}
		for _, c := range got {
			if share := n / int(workers); c > share*5/4 || c < share*3/4 {
				t.Errorf("%d workers: %v", workers, got)
				break
			}
		}
	}
}
