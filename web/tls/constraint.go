package tls

import (
	"crypto/x509"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// private are the addresses an authority may always sign for: hospitals number
// their networks from these (RFC 1918, RFC 4193) and this machine itself.
var private = []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8", "100.64.0.0/10",
	"fc00::/7", "fe80::/10", "::1/128"}

// constrain limits what a new authority may sign for (RFC 5280, section
// 4.2.1.10): the hosts, their domains, private addresses.
func constrain(t *x509.Certificate, hosts []string) {
	t.PermittedDNSDomainsCritical = true
	t.PermittedDNSDomains = []string{"localhost"}
	for _, p := range private {
		_, n, _ := net.ParseCIDR(p)
		t.PermittedIPRanges = append(t.PermittedIPRanges, n)
	}
	for _, h := range hosts {
		if a, err := netip.ParseAddr(h); err == nil {
			a = a.Unmap()
			t.PermittedIPRanges = append(t.PermittedIPRanges,
				&net.IPNet{IP: a.AsSlice(), Mask: net.CIDRMask(a.BitLen(), a.BitLen())})
			continue
		}
		if d := domain(h); !slices.Contains(t.PermittedDNSDomains, d) {
			t.PermittedDNSDomains = append(t.PermittedDNSDomains, d)
		}
	}
}

// domain is what a host's name lets the authority sign for: the domain it is in
// where that has at least two labels itself, else only the host.
func domain(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if _, parent, ok := strings.Cut(host, "."); ok && strings.Contains(parent, ".") {
		return parent
	}
	return host
}

// permits tells whether the authority may sign for a host.
func permits(ca *x509.Certificate, host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		ip := net.IP(a.Unmap().AsSlice())
		return len(ca.PermittedIPRanges) == 0 ||
			slices.ContainsFunc(ca.PermittedIPRanges, func(n *net.IPNet) bool { return n.Contains(ip) })
	}
	host = strings.ToLower(host)
	return len(ca.PermittedDNSDomains) == 0 || slices.ContainsFunc(ca.PermittedDNSDomains, func(d string) bool {
		return host == d || strings.HasSuffix(host, "."+d)
	})
}
