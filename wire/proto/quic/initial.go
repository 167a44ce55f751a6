package quic

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
)

// Version numbers and salts: RFC 9001 section 5.2, RFC 9369 section 3.
const (
	version2 = 0x6b3343cf
	salt1    = "\x38\x76\x2c\xf7\xf5\x59\x34\xb3\x4d\x17\x9a\xe6\xa4\xc8\x0c\xad\xcc\xbb\x7f\x0a"
	salt2    = "\x0d\xed\xe3\xde\xf7\x00\xa6\xdb\x81\x93\x81\xbe\x6e\x26\x9d\xcb\xf9\xbd\x2e\xd9"
	salt29   = "\xaf\xbf\xec\x28\x99\x93\xd2\x4c\x9e\x97\x86\xf1\x9c\x61\x11\xe0\x43\x90\xa8\x99" // drafts 29 to 32
)

const (
	sampleLen = 16
	tagLen    = 16
)

// openInitial decrypts one client Initial packet at the start of b. size is how
// many bytes of the datagram the packet takes, 0 where that is unknown.
//
// Layout after the source connection id: token length, token, length, packet
// number (1 to 4, protected), payload.
func openInitial(p long, b []byte) (payload []byte, size int, ok bool) {
	salt, prefix, initial := salt1, "quic", byte(0)
	switch {
	case p.version == version2:
		salt, prefix, initial = salt2, "quicv2", 1
	case p.version>>8 == 0xff0000 && p.version&0xff >= 29 && p.version&0xff <= 32:
		salt = salt29
	case p.version != 1 && p.version>>8 != 0xff0000:
		return nil, 0, false
	}
	at := p.at
	if p.flags>>4&3 == initial {
		token, n := varint(p.rest)
		if n == 0 || token > uint64(len(p.rest)-n) {
			return nil, 0, false
		}
		at += n + int(token)
	}
	length, n := varint(b[at:])
	if at += n; n == 0 || length > uint64(len(b)-at) {
		return nil, 0, false
	}
	size = at + int(length)
	if p.flags>>4&3 != initial || length < 4+sampleLen {
		return nil, size, false
	}
	k, ok := deriveKeys(p.dcid, salt, prefix)
	if !ok {
		return nil, size, false
	}
	payload, ok = k.open(b[:size], at)
	return payload, size, ok
}

type keys struct {
	block cipher.Block // header protection
	aead  cipher.AEAD
	iv    []byte
}

// deriveKeys: RFC 9001, section 5.1 and 5.2.
func deriveKeys(dcid []byte, salt, prefix string) (keys, bool) {
	secret, err := hkdf.Extract(sha256.New, dcid, []byte(salt))
	if err != nil {
		return keys{}, false
	}
	secret = expandLabel(secret, "client in", sha256.Size)
	key, iv, hp := expandLabel(secret, prefix+" key", 16), expandLabel(secret, prefix+" iv", 12), expandLabel(secret, prefix+" hp", 16)
	block, err1 := aes.NewCipher(hp)
	inner, err2 := aes.NewCipher(key)
	if err1 != nil || err2 != nil {
		return keys{}, false
	}
	aead, err := cipher.NewGCM(inner)
	return keys{block, aead, iv}, err == nil
}

// expandLabel: RFC 8446, section 7.1, with empty context.
func expandLabel(secret []byte, label string, n int) []byte {
	label = "tls13 " + label
	info := string([]byte{byte(n >> 8), byte(n), byte(len(label))}) + label + "\x00"
	out, err := hkdf.Expand(sha256.New, secret, info, n)
	if err != nil {
		return nil
	}
	return out
}

// open removes header protection (RFC 9001, section 5.4) and decrypts a packet
// whose packet number is at offset at. packet itself is left as it is.
func (k keys) open(packet []byte, at int) ([]byte, bool) {
	var mask [aes.BlockSize]byte
	k.block.Encrypt(mask[:], packet[at+4:at+4+sampleLen])
	first := packet[0] ^ mask[0]&0x0f
	n := int(first&3) + 1
	head := append([]byte(nil), packet[:at+n]...)
	head[0] = first
	nonce := append([]byte(nil), k.iv...)
	var number uint32
	for i := range n {
		head[at+i] ^= mask[1+i]
		number = number<<8 | uint32(head[at+i])
	}
	low := nonce[len(nonce)-4:]
	binary.BigEndian.PutUint32(low, binary.BigEndian.Uint32(low)^number)
	plain, err := k.aead.Open(nil, nonce, packet[at+n:], head)
	return plain, err == nil
}
