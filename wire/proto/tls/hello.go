package tls

import (
	ctls "crypto/tls"
	"fmt"
	"slices"

	"golang.org/x/crypto/cryptobyte"

	"ward/wire/proto/record"
)

// Extension types, RFC 8446 section 4.2.
const (
	extServerName        = 0
	extGroups            = 10
	extPointFormats      = 11
	extSignatures        = 13
	extALPN              = 16
	extSupportedVersions = 43
)

const (
	maxCiphers    = 512
	maxExtensions = 128
	maxProtocols  = 8
	maxProtocol   = 32 // bytes of one ALPN name
)

// Hello is a ClientHello read in full, as the fingerprints need it.
type Hello struct {
	Version    uint16 // of the hello itself
	Ciphers    []uint16
	Extensions []uint16 // in wire order
	Groups     []uint16
	Points     []uint8
	Signatures []uint16
	Versions   []uint16
	SNI        string
	ALPN       []string
	alpn       []byte // first protocol, raw
}

// ParseClientHello reads a handshake message with its four-byte header; QUIC
// carries the same. ok is false where it is malformed.
func ParseClientHello(msg []byte) (Hello, bool) {
	s := cryptobyte.String(msg)
	var kind uint8
	var body cryptobyte.String
	if !s.ReadUint8(&kind) || kind != clientHello || !s.ReadUint24LengthPrefixed(&body) {
		return Hello{}, false
	}
	var h Hello
	var session, suites, compression cryptobyte.String
	if !body.ReadUint16(&h.Version) || !body.Skip(32) || !body.ReadUint8LengthPrefixed(&session) ||
		!body.ReadUint16LengthPrefixed(&suites) || !body.ReadUint8LengthPrefixed(&compression) {
		return Hello{}, false
	}
	h.Ciphers = uint16s(suites, maxCiphers)
	var exts cryptobyte.String
	if !body.Empty() && !body.ReadUint16LengthPrefixed(&exts) {
		return Hello{}, false
	}
	for len(h.Extensions) < maxExtensions && !exts.Empty() {
		var id uint16
		var ext cryptobyte.String
		if !exts.ReadUint16(&id) || !exts.ReadUint16LengthPrefixed(&ext) {
			return Hello{}, false
		}
		h.Extensions = append(h.Extensions, id)
		h.extension(id, ext)
	}
	return h, true
}

func (h *Hello) extension(id uint16, ext cryptobyte.String) {
	var list cryptobyte.String
	switch id {
	case extServerName:
		var kind uint8
		var host cryptobyte.String
		if ext.ReadUint16LengthPrefixed(&list) && list.ReadUint8(&kind) && kind == 0 && list.ReadUint16LengthPrefixed(&host) {
			h.SNI = record.Host(host)
		}
	case extGroups:
		if ext.ReadUint16LengthPrefixed(&list) {
			h.Groups = uint16s(list, maxCiphers)
		}
	case extPointFormats:
		if ext.ReadUint8LengthPrefixed(&list) {
			h.Points = append([]uint8(nil), list...)
		}
	case extSignatures:
		if ext.ReadUint16LengthPrefixed(&list) {
			h.Signatures = uint16s(list, maxCiphers)
		}
	case extSupportedVersions:
		if ext.ReadUint8LengthPrefixed(&list) {
			h.Versions = uint16s(list, maxCiphers)
		}
	case extALPN:
		h.ALPN, h.alpn = alpn(ext)
	}
}

// alpn reads a protocol name list, RFC 7301 section 3.1.
func alpn(ext cryptobyte.String) (names []string, first []byte) {
	var list, one cryptobyte.String
	if !ext.ReadUint16LengthPrefixed(&list) {
		return nil, nil
	}
	for len(names) < maxProtocols && list.ReadUint8LengthPrefixed(&one) {
		if first == nil {
			first = append([]byte{}, one...)
		}
		if !isGrease8(one) {
			names = append(names, record.Text(one, maxProtocol))
		}
	}
	return names, first
}

func uint16s(s cryptobyte.String, max int) []uint16 {
	out := make([]uint16, 0, min(len(s)/2, max))
	var v uint16
	for len(out) < max && s.ReadUint16(&v) {
		out = append(out, v)
	}
	return out
}

// Newest gives the newest version the client offers.
func (h Hello) Newest() uint16 {
	best := uint16(0)
	for _, v := range h.Versions {
		if !isGrease(v) && v > best {
			best = v
		}
	}
	if best == 0 {
		return h.Version
	}
	return best
}

// Fact gives what is kept of the hello; carrier is 't' for TCP and 'q' for QUIC.
func (h Hello) Fact(carrier byte) ClientHello {
	return ClientHello{Version: VersionName(h.Newest()), SNI: h.SNI, ALPN: h.ALPN, JA4: h.JA4(carrier), JA3: h.JA3()}
}

// parseServerHello reads the body of a ServerHello (RFC 8446, section 4.1.3)
// and gives the negotiated version as a number too.
func parseServerHello(msg []byte) (ServerHello, uint16, bool) {
	s := cryptobyte.String(msg)
	var version, cipher uint16
	var session, exts cryptobyte.String
	if !s.ReadUint16(&version) || version>>8 != 3 || !s.Skip(32) || !s.ReadUint8LengthPrefixed(&session) || !s.ReadUint16(&cipher) || !s.Skip(1) {
		return ServerHello{}, 0, false
	}
	var h ServerHello
	if !s.Empty() && !s.ReadUint16LengthPrefixed(&exts) {
		return ServerHello{}, 0, false
	}
	for range maxExtensions {
		var id uint16
		var ext cryptobyte.String
		if !exts.ReadUint16(&id) || !exts.ReadUint16LengthPrefixed(&ext) {
			break
		}
		switch id {
		case extSupportedVersions:
			ext.ReadUint16(&version)
		case extALPN:
			if names, _ := alpn(ext); len(names) > 0 {
				h.ALPN = names[0]
			}
		}
	}
	h.Version, h.Cipher, h.CipherID = VersionName(version), cipherName(cipher), cipher
	return h, version, true
}

// VersionName names a version number: "TLS 1.2", "SSL 3.0".
func VersionName(v uint16) string {
	switch {
	case v == 0x0002 || v == 0x0200:
		return "SSL 2.0"
	case v == 0x0300:
		return "SSL 3.0"
	case v > 0x0300 && v <= 0x0304:
		return fmt.Sprintf("TLS 1.%d", v-0x0301)
	case v>>8 == 0x7f: // drafts of RFC 8446
		return "TLS 1.3"
	}
	return fmt.Sprintf("0x%04x", v)
}

// weakCiphers names suites that Go never spoke but old devices do.
var weakCiphers = map[uint16]string{
	0x0000: "TLS_NULL_WITH_NULL_NULL", 0x0001: "TLS_RSA_WITH_NULL_MD5", 0x0002: "TLS_RSA_WITH_NULL_SHA",
	0x0003: "TLS_RSA_EXPORT_WITH_RC4_40_MD5", 0x0004: "TLS_RSA_WITH_RC4_128_MD5", 0x0006: "TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5",
	0x0008: "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA", 0x0009: "TLS_RSA_WITH_DES_CBC_SHA",
	0x0016: "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA", 0x0018: "TLS_DH_anon_WITH_RC4_128_MD5", 0x001b: "TLS_DH_anon_WITH_3DES_EDE_CBC_SHA",
	0x0033: "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", 0x0034: "TLS_DH_anon_WITH_AES_128_CBC_SHA",
	0x0039: "TLS_DHE_RSA_WITH_AES_256_CBC_SHA", 0x003d: "TLS_RSA_WITH_AES_256_CBC_SHA256",
	0x0067: "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256", 0x006b: "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256",
	0x0088: "TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA", 0x009e: "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
	0x009f: "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", 0xc024: "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
	0xc028: "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
}

func cipherName(id uint16) string {
	if name, ok := weakCiphers[id]; ok {
		return name
	}
	if name, ok := cipherNames[id]; ok {
		return name
	}
	return fmt.Sprintf("0x%04X", id)
}

// cipherNames are the standard library's, which makes its list anew each time.
var cipherNames = func() map[uint16]string {
	names := map[uint16]string{}
	for _, c := range slices.Concat(ctls.CipherSuites(), ctls.InsecureCipherSuites()) {
		names[c.ID] = c.Name
	}
	return names
}()

// alertNames: RFC 8446, section 6, with the older ones.
var alertNames = map[uint8]string{
	0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 21: "decryption_failed", 22: "record_overflow",
	40: "handshake_failure", 41: "no_certificate", 42: "bad_certificate", 43: "unsupported_certificate",
	44: "certificate_revoked", 45: "certificate_expired", 46: "certificate_unknown", 47: "illegal_parameter",
	48: "unknown_ca", 49: "access_denied", 50: "decode_error", 51: "decrypt_error", 70: "protocol_version",
	71: "insufficient_security", 80: "internal_error", 86: "inappropriate_fallback", 90: "user_canceled",
	100: "no_renegotiation", 109: "missing_extension", 110: "unsupported_extension", 112: "unrecognized_name",
	116: "certificate_required", 120: "no_application_protocol",
}
