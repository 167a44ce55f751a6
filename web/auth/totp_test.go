package auth

import (
	"encoding/base32"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"ward/people"
)

type httpClient = http.Client

// code is what an authenticator app shows: the oracle is another library.
func code(secret []byte, now time.Time) string {
	c, err := totp.GenerateCode(people.TOTPText(secret), now)
	if err != nil {
		panic(fmt.Sprint("auth: ", err))
	}
	return c
}

// fromText reads a secret as a person would type it.
func fromText(t *testing.T, text string) []byte {
	t.Helper()
	b, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
