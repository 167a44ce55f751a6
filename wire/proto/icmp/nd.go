package icmp

import (
	"encoding/binary"
	"net/netip"

	"ward/wire/packet"
	"ward/wire/proto"
)

// ICMPv6 types and options of Neighbor Discovery, RFC 4861 sections 4.1 to 4.6.
const (
	typeRS = 133
	typeRA = 134
	typeNS = 135
	typeNA = 136

	optSourceMAC = 1
	optTargetMAC = 2
	optPrefix    = 3

	maxOptions = 32
)

// parseND reads one message. Messages that name no MAC address give nothing,
// router advertisements excepted.
func parseND(b []byte) (proto.Fact, bool) {
	switch b[0] {
	case typeRS:
		if o := parseOptions(b, 8); o.ok && !o.source.IsZero() {
			return Neighbor{MAC: o.source, Kind: RouterSolicit}, true
		}
	case typeRA:
		o := parseOptions(b, 16)
		if !o.ok {
			return nil, false
		}
		return RouterAdvertisement{MAC: o.source, Router: true, Lifetime: binary.BigEndian.Uint16(b[6:]), Prefixes: o.prefixes, Managed: b[5]&0x80 != 0}, true
	case typeNS:
		if o := parseOptions(b, 24); o.ok && !o.source.IsZero() {
			return Neighbor{MAC: o.source, Kind: Solicitation}, true
		}
	case typeNA:
		o := parseOptions(b, 24)
		if !o.ok || o.target.IsZero() {
			return nil, false
		}
		addr := netip.AddrFrom16([16]byte(b[8:24]))
		if addr.IsMulticast() || addr.IsUnspecified() {
			return nil, false
		}
		return Neighbor{Addr: addr, MAC: o.target, Kind: Advertisement, Router: b[4]&0x80 != 0}, true
	}
	return nil, false
}

type options struct {
	ok             bool
	source, target packet.MAC
	prefixes       int
}

// parseOptions walks the options that start at from; a length of zero or past
// the end makes the message invalid, RFC 4861 section 4.6.
func parseOptions(b []byte, from int) (o options) {
	if len(b) < from || b[1] != 0 {
		return options{}
	}
	b = b[from:]
	for n := 0; len(b) > 0 && n < maxOptions; n++ {
		if len(b) < 8 || b[1] == 0 || int(b[1])*8 > len(b) {
			return options{}
		}
		switch mac := packet.MAC(b[2:8]); {
		case b[0] == optSourceMAC && !mac.IsGroup():
			o.source = mac
		case b[0] == optTargetMAC && !mac.IsGroup():
			o.target = mac
		case b[0] == optPrefix:
			o.prefixes++
		}
		b = b[int(b[1])*8:]
	}
	o.ok = true
	return o
}
