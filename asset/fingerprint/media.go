package fingerprint

import (
	"ward/asset/device"
	"ward/wire/proto/kerberos"
	"ward/wire/proto/ldap"
	"ward/wire/proto/oracle"
	"ward/wire/proto/printing"
	"ward/wire/proto/radius"
	"ward/wire/proto/rtsp"
	"ward/wire/proto/sip"
	"ward/wire/proto/syslog"
	"ward/wire/proto/tftp"
)

// supportFact reads voice, video, printing and directory services.
func (r *Reader) supportFact() {
	switch f := r.seen.Fact.(type) {
	case rtsp.Message:
		r.products(r.from(), f.Server, "rtsp.server", device.Strong)
		r.products(r.from(), f.UserAgent, "rtsp.agent", device.Weak)
		r.text(r.from(), pageTitle, f.Realm)
		if f.Server != "" || f.Realm != "" {
			r.claim(r.from(), device.FieldKind, "camera", "rtsp.server", device.Medium, "answers RTSP with its name")
		}
	case tftp.Request:
		if f.Class == tftp.Firmware && !f.Write {
			r.claim(r.orig(), device.FieldRole, "tftp_firmware_client", "tftp.firmware", device.Strong, "fetches firmware without any login or signature of the transfer")
		}
	case syslog.Audit:
		r.claim(r.from(), device.FieldRole, "audit_source", "syslog.audit", device.Strong, "sends DICOM audit messages")
	case sip.Message:
		r.products(r.from(), f.Server, "sip.server", device.Strong)
		r.products(r.from(), f.UserAgent, "sip.agent", device.Medium)
		if f.Method == "REGISTER" && f.Status == 0 {
			r.claim(r.from(), device.FieldKind, "phone", "sip.register", device.Medium, "registers as a SIP phone")
		}
	case printing.Printer:
		r.claim(r.from(), device.FieldKind, "printer", "pjl.id", device.Strong, "PJL INFO ID")
		r.claim(r.from(), device.FieldModel, f.Model, "pjl.id", device.Strong, "PJL INFO ID")
		r.text(r.from(), modelText, f.Model)
	case printing.Jobs:
		if f.Count > 0 {
			r.claim(r.resp(), device.FieldKind, "printer", "pjl.jobs", device.Medium, "receives print jobs")
		}
	case ldap.Root:
		r.host(r.from(), f.Host, "ldap.root", "LDAP root DSE", device.Strong)
		if f.Level != "" {
			r.claim(r.from(), device.FieldKind, "domain_controller", "ldap.root", device.Strong, "functional level in the LDAP root DSE")
		}
	case ldap.Bind:
		if f.Cleartext {
			r.login(r.resp(), "ldap", true, false)
		}
	case kerberos.Message:
		r.kerberos(f)
	case radius.Packet:
		r.radius(f)
	case oracle.Connect:
		r.host(r.from(), f.Host, "oracle.client", "TNS client host", device.Strong)
	case oracle.Server:
		r.software(r.from(), "Oracle Database", f.Release, "oracle.version", device.Strong, "TNS answer")
	default:
		r.monitorFact()
	}
}

// kerberos: tickets come from domain controllers (MS-KILE) or a KDC.
func (r *Reader) kerberos(f kerberos.Message) {
	switch f.Type {
	case "AS-REP", "TGS-REP":
		r.claim(r.from(), device.FieldKind, "domain_controller", "kerberos.ticket", device.Medium, "issues Kerberos tickets")
	case "AS-REQ":
		r.host(r.from(), f.Host, "kerberos.host", "machine account in an AS-REQ", device.Strong)
	}
}

// radius: the network tells which MAC it let in (RFC 2865, 2866).
func (r *Reader) radius(f radius.Packet) {
	if f.Kind != "access-request" && f.Kind != "accounting-request" {
		return
	}
	r.claim(r.from(), device.FieldHostname, f.NAS, "radius.nas", device.Medium, "RADIUS NAS-Identifier")
	r.claim(r.from(), device.FieldKind, "network_gear", "radius.nas", device.Medium, "asks RADIUS for others")
	if f.Addr.IsValid() {
		r.bind(f.CallingMAC, device.Subject{Addr: f.Addr}, device.BindDHCP)
	}
}
