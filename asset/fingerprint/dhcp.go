package fingerprint

import (
	"net/netip"

	"ward/asset/device"
	"ward/wire/proto/dhcp"
	"ward/wire/proto/dhcp6"
)

// dhcp reads RFC 2131: the client tells about itself, the server about the
// network. With a relay between, the client is known by its MAC only.
func (r *Reader) dhcp(f dhcp.Message) {
	client := device.Subject{MAC: f.MAC}
	if f.MAC.IsZero() {
		client.Addr = f.Addr
	}
	server := r.seen.Dir == 1 || f.Kind == "offer" || f.Kind == "ack" || f.Kind == "nak"
	if !server {
		r.dhcpClient(client, f)
		return
	}
	if f.Assigned.IsValid() && f.Kind != "offer" {
		r.bind(f.MAC, device.Subject{Addr: f.Assigned}, device.BindDHCP)
	}
	at := r.from()
	if f.Server.IsValid() {
		at = device.Subject{Addr: f.Server}
		if f.Server == r.from().Addr {
			at = r.from()
		}
	}
	r.claim(at, device.FieldRole, "dhcp_server", "dhcp.server", device.Strong, "answers DHCP requests")
	r.claim(at, device.FieldKind, "infrastructure", "dhcp.server", device.Medium, "answers DHCP requests")
	r.named(f.Routers, "router", "dhcp.router", "DHCP option 3 names it as the router")
	r.named(f.Resolvers, "dns_server", "dhcp.resolver", "DHCP option 6 names it as the resolver")
}

// named states a role of addresses that another party named.
func (r *Reader) named(addrs []netip.Addr, role, rule, saw string) {
	for _, a := range addrs {
		r.claim(device.Subject{Addr: a}, device.FieldRole, role, rule, device.Strong, saw)
	}
}

func (r *Reader) dhcpClient(at device.Subject, f dhcp.Message) {
	if f.Addr.IsValid() {
		r.bind(f.MAC, device.Subject{Addr: f.Addr}, device.BindDHCP)
	}
	r.host(at, f.Hostname, "dhcp.host", "DHCP option 12", device.Strong)
	r.host(at, f.FQDN, "dhcp.fqdn", "DHCP option 81", device.Strong)
	r.text(at, dhcpClass, f.VendorClass)
	r.text(at, modelText, f.VendorClass)
	r.text(at, dhcpParams, f.Params)
	if f.BOOTP {
		r.claim(at, device.FieldRole, "bootp_client", "dhcp.bootp", device.Strong, "BOOTP without DHCP message type: an old stack")
	}
}

// host states a host name, and what such names usually mean.
func (r *Reader) host(at device.Subject, name, rule, saw string, weight float64) {
	if name == "" {
		return
	}
	r.claim(at, device.FieldHostname, name, rule, weight, saw)
	r.text(at, hostName, name)
}

// dhcp6 reads RFC 8415. A DUID of type 1 or 3 holds a MAC (section 11).
func (r *Reader) dhcp6(f dhcp6.Message) {
	if f.Kind == "reply" || f.Kind == "advertise" {
		r.claim(r.from(), device.FieldRole, "dhcp_server", "dhcp6.server", device.Strong, "answers DHCPv6 requests")
		return
	}
	at := r.from()
	if !f.Client.MAC.IsZero() && (r.from().MAC.IsZero() || f.Peer.IsValid()) {
		at = device.Subject{MAC: f.Client.MAC}
	}
	r.host(at, f.FQDN, "dhcp6.fqdn", "DHCPv6 option 39", device.Strong)
	r.text(at, dhcpClass, f.VendorClass)
}
