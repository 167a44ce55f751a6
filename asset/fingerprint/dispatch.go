package fingerprint

import (
	"ward/asset/device"
	"ward/wire/proto/arp"
	"ward/wire/proto/bacnet"
	"ward/wire/proto/dhcp"
	"ward/wire/proto/dhcp6"
	"ward/wire/proto/dicom"
	"ward/wire/proto/dns"
	"ward/wire/proto/ftp"
	"ward/wire/proto/hl7"
	"ward/wire/proto/http"
	"ward/wire/proto/icmp"
	"ward/wire/proto/lis2a2"
	"ward/wire/proto/lldp"
	"ward/wire/proto/modbus"
	"ward/wire/proto/nbns"
	"ward/wire/proto/ntlm"
	"ward/wire/proto/ntp"
	"ward/wire/proto/poct1a"
	"ward/wire/proto/rdp"
	"ward/wire/proto/sdc"
	"ward/wire/proto/smb"
	"ward/wire/proto/smtp"
	"ward/wire/proto/snmp"
	"ward/wire/proto/ssdp"
	"ward/wire/proto/ssh"
	"ward/wire/proto/syslog"
	"ward/wire/proto/telnet"
	"ward/wire/proto/tls"
	"ward/wire/proto/vnc"
)

// fact hands the current fact to the function of its type. Types that say
// nothing about a device (counters, alerts) are left out on purpose.
func (r *Reader) fact() {
	switch f := r.seen.Fact.(type) {
	case dns.Lookup:
		r.dnsLookup(f)
	case hl7.Message:
		r.hl7Message(f)
	case hl7.Equipment:
		r.hl7Equipment(f)
	case hl7.Traffic:
		r.hl7Traffic(f)
	case arp.Binding:
		r.arpBinding(f)
	case dicom.Association:
		r.association(f)
	case dicom.Operations:
		r.operations(f)
	case tls.ClientHello:
		r.text(r.from(), vendorDomain, f.SNI)
	case tls.Certificate:
		r.certificate(f)
	case http.Exchange:
		r.exchange(f)
	case ntp.Message:
		r.ntp(f)
	case snmp.Message:
		r.snmpMessage(f)
	case snmp.System:
		r.snmpSystem(f)
	case dhcp.Message:
		r.dhcp(f)
	default:
		r.rareFact()
	}
}

func (r *Reader) rareFact() {
	switch f := r.seen.Fact.(type) {
	case icmp.Messages:
		r.icmpMessages(f)
	case icmp.Neighbor:
		r.neighbor(f)
	case icmp.RouterAdvertisement:
		r.routerAdvertisement(f)
	case lldp.Neighbor:
		r.lldp(f)
	case lldp.CiscoNeighbor:
		r.cdp(f)
	case dhcp6.Message:
		r.dhcp6(f)
	case dns.Instance:
		r.mdnsInstance(f)
	case dns.Host:
		r.mdnsHost(f)
	case nbns.Name:
		r.nbnsName(f)
	case nbns.Station:
		r.bind(f.MAC, r.from(), device.BindARP)
	case nbns.Announcement:
		r.announcement(f)
	case ssdp.Message:
		r.ssdp(f)
	case sdc.Discovery:
		r.discovery(f)
	case lis2a2.Sender:
		r.labSender(f)
	case lis2a2.Traffic:
		r.labTraffic(f)
	case poct1a.Traffic:
		r.pointOfCareTraffic(f)
	case poct1a.Device:
		r.pointOfCare(f)
	case bacnet.IAm:
		r.bacnetIAm(f)
	case bacnet.Properties:
		r.bacnetProperties(f)
	case modbus.Identification:
		r.modbusIdentification(f)
	default:
		r.hostFact()
	}
}

func (r *Reader) hostFact() {
	switch f := r.seen.Fact.(type) {
	case ntlm.Host:
		r.ntlmHost(f)
	case smb.Called:
		r.smbCalled(f)
	case smb.Native:
		r.smbNative(f)
	case ssh.Banner:
		r.sshBanner(f)
	case telnet.Banner:
		r.telnetBanner(f)
	case telnet.Login:
		r.login(r.from(), "telnet", true, f.Default)
	case ftp.Banner:
		r.banner("ftp", f.Text)
	case ftp.System:
		r.text(r.from(), systemText, f.Text)
	case ftp.Login:
		if !f.Anonymous {
			r.login(r.from(), "ftp", true, f.Default)
		}
	case smtp.Banner:
		r.banner("smtp", f.Text)
	case smtp.Login:
		r.login(r.resp(), "smtp", true, f.Default)
	case rdp.Client:
		r.rdpClient(f)
	case vnc.Security:
		if f.Open {
			r.withoutPassword(r.from(), "vnc", true)
		}
	case syslog.Header:
		r.claim(r.from(), device.FieldHostname, f.Hostname, "syslog.host", device.Medium, "syslog HOSTNAME")
	case http.Login:
		r.login(r.from(), "http", true, f.Default)
	case http.Page:
		r.text(r.from(), pageTitle, f.Title)
		r.text(r.from(), modelText, f.Title)
	case http.Capability:
		r.software(r.from(), f.Software, f.Version, "fhir.capability", device.Strong, "FHIR CapabilityStatement")
	case http.FHIR:
		r.claim(r.from(), device.FieldRole, "fhir_server", "http.fhir", device.Strong, "answers FHIR requests")
	case http.DICOMweb:
		r.claim(r.from(), device.FieldRole, "dicomweb_server", "http.dicomweb", device.Strong, "answers DICOMweb requests")
	case http.Printer:
		r.printer(f)
	default:
		r.supportFact()
	}
}
