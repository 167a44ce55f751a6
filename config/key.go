package config

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// KeySize is the length of the key that seals secrets at rest, in bytes.
const KeySize = 32

// ErrKey says that the key file cannot be used.
var ErrKey = errors.New("config: the key file cannot be used")

// Key reads the key that seals secrets at rest from the data folder, and makes
// both at the first start. The file holds 64 hex digits and is for its owner
// alone: one that others can read is refused.
func Key(dir string) ([]byte, error) {
	key, err := ReadKey(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("config: make the data folder: %w", err)
	}
	key = make([]byte, KeySize)
	rand.Read(key) // never fails, see crypto/rand
	if err := WriteKey(dir, key); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return ReadKey(dir) // when two start at once, both use the one that was first
}

// ReadKey reads the key of a data folder; fs.ErrNotExist when there is none.
func ReadKey(dir string) ([]byte, error) {
	path := filepath.Join(dir, KeyFile)
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("config: read the key: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("config: read the key: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%w: %s can be read by others (%04o): run chmod 600 on it, and think about who may have read it",
			ErrKey, path, info.Mode().Perm())
	}
	text, err := io.ReadAll(io.LimitReader(f, 4*KeySize))
	if err != nil {
		return nil, fmt.Errorf("config: read the key: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != KeySize {
		return nil, fmt.Errorf("%w: %s does not hold %d hex digits: put the file of a backup in its place", ErrKey, path, 2*KeySize)
	}
	return key, nil
}

// WriteKey puts a key into a data folder that has none: whole or not at all.
// fs.ErrExist when there is one.
func WriteKey(dir string, key []byte) error {
	if len(key) != KeySize {
		return fmt.Errorf("%w: it has %d bytes instead of %d", ErrKey, len(key), KeySize)
	}
	f, err := os.CreateTemp(dir, ".key-*") // 0600
	if err != nil {
		return fmt.Errorf("config: write the key: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(hex.EncodeToString(key) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("config: write the key: %w", err)
	}
	if err := os.Link(f.Name(), filepath.Join(dir, KeyFile)); err != nil { // unlike a rename, never over another
		return fmt.Errorf("config: write the key: %w", err)
	}
	return nil
}
