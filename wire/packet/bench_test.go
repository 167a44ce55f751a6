package packet

import (
	"testing"

	"ward/wire/capture"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

var benchFrames = map[string][]byte{
	"tcp4":  join(eth(typeIPv4), ip4(protoTCP, tcp("hello"))),
	"tcp6":  join(eth(typeIPv6), ip6(protoTCP, tcp("hello"))),
	"vlan":  join(eth(typeVLAN), vlan(5, typeIPv4), ip4(protoUDP, body(64))),
	"vxlan": join(eth(typeIPv4), ip4(protoUDP, udp(portVXLAN, join([]byte{8, 0, 0, 0, 0, 0, 42, 0}, eth(typeIPv4), ip4(protoTCP, tcp("hello")))))),
}

func BenchmarkDecode(b *testing.B) {
	for name, data := range benchFrames {
		b.Run(name, func(b *testing.B) {
			var p Packet
			f := capture.Frame{Link: capture.LinkEthernet, Data: data, Length: len(data)}
			b.ReportAllocs()
			for b.Loop() {
				p.Decode(&f)
			}
			perSecond(b)
		})
	}
}

// BenchmarkGopacket is the same work by the fastest decoder of gopacket.
func BenchmarkGopacket(b *testing.B) {
	for name, data := range benchFrames {
		b.Run(name, func(b *testing.B) {
			var (
				e  layers.Ethernet
				q  layers.Dot1Q
				i4 layers.IPv4
				i6 layers.IPv6
				t  layers.TCP
				u  layers.UDP
				v  layers.VXLAN
				pl gopacket.Payload
			)
			parser := gopacket.NewDecodingLayerParser(layers.LayerTypeEthernet, &e, &q, &i4, &i6, &t, &u, &v, &pl)
			var found []gopacket.LayerType
			b.ReportAllocs()
			for b.Loop() {
				if err := parser.DecodeLayers(data, &found); err != nil && name != "vlan" {
					b.Fatal(err)
				}
			}
			perSecond(b)
		})
	}
}

func BenchmarkFlowHash(b *testing.B) {
	p := Packet{Kind: TCP, Src: a4, Dst: b4, SrcPort: 49152, DstPort: 104, IPProto: 6}
	var sum uint64
	for b.Loop() {
		sum += p.FlowHash()
	}
	perSecond(b)
}

func perSecond(b *testing.B) {
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mpackets/s")
}
