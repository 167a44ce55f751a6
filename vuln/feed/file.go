package feed

import (
	"archive/zip"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"path/filepath"
	"sort"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Limits of packed files.
const (
	MaxInflated = 16 << 30 // bytes out of one file
	maxEntries  = 1_000_000
	maxNesting  = 2 // a gzip file inside a zip file
	maxWindow   = 256 << 20
)

var (
	errInflated = errors.New("unpacks to more than the limit")
	errNesting  = errors.New("packed too many times")
	errEntries  = errors.New("too many files in one zip")
)

// file reads one file whole: its digest covers all of it, read or not.
func (o *opener) file(name string) {
	f, err := os.Open(filepath.Join(o.root, filepath.FromSlash(name)))
	if err != nil {
		o.warn(name, "", "not read: "+cause(err))
		return
	}
	defer f.Close()
	sum := sha256.New()
	o.touched = map[string]bool{}
	counted := &counting{o: o, r: f, sum: sum}
	in := bufio.NewReaderSize(counted, 256<<10)
	if magic, _ := in.Peek(4); bytes.HasPrefix(magic, []byte("PK\x03\x04")) {
		_, err = io.Copy(io.Discard, in)
		if err == nil {
			err = o.zip(name, f)
		}
	} else {
		err = o.unpack(name, in, new(int64), 0)
	}
	if err != nil {
		o.warn(name, "", cause(err))
	}
	if _, err := io.Copy(io.Discard, in); err != nil {
		o.warn(name, "", cause(err))
	}
	for key := range o.touched {
		o.groups[key].digests = append(o.groups[key].digests, hex.EncodeToString(sum.Sum(nil)))
	}
}

// counting hashes and counts what is read.
type counting struct {
	o   *opener
	r   io.Reader
	sum hash.Hash
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.sum.Write(p[:n])
	const step = 8 << 20 // how often a long file reports
	before := c.o.progress.Bytes
	c.o.progress.Bytes += int64(n)
	if before/step != c.o.progress.Bytes/step {
		c.o.report()
	}
	return n, err
}

// unpack takes compression off, told by its first bytes, and reads the content.
func (o *opener) unpack(name string, in *bufio.Reader, inflated *int64, depth int) error {
	magic, _ := in.Peek(4)
	var inner io.Reader
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(in)
		if err != nil {
			return err
		}
		defer z.Close()
		inner = z
	case bytes.HasPrefix(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return err
		}
		defer z.Close()
		inner = z
	default:
		return o.content(name, in)
	}
	if depth == maxNesting {
		return errNesting
	}
	return o.unpack(name, bufio.NewReaderSize(&limited{inner, inflated}, 256<<10), inflated, depth+1)
}

// limited stops a file that unpacks without end.
type limited struct {
	r        io.Reader
	inflated *int64
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if *l.inflated += int64(n); *l.inflated > MaxInflated {
		return 0, errInflated
	}
	return n, err
}

// zip reads the files of an archive in the order of their names.
func (o *opener) zip(name string, f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	archive, err := zip.NewReader(f, info.Size())
	if err != nil {
		return err
	}
	if len(archive.File) > maxEntries {
		return errEntries
	}
	entries := archive.File
	sort.SliceStable(entries, func(i, j int) bool { return entries[i].Name < entries[j].Name })
	var inflated int64
	for _, entry := range entries {
		if entry.FileInfo().IsDir() {
			continue
		}
		r, err := entry.Open()
		if err == nil {
			err = o.unpack(name+"!"+entry.Name, bufio.NewReader(&limited{r, &inflated}), &inflated, 1)
			r.Close()
		}
		if errors.Is(err, errInflated) {
			return err
		}
		if err != nil {
			o.warn(name+"!"+entry.Name, "", cause(err))
		}
	}
	return nil
}

// digestOf is the digest of one file, or of the sorted digests of several.
func digestOf(digests []string) string {
	if len(digests) == 1 {
		return digests[0]
	}
	sort.Strings(digests)
	sum := sha256.New()
	for _, d := range digests {
		io.WriteString(sum, d)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
