package store

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// maxPacked bounds what one packed value unpacks to: a device with everything.
const maxPacked = 256 << 20

// packer and unpacker are safe for concurrent use and without state: EncodeAll
// and DecodeAll only.
var (
	packer, _   = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(2), zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithWindowSize(1<<20))
	unpacker, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(maxPacked))
)

// shortPacker is for texts of some hundred bytes, where more effort gains nothing.
var shortPacker, _ = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(2), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(1<<16))

// packShort compresses a short text.
func packShort(b []byte) []byte { return shortPacker.EncodeAll(b, nil) }

// pack compresses.
func pack(b []byte) []byte { return packer.EncodeAll(b, nil) }

// packed scans a packed JSON value into what it points to.
type packed struct{ into any }

// Scan unpacks (database/sql.Scanner).
func (p packed) Scan(v any) error {
	b, ok := v.([]byte)
	if !ok {
		return nil
	}
	text, err := unpacker.DecodeAll(b, nil)
	if err != nil {
		return fmt.Errorf("store: a stored document is damaged, run ward doctor: %w", err)
	}
	return json.Unmarshal(text, p.into)
}

// fingerprint is a SHA-256 cut to 128 bits: it tells contents apart.
func fingerprint(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:16]
}
