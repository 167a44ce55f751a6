package people

import (
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// parsePHC reads what String wrote. It refuses costs above four times today's,
// so that a changed row cannot stop the hub.
func parsePHC(s string) (phc, error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return phc{}, errBadHash
	}
	var p phc
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.threads); err != nil {
		return phc{}, errBadHash
	}
	if p.memory > 4*argonMemory || p.passes > 4*argonPasses || p.threads > 4 {
		return phc{}, errDearHash
	}
	var err error
	if p.salt, err = base64.RawStdEncoding.Strict().DecodeString(parts[4]); err != nil {
		return phc{}, errBadHash
	}
	if p.key, err = base64.RawStdEncoding.Strict().DecodeString(parts[5]); err != nil {
		return phc{}, errBadHash
	}
	if len(p.salt) < 8 || len(p.salt) > 64 || len(p.key) < 16 || len(p.key) > 64 || p.memory < 8 || p.passes < 1 || p.threads < 1 {
		return phc{}, errBadHash
	}
	return p, nil
}
