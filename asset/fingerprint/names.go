package fingerprint

import (
	"net/netip"
	"slices"
	"strings"

	"ward/asset/device"
	"ward/wire/proto/dns"
	"ward/wire/proto/nbns"
	"ward/wire/proto/sdc"
	"ward/wire/proto/ssdp"
)

// dnsLookup: an answer names an address of the site. One address has many
// names, so it weighs little.
func (r *Reader) dnsLookup(f dns.Lookup) {
	if f.Protocol == "dns" {
		r.text(r.orig(), vendorDomain, strings.TrimSuffix(f.Name, "."))
	}
	if !f.Answered || f.Protocol == "mdns" {
		return
	}
	if f.Protocol == "llmnr" {
		r.claim(r.from(), device.FieldHostname, f.Name, "llmnr.answer", device.Medium, "answers LLMNR for this name")
		return
	}
	for _, a := range f.Addrs {
		if a.IsPrivate() {
			r.claim(device.Subject{Addr: a}, device.FieldHostname, f.Name, "dns.answer", device.Weak, "DNS answer for this name")
		}
	}
	if a, ok := reverse(f.Name); ok && f.Target != "" {
		r.claim(device.Subject{Addr: a}, device.FieldHostname, f.Target, "dns.pointer", device.Weak, "DNS PTR answer")
	}
}

// reverse reads "5.0.0.10.in-addr.arpa" (RFC 1035 section 3.5).
func reverse(name string) (netip.Addr, bool) {
	s, ok := strings.CutSuffix(strings.TrimSuffix(name, "."), ".in-addr.arpa")
	if !ok {
		return netip.Addr{}, false
	}
	p := strings.Split(s, ".")
	slices.Reverse(p)
	a, err := netip.ParseAddr(strings.Join(p, "."))
	return a, err == nil && a.IsPrivate()
}

// mdnsInstance reads a service a device announces (RFC 6763).
func (r *Reader) mdnsInstance(f dns.Instance) {
	at := r.from()
	r.text(at, serviceType, f.Type)
	r.host(at, strings.TrimSuffix(f.Host, ".local"), "mdns.host", "host of an mDNS service", device.Strong)
	for _, a := range f.Attrs {
		switch strings.ToLower(a.Key) {
		case "ty", "product", "usb_mdl", "md", "model", "am":
			r.claim(at, device.FieldModel, strings.Trim(a.Value, "()"), "mdns.model", device.Medium, "mDNS attribute "+a.Key)
			r.text(at, modelText, a.Value)
		case "usb_mfg", "mfg", "manufacturer", "vendor":
			r.claim(at, device.FieldManufacturer, a.Value, "mdns.maker", device.Medium, "mDNS attribute "+a.Key)
		case "fv", "fw", "firmware", "version", "vers", "srcvers", "osxvers":
			r.claim(at, device.FieldVersion, a.Value, "mdns.version", device.Weak, "mDNS attribute "+a.Key)
		}
	}
}

func (r *Reader) mdnsHost(f dns.Host) {
	at := r.from()
	if len(f.Addrs) > 0 && !slices.Contains(f.Addrs, at.Addr) && !slices.ContainsFunc(f.Addrs, netip.Addr.IsLinkLocalUnicast) {
		return // it answers for somebody else
	}
	r.host(at, strings.TrimSuffix(f.Name, ".local"), "mdns.host", "mDNS answer", device.Strong)
}

// Suffixes of NetBIOS names that hosts register for themselves.
const (
	suffixWorkstation = 0x00
	suffixServer      = 0x20
	suffixDomainPDC   = 0x1b
	suffixDomainDCs   = 0x1c
)

func (r *Reader) nbnsName(f nbns.Name) {
	if !f.Own() {
		return
	}
	at := r.from()
	switch {
	case !f.Group && (f.Suffix == suffixWorkstation || f.Suffix == suffixServer):
		r.host(at, f.Name, "nbns.name", "NetBIOS name of its own", device.Strong)
	case f.Suffix == suffixDomainDCs && f.Group, f.Suffix == suffixDomainPDC:
		r.claim(at, device.FieldKind, "domain_controller", "nbns.domain", device.Medium, "registers a domain controller's NetBIOS name")
	}
}

// Server types of MS-BRWS section 2.2.1 (SV_TYPE).
const (
	svDomainController = 0x8
	svBackupController = 0x10
	svPrintServer      = 0x200
	svNTServer         = 0x8000
)

func (r *Reader) announcement(f nbns.Announcement) {
	at := r.from()
	r.host(at, f.Host, "nbns.announce", "host announcement", device.Strong)
	r.claim(at, device.FieldOS, windowsNT(f.OSMajor, f.OSMinor), "nbns.announce", device.Medium, "operating system version in a host announcement")
	switch {
	case f.Type&(svDomainController|svBackupController) != 0:
		r.claim(at, device.FieldKind, "domain_controller", "nbns.announce", device.Strong, "announces to be a domain controller")
	case f.Type&svNTServer != 0:
		r.claim(at, device.FieldKind, "server", "nbns.announce", device.Medium, "announces to be a server")
	}
}

// windowsNT names what browser announcements tell; others (Samba) say 4.9.
func windowsNT(major, minor uint8) string {
	switch [2]uint8{major, minor} {
	case [2]uint8{5, 0}:
		return "Windows 2000"
	case [2]uint8{5, 1}:
		return "Windows XP"
	case [2]uint8{5, 2}:
		return "Windows Server 2003"
	case [2]uint8{6, 0}:
		return "Windows Vista or Server 2008"
	case [2]uint8{6, 1}:
		return "Windows 7 or Server 2008 R2"
	case [2]uint8{6, 2}:
		return "Windows 8 or Server 2012"
	case [2]uint8{6, 3}:
		return "Windows 8.1 or Server 2012 R2"
	case [2]uint8{10, 0}:
		return "Windows 10 or Server 2016"
	}
	return ""
}

// upnp are device types of UPnP that name a kind.
var upnp = [...]struct{ part, kind, maker, model string }{
	{part: ":InternetGatewayDevice:", kind: "router"}, {part: ":WANDevice:", kind: "router"}, {part: ":MediaRenderer:", kind: "media"},
	{part: ":MediaServer:", kind: "media"}, {part: ":Printer:", kind: "printer"}, {part: ":PrintBasic:", kind: "printer"},
	{part: ":DigitalSecurityCamera:", kind: "camera"}, {part: ":WLANAccessPointDevice:", kind: "network_gear"},
	{part: "urn:Belkin:device:controllee:", kind: "iot", maker: "Belkin", model: "WeMo Switch"},
	{part: "urn:Belkin:device:insight:", kind: "iot", maker: "Belkin", model: "WeMo Insight"},
	{part: "urn:Belkin:device:bridge:", kind: "iot", maker: "Belkin", model: "WeMo Link"},
	{part: "urn:Belkin:device:sensor:", kind: "iot", maker: "Belkin", model: "WeMo Motion"},
	{part: "urn:Belkin", kind: "iot", maker: "Belkin"}, {part: ":ZonePlayer:", kind: "media", maker: "Sonos"}, {part: "dial-multiscreen", kind: "media"},
}

func (r *Reader) ssdp(f ssdp.Message) {
	if f.Kind != "notify" && f.Kind != "response" {
		r.products(r.from(), f.Server, "ssdp.agent", device.Weak)
		return
	}
	at := r.from()
	r.products(at, f.Server, "ssdp.server", device.Strong)
	for _, u := range upnp {
		if strings.Contains(f.Target, u.part) {
			saw := quote("UPnP type", f.Target)
			r.claim(at, device.FieldKind, u.kind, "ssdp.type", device.Medium, saw)
			r.claim(at, device.FieldManufacturer, u.maker, "ssdp.type", device.Medium, saw)
			r.claim(at, device.FieldModel, u.model, "ssdp.type", device.Medium, saw)
			return
		}
	}
}

// discovery reads WS-Discovery: SDC medical devices (ISO/IEEE 11073-20702), ONVIF
// cameras, printers (DPWS).
func (r *Reader) discovery(f sdc.Discovery) {
	at := r.from()
	switch f.Message {
	case sdc.Hello, sdc.ProbeMatch, sdc.ResolveMatch:
	default:
		return // a probe names what it looks for
	}
	if f.Provider {
		r.claim(at, device.FieldRole, "sdc_provider", "sdc.provider", device.Strong, "WS-Discovery scope of an SDC service provider")
	}
	for _, t := range f.Types {
		switch {
		case t == "MedicalDevice":
			r.claim(at, device.FieldRole, "sdc_provider", "sdc.type", device.Medium, "WS-Discovery type MedicalDevice")
		case strings.HasSuffix(t, ":NetworkVideoTransmitter"):
			r.claim(at, device.FieldKind, "camera", "sdc.onvif", device.Strong, "WS-Discovery type NetworkVideoTransmitter (ONVIF)")
		case strings.Contains(t, "PrintDeviceType"):
			r.claim(at, device.FieldKind, "printer", "sdc.printer", device.Strong, "WS-Discovery type PrintDeviceType")
		case strings.HasSuffix(t, ":Computer"):
			r.claim(at, device.FieldOS, "Windows", "sdc.computer", device.Medium, "WS-Discovery type Computer")
		}
	}
	r.claim(at, device.FieldModel, f.Hardware, "sdc.hardware", device.Medium, "ONVIF scope hardware")
	r.text(at, modelText, f.Label)
}
