package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
)

// Errors of sealed columns.
var (
	ErrNoKey    = errors.New("store: no key to seal secrets with: give Options.Key (32 bytes)")
	errUnsealed = errors.New("store: a sealed value cannot be opened: it was changed, or the key is another one than when it was stored")
)

// sealColumn seals a value for one place (AES-256-GCM, random nonce first): put
// into another row it does not open.
func (s *Store) sealColumn(place string, value []byte) ([]byte, error) {
	gcm, err := s.columnCipher()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, gcm.NonceSize())
	rand.Read(nonce)
	return gcm.Seal(nonce, nonce, value, []byte(place)), nil
}

// openColumn is the inverse of sealColumn.
func (s *Store) openColumn(place string, sealed []byte) ([]byte, error) {
	gcm, err := s.columnCipher()
	if err != nil {
		return nil, err
	}
	if len(sealed) < gcm.NonceSize() {
		return nil, errUnsealed
	}
	value, err := gcm.Open(nil, sealed[:gcm.NonceSize()], sealed[gcm.NonceSize():], []byte(place))
	if err != nil {
		return nil, errUnsealed
	}
	return value, nil
}

func (s *Store) columnCipher() (cipher.AEAD, error) {
	if len(s.key) != 32 {
		return nil, ErrNoKey
	}
	block, err := aes.NewCipher(s.key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
