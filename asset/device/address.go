package device

import (
	"net/netip"

	"ward/wire/packet"
	"ward/wire/session"
)

// Address blocks that are neither private nor the internet: shared space
// (RFC 6598), benchmarks (RFC 2544) and documentation (RFC 5737, RFC 3849).
var localBlocks = [...]netip.Prefix{
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("2001:db8::/32"),
}

var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// public tells addresses of the global internet; a site may own some of them.
func public(a netip.Addr) bool {
	if !a.IsValid() || !a.IsGlobalUnicast() || a.IsPrivate() || a == broadcast {
		return false
	}
	if a.Is4() {
		b := a.As4()
		switch b[0] {
		case 0, 10, 127:
			return false
		case 100, 192, 198, 203:
		default:
			return b[0] < 240
		}
	}
	for _, p := range localBlocks {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// groupAddr tells multicast and the limited broadcast address.
func groupAddr(a netip.Addr) bool { return a.IsMulticast() || a == broadcast }

func isGroup(e *session.Endpoint) bool { return e.MAC.IsGroup() || groupAddr(e.Addr) }

// linkLocal addresses mean nothing without the MAC that uses them.
func linkLocal(a netip.Addr) bool { return a.IsLinkLocalUnicast() }

// subnet is the guess of a site's network size: /24 and /64.
func subnet(a netip.Addr) netip.Prefix {
	bits := 24
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits)
	return p
}

type hops uint8

const (
	hopUnknown hops = iota
	hopNear
	hopFar
)

// Start values of TTL and hop limit in use: 32, 64, 128, 255. A value up to
// maxHops below one of the last three was lowered on the way.
const maxHops = 30

func hop(ttl uint8) hops {
	switch {
	case ttl == 0 || ttl == 1:
		return hopUnknown
	case ttl == 32 || ttl == 64 || ttl == 128 || ttl == 255:
		return hopNear
	case ttl > 64-maxHops && ttl < 64, ttl > 128-maxHops && ttl < 128, ttl > 255-maxHops:
		return hopFar
	}
	return hopUnknown
}

// ownEUI64 tells an IPv6 address whose interface identifier was made of m
// (RFC 4291 appendix A).
func ownEUI64(a netip.Addr, m packet.MAC) bool {
	if !a.Is6() {
		return false
	}
	b := a.As16()
	return b[8] == m[0]^2 && b[9] == m[1] && b[10] == m[2] && b[11] == 0xff &&
		b[12] == 0xfe && b[13] == m[3] && b[14] == m[4] && b[15] == m[5]
}
