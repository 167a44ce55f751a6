package packet

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
)

// FlowHash spreads packets over workers: both directions of a session give the
// same value, on every run. VLAN tags do not count, since a mirror port may
// show one direction tagged and the other not. Fragments carry no ports: give
// them to Defrag first and hash what comes back.
func (p *Packet) FlowHash() uint64 {
	var a, b uint64
	if p.Src.IsValid() {
		a, b = end(p.Src, p.SrcPort), end(p.Dst, p.DstPort)
	} else {
		a, b = endMAC(p.SrcMAC), endMAC(p.DstMAC)
	}
	return mix(a+b, a^b^uint64(p.Kind)<<56^uint64(p.IPProto)<<48)
}

// Odd constants with well spread bits (fractions of the square roots of 2 and 3).
const (
	root2 = 0x6a09e667f3bcc909
	root3 = 0xbb67ae8584caa73b
)

func end(addr netip.Addr, port uint16) uint64 {
	b := addr.As16()
	return mix(binary.BigEndian.Uint64(b[:8])^uint64(port), binary.BigEndian.Uint64(b[8:]))
}

func endMAC(m MAC) uint64 {
	return mix(uint64(binary.BigEndian.Uint32(m[:]))<<16|uint64(binary.BigEndian.Uint16(m[4:])), 0)
}

// mix folds the 128-bit product of two words, which moves every input bit into
// many output bits in one multiplication.
func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^root2, b^root3)
	return hi ^ lo
}
