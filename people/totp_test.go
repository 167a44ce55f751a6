package people

import (
	"net/url"
	"testing"
	"time"
)

// RFC 6238 appendix B, SHA-1, eight digits.
func TestTOTPVectors(t *testing.T) {
	secret := []byte("12345678901234567890")
	for at, want := range map[int64]string{59: "94287082", 1111111109: "07081804", 1111111111: "14050471",
		1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130"} {
		if got := hotp(secret, uint64(at/30), 8); got != want {
			t.Errorf("%d: %s, want %s", at, got, want)
		}
		if step, ok := CheckTOTP(secret, want[2:], time.Unix(at, 0), 0); !ok || step != at/30 {
			t.Errorf("%d: six digits are refused: step %d", at, step)
		}
	}
}

func TestTOTPReplayAndSkew(t *testing.T) {
	secret, now := []byte("12345678901234567890"), time.Unix(1111111109, 0)
	code := "081804"
	for _, c := range []struct {
		name string
		now  time.Time
		last int64
		code string
		ok   bool
	}{
		{"now", now, 0, code, true},
		{"one step late", now.Add(30 * time.Second), 0, code, true},
		{"one step early", now.Add(-30 * time.Second), 0, code, true},
		{"two steps late", now.Add(60 * time.Second), 0, code, false},
		{"used before", now, now.Unix() / 30, code, false},
		{"a later one was used", now, now.Unix()/30 + 1, code, false},
		{"wrong", now, 0, "081805", false},
		{"short", now, 0, "81804", false},
		{"empty", now, 0, "", false},
	} {
		if _, ok := CheckTOTP(secret, c.code, c.now, c.last); ok != c.ok {
			t.Errorf("%s: %v", c.name, ok)
		}
	}
	if _, ok := CheckTOTP(nil, hotp(nil, 1, 6), time.Unix(30, 0), 0); ok {
		t.Error("no secret must open nothing")
	}
}

func TestTOTPAddress(t *testing.T) {
	u, err := url.Parse(TOTPAddress([]byte("12345678901234567890"), "Ward", "a&b@example.org"))
	if err != nil || u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/Ward:a&b@example.org" ||
		u.Query().Get("secret") != "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" || u.Query().Get("issuer") != "Ward" {
		t.Error(u, err)
	}
}
