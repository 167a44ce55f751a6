package logfile

import (
	ctls "crypto/tls"
	"net/netip"
	"strings"
	"time"

	"ward/wire/proto"
	"ward/wire/proto/quic"
	"ward/wire/proto/record"
	"ward/wire/proto/tls"
)

// TLS is one handshake.
type TLS struct {
	Version, Cipher, SNI, ALPN string
	JA3, JA4                   string
	Established                bool // the server answered
	Server                     Certificate
	Client                     Certificate
}

// Certificate is what a log tells of the first certificate of a chain.
type Certificate struct {
	Subject, Issuer     string // distinguished names
	Names               []string
	NotBefore, NotAfter time.Time
	Key                 string
	KeyBits             int
	Signature           string
	Chain               int // 0: not known
}

const (
	maxText  = 96
	maxNames = 8
	maxHash  = 64
)

// TLS adds the facts of one handshake. Of a client's certificate only the
// issuer stays: its subject may be a person.
func (f *Facts) TLS(t TLS) {
	hello := tls.ClientHello{SNI: record.Host([]byte(t.SNI)), JA3: word(t.JA3), JA4: word(t.JA4)}
	if hello.SNI != "" || hello.JA3 != "" || hello.JA4 != "" {
		f.Add(proto.Orig, hello)
	}
	if v := version(t.Version); v != "" && t.Established {
		f.Add(proto.Resp, tls.ServerHello{Version: v, Cipher: word(t.Cipher), CipherID: cipherIDs[t.Cipher], ALPN: word(t.ALPN)})
	}
	if c, ok := t.Server.fact(); ok {
		f.Add(proto.Resp, c)
	}
	if c, ok := t.Client.fact(); ok {
		c.Subject, c.Serial, c.Names = "", "", nil
		if c.SelfSigned {
			c.Issuer = ""
		}
		f.Add(proto.Orig, c)
	}
}

// QUIC adds a client's greeting.
func (f *Facts) QUIC(version, sni, alpn, ja4 string) {
	h := quic.ClientHello{Version: word(version), SNI: record.Host([]byte(sni)), JA4: word(ja4)}
	if a := word(alpn); a != "" {
		h.ALPN = []string{a}
	}
	if h.SNI != "" || h.JA4 != "" || h.ALPN != nil {
		f.Add(proto.Orig, h)
	}
}

func (c *Certificate) fact() (tls.Certificate, bool) {
	if c.Subject == "" && c.Issuer == "" {
		return tls.Certificate{}, false
	}
	out := tls.Certificate{NotBefore: c.NotBefore, NotAfter: c.NotAfter, Key: word(c.Key), KeyBits: c.KeyBits,
		Signature: word(c.Signature), Chain: c.Chain, SelfSigned: c.Subject == c.Issuer}
	out.Subject, out.Organization, out.Serial = names3(c.Subject)
	out.Issuer, out.IssuerOrg, _ = names3(c.Issuer)
	for _, n := range c.Names {
		if h := name(n); h != "" && len(out.Names) < maxNames {
			out.Names = append(out.Names, h)
		}
	}
	return out, true
}

func name(n string) string {
	if a, err := netip.ParseAddr(n); err == nil {
		return a.String()
	}
	return record.Host([]byte(n))
}

// names3 takes common name, organisation and serialNumber of a distinguished
// name. Zeek escapes commas in values (RFC 4514), Suricata does not: a comma
// ends a value only where a type and "=" follow.
func names3(dn string) (cn, org, serial string) {
	for dn != "" {
		value := dn
		value, dn = cutAttribute(dn)
		key, text, _ := strings.Cut(value, "=")
		text = record.Text([]byte(strings.ReplaceAll(text, `\`, "")), maxText)
		switch strings.ToUpper(strings.TrimSpace(key)) {
		case "CN":
			cn = text
		case "O":
			org = text
		case "SERIALNUMBER":
			serial = text
		}
	}
	return cn, org, serial
}

func cutAttribute(dn string) (first, rest string) {
	for i := 0; i < len(dn); i++ {
		switch {
		case dn[i] == '\\':
			i++
		case dn[i] == ',' && startsType(strings.TrimLeft(dn[i+1:], " ")):
			return dn[:i], strings.TrimLeft(dn[i+1:], " ")
		}
	}
	return dn, ""
}

func startsType(s string) bool {
	i := 0
	for i < len(s) && (s[i]|32 >= 'a' && s[i]|32 <= 'z' || s[i] >= '0' && s[i] <= '9' || s[i] == '.') {
		i++
	}
	return i > 0 && i < len(s) && s[i] == '='
}

// versions are Zeek's and Suricata's words.
var versions = map[string]uint16{
	"SSLv2": 0x0002, "SSLv3": 0x0300, "TLSv1": 0x0301, "TLSv10": 0x0301, "TLSv1.0": 0x0301, "TLS 1.0": 0x0301, "TLSv11": 0x0302, "TLSv1.1": 0x0302,
	"TLS 1.1": 0x0302, "TLSv12": 0x0303, "TLSv1.2": 0x0303, "TLS 1.2": 0x0303, "TLSv13": 0x0304, "TLSv1.3": 0x0304, "TLS 1.3": 0x0304,
}

// version gives tls's own name of a version, empty for one that is not known.
func version(s string) string {
	if v, ok := versions[s]; ok {
		return tls.VersionName(v)
	}
	return ""
}

// cipherIDs has the suites that Go knows by name (RFC 8446 appendix B.4).
var cipherIDs = suites()

func suites() map[string]uint16 {
	ids := map[string]uint16{}
	for _, c := range append(ctls.CipherSuites(), ctls.InsecureCipherSuites()...) {
		ids[c.Name] = c.ID
	}
	return ids
}

// word keeps a short value of letters, digits and a few marks, else nothing.
func word(s string) string {
	if len(s) > maxHash {
		return ""
	}
	for i := range len(s) {
		c := s[i]
		if !(c|32 >= 'a' && c|32 <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("_-./:+", c) >= 0) {
			return ""
		}
	}
	return s
}
