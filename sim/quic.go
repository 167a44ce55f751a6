package sim

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// quicSalt is that of QUIC version 1, RFC 9001 section 5.2.
var quicSalt = []byte{0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a}

// quicMinimum is the smallest datagram that opens a session, RFC 9000 section 14.1.
const quicMinimum = 1200

// quic opens a QUIC session: both sides' Initial packets, then packets whose
// content nobody can read.
func (h *Hospital) quic(at time.Duration, client, server *Host, name string) {
	h.session("quic", client, server, "udp", 443)
	tap, sport := h.tap(client, server), client.ephemeral()
	dcid, scid, far := h.noise(8), h.noise(8), h.noise(8)
	hello := h.clientHello(name, true)[5:]
	h.udp(at, client, server, tap, sport, 443, quicInitial("client in", dcid, dcid, scid, quicCrypto(quicHello(hello))))
	answer := append([]byte{3, 3}, h.noise(32)...)
	answer = append(answer, 0, 0x13, 0x01, 0)
	x := append(tlsExtension(43, []byte{3, 4}), tlsExtension(51, append([]byte{0, 0x1d, 0, 32}, h.noise(32)...))...)
	answer = append(append(answer, byte(len(x)>>8), byte(len(x))), x...)
	h.udp(at+roundTrip, server, client, tap, 443, sport, quicInitial("server in", dcid, scid, far, quicCrypto(tlsMessage(2, answer))))
	for i := range 12 {
		at += h.between(roundTrip, 20*time.Millisecond)
		from, to, id := server, client, scid
		if i%3 == 0 {
			from, to, id = client, server, far
		}
		packet := append(append([]byte{0x41}, id...), h.noise(400+h.rng.IntN(800))...)
		if from == client {
			h.udp(at+2*roundTrip, from, to, tap, sport, 443, packet)
		} else {
			h.udp(at+2*roundTrip, from, to, tap, 443, sport, packet)
		}
	}
}

// quicHello adds the transport parameters (extension 57, RFC 9001 section 8.2)
// to a ClientHello and offers h3.
func quicHello(hello []byte) []byte {
	parameters := tlsExtension(57, []byte{0x01, 0x04, 0x80, 0x00, 0x75, 0x30, 0x04, 0x04, 0x80, 0x10, 0x00, 0x00})
	b := append(append([]byte{}, hello...), parameters...)
	n := len(b) - 4
	b[1], b[2], b[3] = byte(n>>16), byte(n>>8), byte(n)
	at := 4 + 2 + 32 // version and random
	at += 1 + int(b[at])
	at += 2 + int(binary.BigEndian.Uint16(b[at:]))
	at += 1 + int(b[at])
	binary.BigEndian.PutUint16(b[at:], binary.BigEndian.Uint16(b[at:])+uint16(len(parameters)))
	return b
}

// quicCrypto is a CRYPTO frame at offset 0, RFC 9000 section 19.6.
func quicCrypto(data []byte) []byte {
	return append([]byte{6, 0, 0x40 | byte(len(data)>>8), byte(len(data))}, data...)
}

// quicInitial protects one Initial packet, RFC 9001 section 5; original is the
// client's first destination id, from which the keys come.
func quicInitial(label string, original, dcid, scid, frames []byte) []byte {
	head := []byte{0xc3, 0, 0, 0, 1, byte(len(dcid))}
	head = append(append(head, dcid...), byte(len(scid)))
	head = append(append(head, scid...), 0)
	const number, tag = 4, 16
	payload := make([]byte, max(len(frames), quicMinimum-len(head)-2-number-tag))
	copy(payload, frames)
	head = binary.BigEndian.AppendUint16(head, 0x4000|uint16(number+len(payload)+tag))
	at := len(head)
	head = append(head, 0, 0, 0, 0)
	secret := expand(extract(original), label, 32)
	seal := aead(expand(secret, "quic key", 16))
	packet := seal.Seal(head, expand(secret, "quic iv", 12), payload, head) // packet number 0 leaves the nonce as it is
	mask := make([]byte, 16)
	block(expand(secret, "quic hp", 16)).Encrypt(mask, packet[at+4:at+20])
	packet[0] ^= mask[0] & 0x0f
	for i := range number {
		packet[at+i] ^= mask[1+i]
	}
	return packet
}

func extract(original []byte) []byte {
	secret, err := hkdf.Extract(sha256.New, original, quicSalt)
	if err != nil {
		panic(err) // the lengths are ours
	}
	return secret
}

// expand is HKDF-Expand-Label of RFC 8446 section 7.1.
func expand(secret []byte, label string, n int) []byte {
	info := append([]byte{0, byte(n), byte(6 + len(label))}, "tls13 "+label...)
	out, err := hkdf.Expand(sha256.New, secret, string(append(info, 0)), n)
	if err != nil {
		panic(err)
	}
	return out
}

func block(key []byte) cipher.Block {
	b, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	return b
}

func aead(key []byte) cipher.AEAD {
	a, err := cipher.NewGCM(block(key))
	if err != nil {
		panic(err)
	}
	return a
}
