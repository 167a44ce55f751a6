package intake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Limits of packed inputs.
const (
	// maxRatio is how much a packed input may grow, above freeRatio bytes.
	// Captures and logs grow up to 30 times; a bomb a thousand times or more.
	maxRatio  = 200
	freeRatio = 1 << 30
	// maxWindow is the memory a zstd stream may ask for.
	maxWindow = 32 << 20
)

// ErrBomb says that a packed input grows beyond all measure.
var ErrBomb = errors.New("intake: the packed file expands without end: it is refused; unpack it yourself and look at what is in it")

// digest gives the SHA-256 of what an input holds: of a packed file the unpacked
// bytes, of a folder all its files. So the same content is the same input,
// packed or not. It ends where the content is too large.
func (in *Intake) digest(ctx context.Context, path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	left := in.MaxInflated
	sum := sha256.New()
	if !info.IsDir() {
		if err := in.contentOf(ctx, path, sum, &left); err != nil {
			return "", err
		}
		return hex.EncodeToString(sum.Sum(nil)), nil
	}
	err = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		one := sha256.New()
		if err := in.contentOf(ctx, p, one, &left); err != nil {
			return err
		}
		_, err = sum.Write(one.Sum(nil)) // the files come in the order of their names
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)), err
}

// contentOf puts the unpacked bytes of a file into sum.
func (in *Intake) contentOf(ctx context.Context, path string, sum hash.Hash, left *int64) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	head := make([]byte, 4)
	n, _ := io.ReadFull(f, head)
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	r, packed, err := unpack(head[:n], f)
	if err != nil {
		return nil // the reader of the input says what is wrong
	}
	limit := *left
	if packed {
		limit = min(limit, max(freeRatio, maxRatio*info.Size()))
	}
	size, err := io.Copy(sum, io.LimitReader(&until{ctx, r}, limit+1))
	*left -= size
	switch {
	case size > limit && packed:
		return fmt.Errorf("%w (%d MB hold more than %d MB)", ErrBomb, info.Size()>>20, limit>>20)
	case size > limit:
		return ErrTooLarge
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && packed:
		return nil // cut or damaged: what is whole of it counts
	}
	return err
}

// unpack looks through gzip and zstd.
func unpack(head []byte, r io.Reader) (io.Reader, bool, error) {
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(r)
		return z, true, err
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		return z, true, err
	}
	return r, false, nil
}

// until reads as long as the context holds.
type until struct {
	ctx context.Context
	r   io.Reader
}

func (u *until) Read(b []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(b)
}
