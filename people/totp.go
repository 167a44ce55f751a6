package people

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" // what every authenticator app speaks (RFC 6238 section 1.2)
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"time"
)

// Parameters of the second factor app (RFC 6238 with the defaults of the apps).
const (
	totpStep   = 30 * time.Second
	totpDigits = 6
	totpSkew   = 1  // steps a phone's clock may be off, each way (section 5.2)
	totpSecret = 20 // bytes (RFC 4226 section 4, R6)
)

// NewTOTPSecret gives a new random secret.
func NewTOTPSecret() []byte {
	b := make([]byte, totpSecret)
	rand.Read(b)
	return b
}

// TOTPText is the secret as a person types it into the app: base32.
func TOTPText(secret []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
}

// TOTPAddress is the otpauth address that the QR picture holds.
func TOTPAddress(secret []byte, issuer, account string) string {
	v := url.Values{"secret": {TOTPText(secret)}, "issuer": {issuer}}
	return "otpauth://totp/" + url.PathEscape(issuer+":"+account) + "?" + v.Encode()
}

// CheckTOTP tells whether the code is right at the time and gives its step. A
// step up to last was used before and is refused (RFC 6238 section 5.2): keep
// the step that is returned.
func CheckTOTP(secret []byte, code string, now time.Time, last int64) (step int64, ok bool) {
	if len(code) != totpDigits || len(secret) == 0 {
		return 0, false
	}
	at := now.Unix() / int64(totpStep/time.Second)
	for i := at - totpSkew; i <= at+totpSkew; i++ {
		right := subtle.ConstantTimeCompare([]byte(hotp(secret, uint64(i), totpDigits)), []byte(code)) == 1
		if right && i > last && !ok {
			step, ok = i, true
		}
	}
	return step, ok
}

// hotp is the code of a counter (RFC 4226 section 5.3).
func hotp(secret []byte, counter uint64, digits int) string {
	mac := hmac.New(sha1.New, secret)
	mac.Write(binary.BigEndian.AppendUint64(nil, counter))
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0x0f
	n := binary.BigEndian.Uint32(sum[at:at+4]) & 0x7fffffff
	limit := uint32(1)
	for range digits {
		limit *= 10
	}
	return fmt.Sprintf("%0*d", digits, n%limit)
}
