package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// Errors of where not to go.
var (
	ErrAddress  = errors.New("fetch: an address inside the network; a mirror of your own must be marked as one (--mirror)")
	ErrRedirect = errors.New("fetch: the server points to a place that is not followed")
	ErrScheme   = errors.New("fetch: only https is spoken")
)

const (
	maxRedirects   = 5
	connectTimeout = 20 * time.Second
)

// inside are the blocks beyond what netip knows that never belong to a public
// server: shared address space (RFC 6598), this network, protocol assignments,
// documentation and benchmarks (RFC 6890), 6to4 and NAT64 that may hide an
// inner address.
var inside = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("2001::/32"),
}

// public tells whether an address can be a server in the internet.
func public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range inside {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// checkAddress runs after the name is resolved and before the connection is
// made, so that a name that changes its address cannot slip through.
func checkAddress(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if !public(at.Addr()) {
		return fmt.Errorf("%w (%s)", ErrAddress, at.Addr())
	}
	return nil
}

// dialer connects to public addresses, to the proxy, and to the host of a
// source that is marked private.
func dialer(allowed map[string]bool) func(ctx context.Context, network, address string) (net.Conn, error) {
	guarded := &net.Dialer{Timeout: connectTimeout, Control: checkAddress}
	open := &net.Dialer{Timeout: connectTimeout}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if allowed[strings.ToLower(address)] {
			return open.DialContext(ctx, network, address)
		}
		return guarded.DialContext(ctx, network, address)
	}
}

// hostPort is how the transport names the host of a URL when it connects.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "socks5": "1080"}[u.Scheme]
	}
	return strings.ToLower(net.JoinHostPort(u.Hostname(), port))
}

// checkURL refuses what is no https URL of a host. A private source may speak
// http with its own host.
func (g *getter) checkURL(u *url.URL) error {
	if u.User != nil || u.Hostname() == "" {
		return fmt.Errorf("%w: %s", ErrScheme, clip(u.Redacted()))
	}
	if u.Scheme == "https" || u.Scheme == "http" && g.source.Private && hostPort(u) == g.home {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrScheme, clip(u.String()))
}

// redirect follows at most maxRedirects, and only to https.
func (g *getter) redirect(req *http.Request, via []*http.Request) error {
	if len(via) >= maxRedirects {
		return fmt.Errorf("%w: more than %d redirects", ErrRedirect, maxRedirects)
	}
	if err := g.checkURL(req.URL); err != nil {
		return fmt.Errorf("%w: %w", ErrRedirect, err)
	}
	if hostPort(req.URL) != hostPort(via[0].URL) {
		req.Header.Del("Apikey") // the key of one host is not for another
	}
	return nil
}

// maxShown is how much foreign text an error repeats.
const maxShown = 200

// clip makes foreign text short and printable.
func clip(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	if len(s) > maxShown {
		s = strings.ToValidUTF8(s[:maxShown], "") + "…"
	}
	return s
}
