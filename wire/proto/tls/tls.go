// Package tls reads the cleartext part of a TLS or SSL session: the hellos, the
// server's certificate up to TLS 1.2 and alerts (RFC 8446, RFC 5246, RFC 6101).
// It turns them into the facts that name a stack and show its age. It refuses
// to decrypt anything and keeps no session identifier, random or key.
package tls

import (
	"time"

	"ward/wire/proto"
	"ward/wire/proto/record"
)

const name = "tls"

// Codec recognises TLS by a hello in each direction.
var Codec = proto.Codec{
	Name:   name,
	Stream: match,
	New:    New,
	Facts:  []proto.Fact{ClientHello{}, ServerHello{}, Certificate{}, Alert{}},
}

// ClientHello is what the client offers (RFC 8446, section 4.1.2).
type ClientHello struct {
	// Version is the newest one offered.
	Version string   `json:"version" keep:"protocol version"`
	SNI     string   `json:"sni,omitempty" keep:"server name, a host"`
	ALPN    []string `json:"alpn,omitempty" keep:"application protocol names"`
	JA4     string   `json:"ja4,omitempty" keep:"fingerprint of the client's stack"`
	JA3     string   `json:"ja3,omitempty" keep:"fingerprint of the client's stack"`
}

// ServerHello is what the server chose.
type ServerHello struct {
	Version  string `json:"version" keep:"protocol version"`
	Cipher   string `json:"cipher" keep:"cipher suite name"`
	CipherID uint16 `json:"cipher_id"`
	ALPN     string `json:"alpn,omitempty" keep:"application protocol name"`
}

// Certificate is the first certificate of a chain (RFC 5280), with the names of
// machines and makers. For a client's certificate the common name and the
// alternative names stay only where it is a machine's: some name people.
type Certificate struct {
	Subject      string    `json:"subject,omitempty" keep:"common name of the machine"`
	Organization string    `json:"organization,omitempty" keep:"owner or maker"`
	Serial       string    `json:"serial,omitempty" keep:"device serial number (X.520 serialNumber of the subject)"`
	Issuer       string    `json:"issuer,omitempty" keep:"common name of the authority"`
	IssuerOrg    string    `json:"issuer_organization,omitempty" keep:"authority or maker"`
	Names        []string  `json:"names,omitempty" keep:"host names and addresses"`
	NotBefore    time.Time `json:"not_before,omitzero"`
	NotAfter     time.Time `json:"not_after,omitzero"`
	SelfSigned   bool      `json:"self_signed,omitempty"`
	Key          string    `json:"key,omitempty" keep:"kind of public key"`
	KeyBits      int       `json:"key_bits,omitempty"`
	Signature    string    `json:"signature,omitempty" keep:"signature algorithm"`
	Chain        int       `json:"chain"` // certificates that were sent
}

// Alert is a cleartext alert (RFC 8446, section 6).
type Alert struct {
	Fatal bool   `json:"fatal"`
	Code  uint8  `json:"code"`
	Text  string `json:"text,omitempty" keep:"alert name from our table"`
}

func (ClientHello) Service() string { return name }
func (ServerHello) Service() string { return name }
func (Certificate) Service() string { return name }
func (Alert) Service() string       { return name }

// Record content types, RFC 8446 section 5.1.
const (
	changeCipherSpec = 20
	alert            = 21
	handshake        = 22
	applicationData  = 23
)

// Handshake message types, RFC 8446 section 4.
const (
	clientHello = 1
	serverHello = 2
	certificate = 11
)

const (
	headLen   = 5            // record header: type, version u16, length u16
	maxRecord = 16384 + 2048 // RFC 5246, section 6.2.3
)

// match wants a hello of the right kind in each direction; the sides may be
// swapped when the capture began in the middle.
func match(orig, resp []byte, _ proto.Ports) proto.Match {
	straight := record.Both(matchSide(orig, clientHello), matchSide(resp, serverHello))
	if straight != proto.No {
		return straight
	}
	if data := record.Both(matchData(orig), matchData(resp)); data != proto.No {
		return data
	}
	return record.Both(matchSide(orig, serverHello), matchSide(resp, clientHello))
}

// matchData tells application data, all that is seen of a session joined in the
// middle. Each whole record must be followed by another.
func matchData(b []byte) proto.Match {
	if len(b) < headLen {
		if len(b) > 0 && b[0] != applicationData {
			return proto.No
		}
		return proto.Maybe
	}
	for len(b) >= headLen {
		size := int(b[3])<<8 | int(b[4])
		if b[0] != applicationData && b[0] != alert || b[1] != 3 || b[2] == 0 || b[2] > 3 || size == 0 || size > maxRecord {
			return proto.No
		}
		b = b[min(headLen+size, len(b)):]
	}
	return proto.Yes
}

func matchSide(b []byte, hello byte) proto.Match {
	if len(b) == 0 {
		return proto.Maybe
	}
	if b[0]&0x80 != 0 {
		return matchSSL2(b, hello)
	}
	if len(b) > 1 && b[1] != 3 || len(b) > 2 && b[2] > 4 {
		return proto.No
	}
	size := 0
	if len(b) >= headLen {
		if size = int(b[3])<<8 | int(b[4]); size == 0 || size > maxRecord {
			return proto.No
		}
	}
	switch {
	case b[0] == handshake:
		if len(b) <= headLen+3 {
			return proto.Maybe
		}
		if b[headLen] != hello || b[headLen+1] != 0 {
			return proto.No
		}
		return proto.Yes
	case b[0] == alert && hello == serverHello:
		if len(b) >= headLen && size != 2 {
			return proto.No
		}
		if len(b) < headLen+2 {
			return proto.Maybe
		}
		return proto.Yes
	}
	return proto.No
}
