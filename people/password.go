package people

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"

	"golang.org/x/crypto/argon2"
)

// Cost of one argon2id hash (RFC 9106). The memory is what makes guessing dear;
// 64 MiB and three passes take some 100 ms of one core [E].
const (
	argonMemory  = 64 * 1024 // KiB
	argonPasses  = 3
	argonThreads = 1
	argonSalt    = 16 // bytes
	argonKey     = 32 // bytes
)

// Limits of what is hashed at once: a flood of sign-ins must not take the
// memory of the hub.
const (
	hashesAtOnce  = 2  // 128 MiB together
	hashesWaiting = 64 // more are refused
)

// Errors of hashing.
var (
	ErrBusy     = errors.New("people: too many sign-ins at once, try again in a moment")
	errBadHash  = errors.New("people: the stored password hash cannot be read")
	errDearHash = errors.New("people: the stored password hash asks for more memory or time than allowed")
)

// Hasher makes and checks password hashes, few at a time. Make it with
// NewHasher.
type Hasher struct {
	running chan struct{} // one entry per hash that runs
	waiting chan struct{} // one entry per caller that waits or runs
}

// NewHasher gives a Hasher with the limits above.
func NewHasher() *Hasher {
	return &Hasher{make(chan struct{}, hashesAtOnce), make(chan struct{}, hashesAtOnce+hashesWaiting)}
}

// Hash gives the hash of a password as a PHC string
// ($argon2id$v=19$m=...,t=...,p=...$salt$key).
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, argonSalt)
	rand.Read(salt)
	key, err := h.derive(ctx, password, phc{argonMemory, argonPasses, argonThreads, salt, make([]byte, argonKey)})
	if err != nil {
		return "", err
	}
	return phc{argonMemory, argonPasses, argonThreads, salt, key}.String(), nil
}

// Verify tells whether the password is the one of the hash. An empty hash (an
// unknown person, or one without a password) takes the same work and is never
// right, so that the time does not tell who exists.
func (h *Hasher) Verify(ctx context.Context, hash, password string) (bool, error) {
	known := hash != ""
	stored := phc{argonMemory, argonPasses, argonThreads, make([]byte, argonSalt), make([]byte, argonKey)}
	if known {
		var err error
		if stored, err = parsePHC(hash); err != nil {
			return false, err
		}
	}
	key, err := h.derive(ctx, password, stored)
	if err != nil {
		return false, err
	}
	same := subtle.ConstantTimeCompare(key, stored.key) == 1
	return same && known, nil
}

// derive runs argon2id when its turn has come.
func (h *Hasher) derive(ctx context.Context, password string, p phc) ([]byte, error) {
	select {
	case h.waiting <- struct{}{}:
		defer func() { <-h.waiting }()
	default:
		return nil, ErrBusy
	}
	select {
	case h.running <- struct{}{}:
		defer func() { <-h.running }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(password), p.salt, p.passes, p.memory, p.threads, uint32(len(p.key))), nil
}

// phc is a password hash with its cost.
type phc struct {
	memory, passes uint32
	threads        uint8
	salt, key      []byte
}

func (p phc) String() string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.passes, p.threads,
		b.EncodeToString(p.salt), b.EncodeToString(p.key))
}
