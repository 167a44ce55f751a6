package tls

import (
	"bytes"
	"crypto/dsa" //lint:ignore SA1019 old devices still show DSA keys, which must be named
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"ward/wire/proto/record"
)

const (
	maxText  = 96 // bytes of one name of a certificate
	maxNames = 8
	maxChain = 16
)

// parseCertificates reads the body of a Certificate message up to TLS 1.2 (RFC
// 5246, section 7.4.2) and gives its first certificate.
func parseCertificates(msg []byte, client bool) (Certificate, bool) {
	s := cryptobyte.String(msg)
	if !s.Skip(3) { // length of the list; the list may be cut at maxHandshake
		return Certificate{}, false
	}
	var first, one cryptobyte.String
	if !s.ReadUint24LengthPrefixed(&first) || len(first) == 0 {
		return Certificate{}, false
	}
	chain := 1
	for chain < maxChain && s.ReadUint24LengthPrefixed(&one) {
		chain++
	}
	c, ok := ParseCertificate(first, client)
	c.Chain = chain
	return c, ok
}

// ParseCertificate reads one DER certificate. Where it breaks the rules that
// crypto/x509 enforces, its names and validity are still read. client says that
// it is a client's own: then names stay only if it is a machine's.
func ParseCertificate(der []byte, client bool) (Certificate, bool) {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return parseLoose(der, client)
	}
	c := Certificate{
		NotBefore: cert.NotBefore.UTC(), NotAfter: cert.NotAfter.UTC(),
		SelfSigned: bytes.Equal(cert.RawSubject, cert.RawIssuer),
		Signature:  cert.SignatureAlgorithm.String(),
	}
	c.subject(cert.Subject)
	c.Issuer, c.IssuerOrg = text(cert.Issuer.CommonName), firstText(cert.Issuer.Organization)
	c.Key, c.KeyBits = key(cert.PublicKey)
	for _, n := range cert.DNSNames {
		c.addName(record.Host([]byte(n)))
	}
	for _, a := range cert.IPAddresses {
		c.addName(a.String())
	}
	machine := len(c.Names) > 0 || slices.Contains(cert.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
	if client && !machine {
		c.person()
	}
	return c, true
}

func (c *Certificate) subject(n pkix.Name) {
	c.Subject, c.Organization, c.Serial = text(n.CommonName), firstText(n.Organization), text(n.SerialNumber)
}

// person removes what names a person from a certificate that may be one's.
func (c *Certificate) person() {
	c.Subject, c.Serial, c.Names = "", "", nil
	if c.SelfSigned {
		c.Issuer = ""
	}
}

func (c *Certificate) addName(n string) {
	if n != "" && len(c.Names) < maxNames {
		c.Names = append(c.Names, n)
	}
}

func key(pub any) (kind string, bits int) {
	switch k := pub.(type) {
	case *rsa.PublicKey:
		return "RSA", k.N.BitLen()
	case *ecdsa.PublicKey:
		return "ECDSA", k.Params().BitSize
	case ed25519.PublicKey:
		return "Ed25519", 256
	case *dsa.PublicKey:
		return "DSA", k.P.BitLen()
	}
	return "", 0
}

func text(s string) string { return record.Text([]byte(s), maxText) }

func firstText(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return text(list[0])
}

// parseLoose reads issuer, validity and subject of a certificate (RFC 5280,
// section 4.1) and nothing after them.
func parseLoose(der []byte, client bool) (Certificate, bool) {
	in := cryptobyte.String(der)
	var cert, tbs, issuer, validity, subject cryptobyte.String
	if !in.ReadASN1(&cert, asn1.SEQUENCE) || !cert.ReadASN1(&tbs, asn1.SEQUENCE) ||
		!tbs.SkipOptionalASN1(asn1.Tag(0).Constructed().ContextSpecific()) || !tbs.SkipASN1(asn1.INTEGER) ||
		!tbs.SkipASN1(asn1.SEQUENCE) || !tbs.ReadASN1Element(&issuer, asn1.SEQUENCE) ||
		!tbs.ReadASN1(&validity, asn1.SEQUENCE) || !tbs.ReadASN1Element(&subject, asn1.SEQUENCE) {
		return Certificate{}, false
	}
	c := Certificate{SelfSigned: bytes.Equal(issuer, subject)}
	c.NotBefore, c.NotAfter = readTime(&validity), readTime(&validity)
	c.subject(readName(subject))
	by := readName(issuer)
	c.Issuer, c.IssuerOrg = text(by.CommonName), firstText(by.Organization)
	if client {
		c.person()
	}
	return c, true
}
