package sim

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"math/big"
	"time"
)

// TLS content types, RFC 8446 section 5.1.
const (
	tlsChangeCipher = 20
	tlsHandshake    = 22
	tlsData         = 23
)

func tlsRecord(kind byte, body []byte) []byte {
	return append([]byte{kind, 3, 3, byte(len(body) >> 8), byte(len(body))}, body...)
}

func tlsMessage(kind byte, body []byte) []byte {
	return append([]byte{kind, byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}, body...)
}

func tlsExtension(kind uint16, body []byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, kind)
	b = binary.BigEndian.AppendUint16(b, uint16(len(body)))
	return append(b, body...)
}

// clientHello is RFC 8446 section 4.1.2; with modern it offers TLS 1.3 and ALPN.
func (h *Hospital) clientHello(name string, modern bool) []byte {
	b := append([]byte{3, 3}, h.noise(32)...)
	suites := []byte{0xc0, 0x2b, 0xc0, 0x2f, 0xc0, 0x2c, 0xc0, 0x30, 0xcc, 0xa9, 0xcc, 0xa8, 0x00, 0x9c, 0x00, 0x2f}
	if modern {
		suites = append([]byte{0x13, 0x01, 0x13, 0x02, 0x13, 0x03}, suites...)
		b = append(append(b, 32), h.noise(32)...)
	} else {
		b = append(b, 0)
	}
	b = append(append(b, 0, byte(len(suites))), suites...)
	b = append(b, 1, 0)
	var x []byte
	if name != "" {
		sni := append([]byte{0, byte(len(name) + 3), 0, 0, byte(len(name))}, name...)
		x = append(x, tlsExtension(0, sni)...)
	}
	x = append(x, tlsExtension(23, nil)...)
	x = append(x, tlsExtension(10, []byte{0, 6, 0, 0x1d, 0, 0x17, 0, 0x18})...)
	x = append(x, tlsExtension(11, []byte{1, 0})...)
	x = append(x, tlsExtension(13, []byte{0, 10, 8, 7, 4, 3, 8, 4, 4, 1, 5, 1})...)
	if modern {
		x = append(x, tlsExtension(16, []byte("\x00\x0c\x02h2\x08http/1.1"))...)
		x = append(x, tlsExtension(43, []byte{4, 3, 4, 3, 3})...)
		x = append(x, tlsExtension(45, []byte{1, 1})...)
		x = append(x, tlsExtension(51, append([]byte{0, 36, 0, 0x1d, 0, 32}, h.noise(32)...))...)
	}
	b = append(append(b, byte(len(x)>>8), byte(len(x))), x...)
	return tlsRecord(tlsHandshake, tlsMessage(1, b))
}

// tls13 is a session whose certificate nobody sees.
func (h *Hospital) tls13(at time.Duration, client, server *Host, port uint16, name string, size int) {
	s := h.dial(at, "tls", client, server, port)
	s.send(h.clientHello(name, true))
	b := append(append([]byte{3, 3}, h.noise(32)...), 32)
	b = append(append(b, h.noise(32)...), 0x13, 0x01, 0)
	x := append(tlsExtension(43, []byte{3, 4}), tlsExtension(51, append([]byte{0, 0x1d, 0, 32}, h.noise(32)...))...)
	b = append(append(b, byte(len(x)>>8), byte(len(x))), x...)
	flight := append(tlsRecord(tlsHandshake, tlsMessage(2, b)), tlsRecord(tlsChangeCipher, []byte{1})...)
	flight = append(flight, tlsRecord(tlsData, h.noise(2300))...)
	s.reply(flight).send(append(tlsRecord(tlsChangeCipher, []byte{1}), tlsRecord(tlsData, h.noise(53))...))
	h.sealed(s, size)
}

// sealed is the encrypted rest: a request and an answer of some size.
func (h *Hospital) sealed(s *stream, size int) {
	s.send(tlsRecord(tlsData, h.noise(420)))
	for size > 0 {
		n := min(size, 16<<10)
		s.reply(tlsRecord(tlsData, ramp(n)))
		size -= n
	}
	s.close()
}

// ramp gives n bytes of no meaning, at most imageFragment.
func ramp(n int) []byte { return pixels[:min(n, len(pixels))] }

// tls12 is a session with the server's certificate in clear.
func (h *Hospital) tls12(at time.Duration, client, server *Host, port uint16, sni, name, organisation string, size int) {
	s := h.dial(at, "tls", client, server, port)
	h.handshake12(s, sni, name, organisation)
	h.sealed(s, size)
}

// handshake12 is that of RFC 5246 with an ephemeral key exchange.
func (h *Hospital) handshake12(s *stream, sni, name, organisation string) {
	s.send(h.clientHello(sni, false))
	hello := append(append([]byte{3, 3}, h.noise(32)...), 0, 0xc0, 0x2b, 0, 0, 5, 0xff, 0x01, 0, 1, 0)
	cert := h.certificate(name, organisation)
	n := len(cert)
	chain := append([]byte{0, byte((n + 3) >> 8), byte(n + 3), 0, byte(n >> 8), byte(n)}, cert...)
	exchange := append([]byte{3, 0, 0x1d, 32}, h.noise(32)...)
	exchange = append(append(exchange, 8, 7, 0, 64), h.noise(64)...)
	flight := append(tlsMessage(2, hello), tlsMessage(11, chain)...)
	flight = append(append(flight, tlsMessage(12, exchange)...), tlsMessage(14, nil)...)
	s.reply(tlsRecord(tlsHandshake, flight))
	key := tlsRecord(tlsHandshake, tlsMessage(16, append([]byte{32}, h.noise(32)...)))
	key = append(append(key, tlsRecord(tlsChangeCipher, []byte{1})...), tlsRecord(tlsHandshake, h.noise(40))...)
	s.send(key)
	s.reply(append(tlsRecord(tlsChangeCipher, []byte{1}), tlsRecord(tlsHandshake, h.noise(40))...))
}

// certificate makes a self-signed one; an Ed25519 signature needs no chance.
func (h *Hospital) certificate(name, organisation string) []byte {
	if c := h.certificates[name]; c != nil {
		return c
	}
	seed := sha256.Sum256([]byte(name))
	key := ed25519.NewKeyFromSeed(seed[:])
	template := &x509.Certificate{
		SerialNumber: big.NewInt(int64(binary.BigEndian.Uint32(seed[:]))),
		Subject:      pkix.Name{CommonName: name},
		DNSNames:     []string{name},
		NotBefore:    h.cfg.Start.AddDate(-2, 0, 0),
		NotAfter:     h.cfg.Start.AddDate(8, 0, 0),
	}
	if organisation != "" {
		template.Subject.Organization = []string{organisation}
	}
	c, err := x509.CreateCertificate(nil, template, template, key.Public(), key)
	if err != nil {
		panic(err) // the template is ours
	}
	h.certificates[name] = c
	return c
}
