package session

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math/bits"
	"net/netip"

	"ward/wire/packet"
)

// key names a session: its two ends in a fixed order, so that both directions
// give the same key. VLAN tags are no part of it, since a mirror port may show
// one direction tagged and the other not.
type key struct {
	addr   [2][16]byte // IPv4 as mapped IPv6; a MAC in the first six bytes for frames
	port   [2]uint16
	number uint16 // IP protocol or EtherType
	kind   packet.Kind
}

// IP protocol numbers that carry what Kind already names.
const (
	ipICMP   = 1
	ipTCP    = 6
	ipUDP    = 17
	ipICMPv6 = 58
)

// keyOf gives the packet's key and which side of it sent the packet. Not ok:
// the packet belongs to no session, because its headers could not be read.
func keyOf(p *packet.Packet) (k key, side int, ok bool) {
	k.kind = p.Kind
	switch p.Kind {
	case packet.TCP, packet.UDP:
		k.number = uint16(p.IPProto)
	case packet.ICMP:
		k.number = uint16(p.IPProto)
	case packet.IP:
		switch k.number = uint16(p.IPProto); k.number {
		case ipTCP, ipUDP, ipICMP, ipICMPv6: // a cut or broken header
			return k, 0, false
		}
	case packet.ARP:
		k.number = p.EtherType
	case packet.Ethernet:
		if p.Fault != packet.NoFault || !p.HasMAC {
			return k, 0, false
		}
		k.number = p.EtherType
		copy(k.addr[0][:], p.SrcMAC[:])
		copy(k.addr[1][:], p.DstMAC[:])
		return k, k.order(), true
	default:
		return k, 0, false
	}
	if !p.Src.IsValid() || !p.Dst.IsValid() {
		return k, 0, false
	}
	k.addr = [2][16]byte{p.Src.As16(), p.Dst.As16()}
	k.port = [2]uint16{p.SrcPort, p.DstPort}
	return k, k.order(), true
}

// order swaps the ends where needed and gives the place of the former first.
func (k *key) order() int {
	c := bytes.Compare(k.addr[0][:], k.addr[1][:])
	if c == 0 {
		c = cmp.Compare(k.port[0], k.port[1])
	}
	if c <= 0 {
		return 0
	}
	k.addr[0], k.addr[1] = k.addr[1], k.addr[0]
	k.port[0], k.port[1] = k.port[1], k.port[0]
	return 1
}

// ip gives one end's address, invalid for frames.
func (k *key) ip(side int) netip.Addr {
	if k.kind == packet.Ethernet {
		return netip.Addr{}
	}
	return netip.AddrFrom16(k.addr[side]).Unmap()
}

// Odd constants with well spread bits (fractions of the square roots of 5 and 7).
const (
	root5 = 0x3c6ef372fe94f82b
	root7 = 0xa54ff53a5f1d36f1
)

// hash spreads keys; the seed keeps senders from choosing colliding ones.
func (k *key) hash(seed uint64) uint64 {
	a := fold(word(k.addr[0][:8])^seed, word(k.addr[0][8:])^root5)
	b := fold(word(k.addr[1][:8])^seed^root7, word(k.addr[1][8:])^root5)
	rest := uint64(k.port[0])<<48 | uint64(k.port[1])<<32 | uint64(k.number)<<8 | uint64(k.kind)
	return fold(a^rest, b^seed)
}

func word(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

// fold mixes two words by one wide multiplication.
func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^root7, b^root5)
	return hi ^ lo
}

// id names the session that started at a time (nanoseconds).
func (k *key) id(start int64) ID { return ID(fold(k.hash(root7), uint64(start))) }
