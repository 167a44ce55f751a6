package fingerprint

import (
	"fmt"
	"strings"

	"ward/asset/device"
	"ward/wire/proto/bacnet"
	"ward/wire/proto/ftp"
	"ward/wire/proto/http"
	"ward/wire/proto/modbus"
	"ward/wire/proto/mqtt"
	"ward/wire/proto/mssql"
	"ward/wire/proto/rdp"
	"ward/wire/proto/smb"
	"ward/wire/proto/tls"
	"ward/wire/proto/vnc"
)

// weak states that a service of a device was seen in a weak setting.
func (r *Reader) weak(at device.Subject, service, what, rule, saw string) {
	r.emit(at, device.Claim{Field: device.FieldWeakness, Name: service, Value: what, Confidence: device.Strong, Source: device.Source{Rule: rule, Saw: saw}})
}

// weaknessFact reads what the wire shows of a service's settings; the same fact
// may identify the device too.
func (r *Reader) weaknessFact() {
	switch f := r.seen.Fact.(type) {
	case tls.ServerHello:
		r.serverHello(f)
	case tls.Certificate:
		r.weakCertificate(f)
	case smb.Negotiate:
		r.weakSMB(f)
	case smb.Session:
		if f.Guest {
			r.weak(r.from(), "smb", "guest login", "smb.guest", "session set up as guest")
		}
	case smb.Tree:
		if f.Accepted && (f.Kind == "ADMIN$" || f.Kind == "drive$") {
			r.weak(r.from(), "smb", "administrative share in use", "smb.tree", "tree connect to "+f.Kind+" accepted")
		}
	case rdp.Negotiation:
		r.weakRDP(f)
	case rdp.Server:
		if f.Encryption == "none" || f.Encryption == "low" {
			r.weak(r.from(), "rdp", "encryption "+f.Encryption, "rdp.encryption", "encryption level in the server's security data")
		}
	case vnc.Security:
		if f.Open {
			r.weak(r.from(), "vnc", "no password", "vnc.security", "VNC security type none")
		}
	case ftp.Login:
		if f.Anonymous && f.Accepted {
			r.weak(r.from(), "ftp", "anonymous login", "ftp.login", "anonymous login accepted")
		}
	case http.Exchange:
		if f.TokenInURL {
			r.weak(r.from(), "http", "secret in the address line", "http.token", "a token stands in a URL")
		}
	case mqtt.Connack:
		if f.Code == 0 && r.namelessMQTT() {
			r.weak(r.from(), "mqtt", "no login", "mqtt.connect", "a client without user name was accepted")
		}
	case mssql.Server:
		if f.Encryption == "off" || f.Encryption == "not supported" {
			r.weak(r.from(), "mssql", "encryption "+f.Encryption, "mssql.encryption", "TDS pre-login encryption "+f.Encryption)
		}
	case modbus.Use:
		if f.Write && f.Requests > f.Exceptions {
			r.weak(r.resp(), "modbus", "commands without login", "modbus.write", fmt.Sprintf("function %d writes", f.Function))
		}
	case bacnet.Call:
		if f.Control {
			r.weak(r.to(), "bacnet", "commands without login", "bacnet.control", "service "+f.Name)
		}
	}
}

// Cipher suites that are broken by name (RFC 7465, RFC 9325 section 4.1).
var brokenCiphers = [...]struct{ part, what string }{
	{"_NULL_", "no encryption"}, {"EXPORT", "export-grade encryption"}, {"_anon_", "no authentication"}, {"_RC4_", "RC4"}, {"_DES_", "DES"}, {"_DES40_", "DES"}, {"3DES", "3DES"},
}

// serverHello: versions before TLS 1.2 are deprecated (RFC 8996, RFC 7568).
func (r *Reader) serverHello(f tls.ServerHello) {
	switch f.Version {
	case "SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1":
		r.weak(r.from(), "tls", f.Version, "tls.version", "the server chose "+f.Version)
	}
	for _, c := range brokenCiphers {
		if strings.Contains(f.Cipher, c.part) {
			r.weak(r.from(), "tls", c.what, "tls.cipher", "the server chose "+f.Cipher)
			return
		}
	}
}

// minRSA is the shortest RSA key that is still accepted (NIST SP 800-131A).
const minRSA = 2048

func (r *Reader) weakCertificate(f tls.Certificate) {
	if f.NotAfter.Before(r.seen.Time) && !f.NotAfter.IsZero() {
		r.weak(r.from(), "tls", "certificate expired "+f.NotAfter.Format("2006-01-02"), "tls.expired", "notAfter of the certificate")
	}
	if f.KeyBits > 0 && f.KeyBits < minRSA && strings.EqualFold(f.Key, "rsa") {
		r.weak(r.from(), "tls", fmt.Sprintf("%d-bit RSA key", f.KeyBits), "tls.key", "public key of the certificate")
	}
	if s := f.Signature; strings.HasPrefix(s, "MD") || strings.HasPrefix(s, "SHA1-") || strings.HasSuffix(s, "-SHA1") {
		r.weak(r.from(), "tls", "certificate signed with "+s, "tls.signature", "signature algorithm of the certificate")
	}
}

// weakSMB: SMB 1 is what WannaCry used (MS17-010).
func (r *Reader) weakSMB(f smb.Negotiate) {
	if strings.HasPrefix(f.Dialect, "SMB 1") {
		r.weak(r.from(), "smb", "SMB 1", "smb.dialect", quote("negotiated dialect", f.Dialect))
	}
	if !f.SigningRequired {
		r.weak(r.from(), "smb", "signing not required", "smb.signing", "SMB negotiation")
	}
	if f.ShareLevel {
		r.weak(r.from(), "smb", "share-level passwords", "smb.share_level", "SMB negotiation")
	}
}

func (r *Reader) weakRDP(f rdp.Negotiation) {
	if f.Selected != "" && !f.NLA {
		r.weak(r.resp(), "rdp", "no network level authentication", "rdp.negotiation", "RDP negotiation chose "+f.Selected)
	}
	if f.Selected == "rdp" {
		r.weak(r.resp(), "rdp", "encryption of RDP itself", "rdp.security", "RDP negotiation chose no TLS")
	}
}

// namelessMQTT tells whether the session's client gave no user name.
func (r *Reader) namelessMQTT() bool {
	for i := range r.s.Facts {
		if c, ok := r.s.Facts[i].Fact.(mqtt.Connect); ok {
			return !c.Username
		}
	}
	return false
}
