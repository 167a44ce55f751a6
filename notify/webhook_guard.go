package notify

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// ErrInternal is returned where a webhook's name leads to an internal address
// that the settings do not allow.
var ErrInternal = errors.New("notify: the webhook leads to an internal address: allow its network in the settings, or use another server")

// guard lets connections through to public addresses and to allowed networks
// alone. It looks at the address that is dialled, after the name was resolved,
// so that a name that changes its answer gains nothing.
type guard struct{ allow []netip.Prefix }

func newGuard(allow []string) (*guard, error) {
	g := &guard{}
	for _, a := range allow {
		p, err := netip.ParsePrefix(a)
		if err != nil {
			return nil, fmt.Errorf("notify: allowed network %q: %w", a, err)
		}
		g.allow = append(g.allow, p)
	}
	return g, nil
}

func (g *guard) dialer() *net.Dialer {
	return &net.Dialer{Timeout: sendTime, Control: func(_, address string, _ syscall.RawConn) error {
		a, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		return g.check(a.Addr())
	}}
}

// special are ranges that are no public server beside those that netip knows
// (IANA special-purpose address registries).
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("fec0::/10"),
}

func (g *guard) check(a netip.Addr) error {
	a = a.Unmap().WithZone("")
	for _, p := range g.allow {
		if p.Contains(a) {
			return nil
		}
	}
	inside := a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified()
	for _, p := range special {
		inside = inside || p.Contains(a)
	}
	if inside {
		return fmt.Errorf("%w (%s)", ErrInternal, a)
	}
	return nil
}
