package tls

import (
	"crypto/x509/pkix"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

const maxRDN = 32 // relative distinguished names of one name

// readTime takes one UTCTime or GeneralizedTime; zero where it is malformed.
func readTime(s *cryptobyte.String) time.Time {
	var v cryptobyte.String
	var tag asn1.Tag
	if !s.ReadAnyASN1(&v, &tag) {
		return time.Time{}
	}
	layout := "060102150405Z"
	if tag == asn1.GeneralizedTime {
		layout = "20060102150405Z"
	}
	t, err := time.Parse(layout, string(v))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// readName takes common name, organisation and serial number out of a Name
// (X.520: 2.5.4.3, 2.5.4.10, 2.5.4.5); any string type is taken as bytes.
func readName(s cryptobyte.String) pkix.Name {
	var n pkix.Name
	var seq cryptobyte.String
	if !s.ReadASN1(&seq, asn1.SEQUENCE) {
		return n
	}
	for range maxRDN {
		var set, attr, oid, value cryptobyte.String
		var tag asn1.Tag
		if !seq.ReadASN1(&set, asn1.SET) {
			break
		}
		if !set.ReadASN1(&attr, asn1.SEQUENCE) || !attr.ReadASN1(&oid, asn1.OBJECT_IDENTIFIER) || !attr.ReadAnyASN1(&value, &tag) {
			continue
		}
		switch string(oid) {
		case "\x55\x04\x03":
			n.CommonName = string(value)
		case "\x55\x04\x05":
			n.SerialNumber = string(value)
		case "\x55\x04\x0a":
			n.Organization = []string{string(value)}
		}
	}
	return n
}
