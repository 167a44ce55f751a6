package people

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// TokenPrefix starts every API token, so that secret scanners know it.
const TokenPrefix = "ward_"

// RecoveryCodes is how many codes a person gets with the second factor.
const RecoveryCodes = 10

// secretBytes is the length of random secrets: 256 bit.
const secretBytes = 32

// NewSecret gives 256 random bits as text for cookies, links and tokens.
func NewSecret() string {
	b := make([]byte, secretBytes)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// SecretHash is what is stored of a secret: SHA-256, hex. A secret of 256
// random bits needs no salt.
func SecretHash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// NewRecoveryCodes gives one-time codes for a lost phone: 80 random bits each,
// written as four groups of four.
func NewRecoveryCodes() []string {
	codes := make([]string, RecoveryCodes)
	for i := range codes {
		b := make([]byte, 10)
		rand.Read(b)
		s := strings.ToLower(base32.StdEncoding.EncodeToString(b))
		codes[i] = s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:]
	}
	return codes
}

// RecoveryHash is what is stored of a recovery code. How it is typed does not
// matter: capitals, spaces, hyphens.
func RecoveryHash(code string) string {
	code = strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToLower(code))
	return SecretHash("recovery:" + code)
}
