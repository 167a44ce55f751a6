package fingerprint

import (
	"slices"

	"ward/asset/device"
	"ward/wire/proto/arp"
	"ward/wire/proto/icmp"
	"ward/wire/proto/lldp"
)

// arpBinding: the sender says what address it has (RFC 826). A probe (RFC 5227)
// only asks.
func (r *Reader) arpBinding(f arp.Binding) {
	if f.Kind != arp.Probe {
		r.bind(f.MAC, device.Subject{Addr: f.Addr}, device.BindARP)
	}
}

// neighbor reads Neighbor Discovery (RFC 4861).
func (r *Reader) neighbor(f icmp.Neighbor) {
	at := device.Subject{MAC: f.MAC, Addr: f.Addr}
	r.bind(f.MAC, at, device.BindARP)
	if f.Router {
		r.claim(at, device.FieldRole, "router", "icmp6.neighbor", device.Strong, "Neighbor Advertisement with the router flag")
	}
}

func (r *Reader) routerAdvertisement(f icmp.RouterAdvertisement) {
	if f.Lifetime > 0 {
		r.claim(r.from(), device.FieldRole, "router", "icmp6.router", device.Strong, "Router Advertisement")
	}
}

// Redirects should come from routers only (RFC 1122 section 3.2.2.2, RFC 4861
// section 8). Small Linux devices with forwarding on send them too, so one alone
// weighs little.
const (
	icmpRedirect  = 5
	icmp6Redirect = 137
)

func (r *Reader) icmpMessages(f icmp.Messages) {
	if !f.V6 && f.Type == icmpRedirect || f.V6 && f.Type == icmp6Redirect {
		r.claim(r.from(), device.FieldRole, "router", "icmp.redirect", device.Weak, "ICMP redirect")
	}
}

// lldp reads IEEE 802.1AB and the inventory of LLDP-MED (ANSI/TIA-1057).
func (r *Reader) lldp(f lldp.Neighbor) {
	at := r.from()
	r.claim(at, device.FieldHostname, f.SystemName, "lldp.name", device.Strong, "LLDP system name")
	r.describe(at, f.SystemDescription)
	r.capabilities(at, f.Capabilities, "lldp.capabilities")
	if f.ManagementAddr.IsValid() {
		r.bind(at.MAC, device.Subject{Addr: f.ManagementAddr}, device.BindDHCP) // each port of a switch has its own MAC
	}
	m := f.MED
	r.claim(at, device.FieldManufacturer, m.Manufacturer, "lldp.med", device.Strong, "LLDP-MED manufacturer")
	r.claim(at, device.FieldModel, m.Model, "lldp.med", device.Strong, "LLDP-MED model")
	r.claim(at, device.FieldSerial, m.Serial, "lldp.med", device.Strong, "LLDP-MED serial")
	r.claim(at, device.FieldAssetID, m.AssetID, "lldp.med", device.Medium, "LLDP-MED asset id")
	version := m.SoftwareRev
	if version == "" {
		version = m.FirmwareRev
	}
	r.claim(at, device.FieldVersion, version, "lldp.med", device.Strong, "LLDP-MED software revision")
}

// cdp reads Cisco Discovery Protocol.
func (r *Reader) cdp(f lldp.CiscoNeighbor) {
	at := r.from()
	r.claim(at, device.FieldHostname, f.DeviceID, "cdp.device", device.Strong, "CDP device id")
	r.claim(at, device.FieldModel, f.Platform, "cdp.device", device.Strong, "CDP platform")
	r.describe(at, f.SoftwareVersion)
	r.capabilities(at, f.Capabilities, "cdp.capabilities")
	if f.Addr.IsValid() {
		r.bind(at.MAC, device.Subject{Addr: f.Addr}, device.BindDHCP)
	}
}

// describe reads a product description: operating system, then model.
func (r *Reader) describe(at device.Subject, text string) {
	r.text(at, systemText, text)
	r.text(at, modelText, text)
}

func (r *Reader) capabilities(at device.Subject, names []string, rule string) {
	has := func(s string) bool { return slices.Contains(names, s) }
	switch {
	case has("phone"):
		r.claim(at, device.FieldKind, "phone", rule, device.Strong, "announces to be a phone")
	case has("router"):
		r.claim(at, device.FieldRole, "router", rule, device.Strong, "announces to route")
		r.claim(at, device.FieldKind, "network_gear", rule, device.Medium, "announces to route")
	case has("bridge"), has("access_point"):
		r.claim(at, device.FieldKind, "network_gear", rule, device.Strong, "announces to be a bridge or access point")
	}
}
