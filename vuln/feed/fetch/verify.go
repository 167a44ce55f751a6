package fetch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// Errors of documents that are not what their publisher wrote.
var (
	ErrDigest    = errors.New("fetch: the digest is wrong: the document was changed on its way or is damaged")
	ErrSignature = errors.New("fetch: the signature is wrong: the document is not what its publisher signed")
	ErrUnsigned  = errors.New("fetch: a trusted provider must give digest and signature, and one is missing")
)

const (
	maxDigest    = 64 << 10
	maxSignature = 256 << 10
	maxKeyFile   = 4 << 20
)

// checkDigest compares a document with the text of its .sha256 or .sha512 file:
// hex digits, then perhaps blanks and a name (CSAF 2.0, Section 7.1.18).
func checkDigest(data, file []byte) error {
	word, _, _ := strings.Cut(strings.TrimSpace(string(file)), " ")
	word, _, _ = strings.Cut(word, "\t")
	want, err := hex.DecodeString(strings.ToLower(word))
	var h hash.Hash
	switch len(want) {
	case sha256.Size:
		h = sha256.New()
	case sha512.Size:
		h = sha512.New()
	}
	if err != nil || h == nil {
		return fmt.Errorf("%w (the digest file holds no SHA-256 or SHA-512)", ErrDigest)
	}
	h.Write(data)
	if subtle.ConstantTimeCompare(h.Sum(nil), want) != 1 {
		return ErrDigest
	}
	return nil
}

// checkSignature verifies an armored detached signature (Section 7.1.19).
func checkSignature(keys openpgp.EntityList, data, signature []byte, now time.Time) error {
	config := &packet.Config{Time: func() time.Time { return now }}
	_, err := openpgp.CheckArmoredDetachedSignature(keys, bytes.NewReader(data), bytes.NewReader(signature), config)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSignature, err)
	}
	return nil
}

// readKeys reads an armored or binary key file and keeps the key that has the
// fingerprint; without a fingerprint all of them (Section 7.1.20).
func readKeys(data []byte, fingerprint string) (openpgp.EntityList, error) {
	ring, err := openpgp.ReadArmoredKeyRing(bytes.NewReader(data))
	if err != nil {
		ring, err = openpgp.ReadKeyRing(bytes.NewReader(data))
	}
	if err != nil {
		return nil, fmt.Errorf("no OpenPGP key: %w", err)
	}
	want := strings.ToLower(strings.ReplaceAll(fingerprint, " ", ""))
	ring = slices.DeleteFunc(ring, func(e *openpgp.Entity) bool {
		return want != "" && hex.EncodeToString(e.PrimaryKey.Fingerprint) != want
	})
	if len(ring) == 0 {
		return nil, fmt.Errorf("the key file does not hold the key %s that the metadata names", clip(fingerprint))
	}
	return ring, nil
}

// keys fetches the keys of a provider. New keys are remarked, because a key that
// changes unexpectedly is worth a question to the publisher.
func (u *updater) keys(ctx context.Context, m metadata) (openpgp.EntityList, error) {
	var ring openpgp.EntityList
	var prints []string
	var broken error
	for _, k := range m.Keys {
		data, _, err := u.get.text(ctx, request{url: k.URL}, maxKeyFile)
		if err == nil {
			var got openpgp.EntityList
			if got, err = readKeys(data, k.Fingerprint); err == nil {
				ring = append(ring, got...)
				for _, e := range got {
					prints = append(prints, hex.EncodeToString(e.PrimaryKey.Fingerprint))
				}
				continue
			}
		}
		broken = fmt.Errorf("the key %s of the provider: %w", clip(k.URL), err)
		u.out.Remarks = append(u.out.Remarks, broken.Error())
	}
	if len(ring) == 0 && len(m.Keys) > 0 {
		return nil, broken
	}
	slices.Sort(prints)
	before, known := u.journal.Keys[u.source.Name]
	for _, p := range prints {
		if known && !slices.Contains(before, p) {
			u.out.Remarks = append(u.out.Remarks, "the provider signs with a new key, "+p+": compare it with what the publisher says elsewhere")
		}
	}
	u.journal.Keys[u.source.Name] = prints
	return ring, nil
}
