package sim

import (
	"encoding/binary"
	"net/netip"
	"strings"
	"time"
)

// bootStyle is how a kind of device gets its address: DHCP with its own vendor
// class and parameter list (RFC 2132), BOOTP, or a fixed address.
type bootStyle struct {
	class  string
	params string // option 55
	bootp  bool
	fixed  bool
}

// Boot styles. The parameter lists are those of the systems named.
var (
	bootWindows  = bootStyle{class: "MSFT 5.0", params: "\x01\x03\x06\x0f\x1f\x21\x2b\x2c\x2e\x2f\x77\x79\xf9\xfc"}
	bootWindows7 = bootStyle{class: "MSFT 5.0", params: "\x01\x0f\x03\x06\x2c\x2e\x2f\x1f\x21\x79\xf9\x2b\xfc"}
	bootBusyBox  = bootStyle{class: "udhcp 1.19.4", params: "\x01\x03\x06\x0c\x0f\x1c\x2a"}
	bootDigi     = bootStyle{class: "Digi Connect", params: "\x01\x03\x06\x0c\x0f"}
	bootRTOS     = bootStyle{params: "\x01\x03\x06\x0f"}
	bootLinux    = bootStyle{params: "\x01\x1c\x02\x03\x0f\x06\x77\x0c\x2c\x2f\x1a\x79\x2a"}
	bootJetDir   = bootStyle{class: "Hewlett-Packard JetDirect", params: "\x01\x03\x06\x0c\x0f\x1c\x2c\x33\x36\x3a\x3b\x4e\x90"}
	bootAxis     = bootStyle{class: "AXIS,Network Camera,M3045-V,7.30.1", params: "\x01\x1c\x02\x03\x0f\x06\x0c\x2a\x79"}
	bootPhilips  = bootStyle{bootp: true}
	bootFixed    = bootStyle{fixed: true}
)

// bootWindow is the time in which devices are switched on.
const bootWindow = 40 * time.Second

// boot brings a host onto the network and then hands over to its work.
func (h *Hospital) boot(d *Host, then func(at time.Duration)) {
	if !h.tapped[d.VLAN] { // nobody sees it come up
		h.plan(h.between(time.Second, 5*time.Second), then)
		return
	}
	at := h.between(10*time.Millisecond, max(time.Second, min(bootWindow, h.cfg.Duration/4)))
	h.plan(at, func(at time.Duration) {
		at = h.address(at, d)
		h.announce(at+20*time.Millisecond, d)
		if d.IP6.IsValid() {
			h.neighbour(at+30*time.Millisecond, d)
		}
		at += 800 * time.Millisecond
		h.resolveGateway(at, d)
		h.every(at+h.between(5*time.Second, time.Minute), h.around(4*time.Minute), func(at time.Duration) { h.resolveGateway(at, d) })
		h.plan(at+10*time.Millisecond, then)
	})
}

// address is DHCP (RFC 2131), BOOTP (RFC 951) or nothing; it returns when the
// address is there.
func (h *Hospital) address(at time.Duration, d *Host) time.Duration {
	style := &d.row.boot
	if style.fixed {
		return at
	}
	x := h.rng.Uint32()
	relay, server := h.router[d.VLAN], h.one(d.ward, "infra")
	unset := netip.IPv4Unspecified()
	h.session("dhcp", d, server, "udp", 67)
	if style.bootp {
		h.bootFrame(at, d, nil, 68, 67, dhcpMessage(1, x, d, unset, nil))
		at += 3 * time.Millisecond
		h.bootFrame(at, relay, d, 67, 68, dhcpMessage(2, x, d, d.IP, nil))
		return at
	}
	lease := []byte{54, 4, 0, 0, 0, 0, 51, 4, 0, 1, 0x51, 0x80, 1, 4, 255, 255, 255, 0, 3, 4, 0, 0, 0, 0, 6, 4, 0, 0, 0, 0}
	ip, gw := server.IP.As4(), d.ward.at(1).As4()
	copy(lease[2:], ip[:])
	copy(lease[20:], gw[:])
	copy(lease[26:], ip[:])
	lease = append(append(lease, 15, byte(len(domain))), domain...)
	client := d.clientOptions()
	want := d.IP.As4()
	request := append(append(append([]byte{53, 1, 3, 50, 4}, want[:]...), 54, 4), ip[:]...)
	h.bootFrame(at, d, nil, 68, 67, dhcpMessage(1, x, d, unset, append([]byte{53, 1, 1}, client...)))
	h.bootFrame(at+4*time.Millisecond, relay, d, 67, 68, dhcpMessage(2, x, d, d.IP, append([]byte{53, 1, 2}, lease...)))
	h.bootFrame(at+7*time.Millisecond, d, nil, 68, 67, dhcpMessage(1, x, d, unset, append(request, client...)))
	h.bootFrame(at+11*time.Millisecond, relay, d, 67, 68, dhcpMessage(2, x, d, d.IP, append([]byte{53, 1, 5}, lease...)))
	return at + 12*time.Millisecond
}

// bootFrame sends a DHCP message: a client's as broadcast from 0.0.0.0, an
// answer straight to the client.
func (h *Hospital) bootFrame(at time.Duration, from, to *Host, sport, dport uint16, message []byte) {
	f := frame{from: from, to: to, tap: from.VLAN, sport: sport, dport: dport, proto: protoUDP, payload: message}
	if to == nil {
		f.from = &Host{MAC: from.MAC, VLAN: from.VLAN, TTL: from.TTL}
		f.group = &allHosts
	}
	h.put(at, f)
}

func (d *Host) clientOptions() []byte {
	style := &d.row.boot
	b := append([]byte{61, 7, 1}, d.MAC[:]...)
	if d.Hostname != "" {
		b = append(append(b, 12, byte(len(d.Hostname))), d.Hostname...)
	}
	if strings.HasPrefix(style.class, "MSFT 5.0") {
		b = append(append(b, 81, byte(3+len(d.Hostname)), 0, 0, 0), d.Hostname...)
	}
	if style.class != "" {
		b = append(append(b, 60, byte(len(style.class))), style.class...)
	}
	return append(append(b, 55, byte(len(style.params))), style.params...)
}

// dhcpMessage is RFC 2131 section 2; without options it is BOOTP.
func dhcpMessage(op byte, x uint32, d *Host, yours netip.Addr, options []byte) []byte {
	b := make([]byte, 236, 312+len(options))
	b[0], b[1], b[2] = op, 1, 6
	binary.BigEndian.PutUint32(b[4:], x)
	y := yours.As4()
	copy(b[16:], y[:])
	if op == 2 {
		gw := d.ward.at(2).As4()
		copy(b[24:], gw[:])
	}
	copy(b[28:], d.MAC[:])
	b = append(b, 0x63, 0x82, 0x53, 0x63)
	if options == nil {
		b = append(b, 1, 4, 255, 255, 255, 0)
	}
	b = append(append(b, options...), 255)
	for len(b) < 300 {
		b = append(b, 0)
	}
	return b
}

// announce is a gratuitous ARP (RFC 5227 section 3).
func (h *Hospital) announce(at time.Duration, d *Host) {
	h.groupSession("arp", d, 0)
	h.put(at, frame{from: d, tap: d.VLAN, etherType: etherARP, payload: arp(1, d.MAC, d.IP, mac{}, d.IP)})
}

// resolveGateway asks for the gateway's MAC and gets the virtual one.
func (h *Hospital) resolveGateway(at time.Duration, d *Host) {
	gw := &Host{MAC: virtualMAC(d.VLAN), IP: d.ward.at(1), VLAN: d.VLAN}
	h.resolve(at, d, gw)
}

// resolve is an ARP request and its answer, RFC 826.
func (h *Hospital) resolve(at time.Duration, from, to *Host) {
	h.counts["arp"]++
	h.put(at, frame{from: from, tap: from.VLAN, etherType: etherARP, payload: arp(1, from.MAC, from.IP, mac{}, to.IP)})
	h.put(at+roundTrip, frame{from: to, to: from, tap: from.VLAN, etherType: etherARP, payload: arp(2, to.MAC, to.IP, from.MAC, from.IP)})
}

func arp(op byte, src mac, srcIP netip.Addr, dst mac, dstIP netip.Addr) []byte {
	s, d := srcIP.As4(), dstIP.As4()
	b := []byte{0, 1, 8, 0, 6, 4, 0, op}
	b = append(append(b, src[:]...), s[:]...)
	return append(append(b, dst[:]...), d[:]...)
}

// neighbour is what an IPv6 host sends when its link comes up: listener report,
// duplicate address detection, router solicitation (RFC 4861, 4862, 3810).
func (h *Hospital) neighbour(at time.Duration, d *Host) {
	h.groupSession("icmpv6", d, 0)
	a := d.IP6.As16()
	solicited := group{netip.AddrFrom16([16]byte{0xff, 2, 11: 1, 12: 0xff, 13: a[13], 14: a[14], 15: a[15]}), mac{0x33, 0x33, 0xff, a[13], a[14], a[15]}}
	unset := &Host{MAC: d.MAC, VLAN: d.VLAN, IP6: netip.IPv6Unspecified()}
	h.put(at, frame{from: d, group: &listeners, tap: d.VLAN, etherType: etherIPv6, payload: listenerReport(d.IP6, solicited.addr, mdns6.addr)})
	probe := append([]byte{135, 0, 0, 0, 0, 0, 0, 0}, a[:]...)
	h.put(at+time.Millisecond, frame{from: unset, group: &solicited, tap: d.VLAN, proto: protoICMPv6, v6: true, ttl: 255, payload: probe})
	solicit := append([]byte{133, 0, 0, 0, 0, 0, 0, 0, 1, 1}, d.MAC[:]...)
	h.put(at+time.Second, frame{from: d, group: &allRouter, tap: d.VLAN, proto: protoICMPv6, v6: true, ttl: 255, payload: solicit})
}

// resolve6 is a neighbour solicitation and its answer.
func (h *Hospital) resolve6(at time.Duration, from, to *Host) {
	h.counts["icmpv6"]++
	a := to.IP6.As16()
	g := &group{netip.AddrFrom16([16]byte{0xff, 2, 11: 1, 12: 0xff, 13: a[13], 14: a[14], 15: a[15]}), mac{0x33, 0x33, 0xff, a[13], a[14], a[15]}}
	ask := append(append([]byte{135, 0, 0, 0, 0, 0, 0, 0}, a[:]...), 1, 1)
	answer := append(append([]byte{136, 0, 0, 0, 0x60, 0, 0, 0}, a[:]...), 2, 1)
	h.put(at, frame{from: from, group: g, tap: from.VLAN, proto: protoICMPv6, v6: true, ttl: 255, payload: append(ask, from.MAC[:]...)})
	h.put(at+roundTrip, frame{from: to, to: from, tap: from.VLAN, proto: protoICMPv6, v6: true, ttl: 255, payload: append(answer, to.MAC[:]...)})
}

// listenerReport is a whole IPv6 packet: hop-by-hop router alert, then the
// MLDv2 report of RFC 3810 section 5.2.
func listenerReport(src netip.Addr, groups ...netip.Addr) []byte {
	report := []byte{143, 0, 0, 0, 0, 0, 0, byte(len(groups))}
	for _, g := range groups {
		a := g.As16()
		report = append(append(report, 4, 0, 0, 0), a[:]...)
	}
	b := header6(nil, src, listeners.addr, 0, 1)
	binary.BigEndian.PutUint16(b[4:], uint16(8+len(report)))
	seal(report, protoICMPv6, b)
	b = append(b, protoICMPv6, 0, 5, 2, 0, 0, 1, 0)
	return append(b, report...)
}
