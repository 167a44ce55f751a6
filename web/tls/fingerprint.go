package tls

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// Fingerprint is the SHA-256 of the authority's certificate as browsers show it.
func (a *Authority) Fingerprint() string {
	sum := sha256.Sum256(a.cert.Raw)
	parts := make([]string, len(sum))
	for i, b := range sum {
		parts[i] = fmt.Sprintf("%02X", b)
	}
	return strings.Join(parts, ":")
}

// Words is the first half of the fingerprint as eight words that two people can
// compare on the telephone (proquints: consonant, vowel, consonant, vowel,
// consonant for 16 bits).
func (a *Authority) Words() string {
	sum := sha256.Sum256(a.cert.Raw)
	words := make([]string, 8)
	for i := range words {
		words[i] = proquint(uint16(sum[2*i])<<8 | uint16(sum[2*i+1]))
	}
	return strings.Join(words, " ")
}

func proquint(n uint16) string {
	const consonants, vowels = "bdfghjklmnprstvz", "aiou"
	return string([]byte{consonants[n>>12], vowels[n>>10&3], consonants[n>>6&15], vowels[n>>4&3], consonants[n&15]})
}
