package packet

import (
	"testing"

	"ward/wire/capture"
)

// FuzzDecode checks what holds for every frame: no panic, a payload that lies
// inside the frame, and no ports without a transport.
func FuzzDecode(f *testing.F) {
	add := func(link capture.LinkType, b []byte) { f.Add(uint16(link), b, uint16(0)) }
	frame := join(eth(typeIPv4), ip4(protoTCP, tcp("hello")))
	add(capture.LinkEthernet, frame)
	add(capture.LinkEthernet, join(eth(typeQinQ), vlan(9, typeVLAN), vlan(5, typeIPv6), ip6(protoUDP, body(8))))
	add(capture.LinkEthernet, join(eth(typeMPLS), []byte{0, 1, 1, 9}, ip4(protoUDP, udp(portVXLAN, join([]byte{8, 0, 0, 0, 0, 0, 42, 0}, frame)))))
	add(capture.LinkRaw, ip4(protoGRE, join([]byte{0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20}, make([]byte, 11), frame)))
	add(capture.LinkRaw, frag4(body(32), 0, 16))
	add(capture.LinkIPv6, frag6(body(32), 16, 40))
	add(capture.LinkIPv6, ip6(protoAH, join([]byte{protoTCP, 4}, make([]byte, 22), tcp("x"))))
	add(capture.LinkLinuxSLL, join([]byte{0, 0, 0, 1, 0, 6}, macA[:], []byte{0, 0, 8, 0}, ip4(protoTCP, tcp("x"))))
	add(capture.LinkLinuxSLL2, join([]byte{8, 0, 0, 0, 0, 0, 0, 3, 0, 1, 0, 6}, macA[:], []byte{0, 0}, ip4(protoTCP, tcp("x"))))
	add(capture.LinkNull, join([]byte{2, 0, 0, 0}, ip4(protoICMP, make([]byte, 8))))
	f.Fuzz(func(t *testing.T, link uint16, b []byte, more uint16) {
		p := decode(capture.LinkType(link), b, len(b)+int(more))
		if len(p.Payload) > p.PayloadLen && p.Kind != Unknown {
			t.Errorf("%d bytes of %d", len(p.Payload), p.PayloadLen)
		}
		if len(p.Payload) > len(b) || p.PayloadLen < 0 {
			t.Errorf("%d bytes, %d claimed, in a frame of %d", len(p.Payload), p.PayloadLen, len(b))
		}
		if (p.SrcPort != 0 || p.DstPort != 0) && p.Kind != TCP && p.Kind != UDP {
			t.Errorf("ports in kind %d", p.Kind)
		}
		if p.Kind >= IP && !p.Src.IsValid() {
			t.Error("IP without addresses")
		}
		p.FlowHash()
	})
}

// FuzzDefrag sends parts cut as the input says and checks the bounds.
func FuzzDefrag(f *testing.F) {
	f.Add([]byte{0, 2, 2, 3, 5, 0}, false)
	f.Add([]byte{0, 3, 0x81, 4, 4, 5}, true)
	whole := body(2032)
	f.Fuzz(func(t *testing.T, cuts []byte, v6 bool) {
		var d Defrag
		for len(cuts) >= 2 {
			from := min(int(cuts[0])*8, len(whole)-8)
			to := min(from+8+int(cuts[1])*8, len(whole))
			cuts = cuts[2:]
			b := frag4(whole, from, to)
			if v6 {
				b = frag6(whole, from, to)
			}
			p := decode(capture.LinkRaw, b, len(b))
			if w, ok := d.Add(&p); ok && string(w.Payload) != string(whole[8:]) && w.Kind != Unknown {
				t.Fatalf("put together wrongly: %d bytes", len(w.Payload))
			}
			if d.held < 0 || d.held > maxDefragBytes || d.Waiting() == 0 && d.held != 0 {
				t.Fatalf("%d bytes held in %d", d.held, d.Waiting())
			}
		}
	})
}
