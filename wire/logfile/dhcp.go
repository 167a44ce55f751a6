package logfile

import (
	"net/netip"

	"ward/wire/packet"
	"ward/wire/proto"
	"ward/wire/proto/dhcp"
	"ward/wire/proto/record"
)

// DHCP is one message, or the exchange that a line sums up.
type DHCP struct {
	Kind                                     string // discover, offer, request, ...
	MAC                                      string
	Addr, Assigned, Requested, Relay, Server string
	Routers, Resolvers                       []string
	Hostname, FQDN, Domain, VendorClass      string
	Lease                                    uint32
}

const (
	maxHost  = 64
	maxAddrs = 8
)

// clientKinds are the messages that a client sends (RFC 2131 section 3).
var clientKinds = map[string]bool{"discover": true, "request": true, "decline": true, "release": true, "inform": true}

// DHCP adds one message.
func (f *Facts) DHCP(d DHCP) {
	m := dhcp.Message{Addr: addr(d.Addr), Assigned: addr(d.Assigned), Requested: addr(d.Requested), Relay: addr(d.Relay), Server: addr(d.Server),
		Routers: addrs(d.Routers), Resolvers: addrs(d.Resolvers), Hostname: text(d.Hostname, maxHost), FQDN: text(d.FQDN, maxHost),
		Domain: text(d.Domain, maxHost), VendorClass: text(d.VendorClass, maxHost), Lease: d.Lease}
	m.MAC, _ = packet.ParseMAC(d.MAC)
	dir := proto.Resp
	switch {
	case clientKinds[d.Kind]:
		dir = proto.Orig
	case d.Kind != "offer" && d.Kind != "ack" && d.Kind != "nak":
		return
	}
	m.Kind = dhcp.Kind(d.Kind)
	if m.MAC.IsZero() && !m.Addr.IsValid() {
		return
	}
	f.Add(dir, m)
}

// addr reads an address; none and 0.0.0.0 give the zero value.
func addr(s string) netip.Addr {
	a, err := netip.ParseAddr(s)
	if err != nil || a.IsUnspecified() {
		return netip.Addr{}
	}
	return a.WithZone("")
}

func addrs(list []string) []netip.Addr {
	var out []netip.Addr
	for _, s := range list[:min(len(list), maxAddrs)] {
		if a := addr(s); a.IsValid() {
			out = append(out, a)
		}
	}
	return out
}

func text(s string, max int) string { return record.Text([]byte(s), max) }
