package logfile

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

const (
	// MaxLine is the longest line in bytes that is read.
	MaxLine = 1 << 20
	// maxWindow bounds the memory of a zstd stream (RFC 8878 section 3.1.1.1.2).
	maxWindow = 32 << 20
	buffer    = 256 << 10
	// checkEvery is how many lines pass between looks at the context.
	checkEvery = 4096
)

// Lines reads the lines of one file.
type Lines struct {
	Path    string
	file    *os.File
	digest  hash.Hash
	in      *bufio.Reader
	close   func()
	long    []byte // a line that did not fit into the buffer of in
	number  uint64
	bytes   uint64
	skipped uint64
	first   uint64 // number of the first line that was too long
	ended   bool
	err     error
}

// Open opens a file; gzip and zstd are known by their first bytes.
func Open(path string) (*Lines, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, fmt.Errorf("logfile: %s is no regular file", path)
	}
	l := &Lines{Path: path, file: f, digest: sha256.New(), close: func() {}}
	raw := bufio.NewReaderSize(io.TeeReader(f, l.digest), buffer)
	in, err := l.unpack(raw)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("logfile: %s: %w", path, err)
	}
	l.in = in
	return l, nil
}

func (l *Lines) unpack(raw *bufio.Reader) (*bufio.Reader, error) {
	head, _ := raw.Peek(4)
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(raw)
		if err != nil {
			return nil, err
		}
		return bufio.NewReaderSize(z, buffer), nil
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(raw, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, err
		}
		l.close = z.Close
		return bufio.NewReaderSize(z, buffer), nil
	}
	return raw, nil
}

// Next gives the next line without its end; it is valid until the next call.
// Lines longer than MaxLine are passed over. At the end, or when the file
// breaks off, ok is false.
func (l *Lines) Next() (line []byte, ok bool) {
	for l.err == nil {
		line, tooLong := l.read()
		if len(line) == 0 && !l.ended && !tooLong {
			break
		}
		l.number++
		if tooLong {
			if l.skipped++; l.skipped == 1 {
				l.first = l.number
			}
			continue
		}
		return bytes.TrimSuffix(line, []byte{'\r'}), true
	}
	return nil, false
}

// read takes one line off the input.
func (l *Lines) read() (line []byte, tooLong bool) {
	l.long, l.ended = l.long[:0], false
	for {
		part, err := l.in.ReadSlice('\n')
		l.bytes += uint64(len(part))
		if len(l.long)+len(part) > MaxLine {
			tooLong, l.long = true, l.long[:0]
		} else if !tooLong && (err == bufio.ErrBufferFull || len(l.long) > 0) {
			l.long = append(l.long, part...)
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if err != nil {
			l.err = err
		}
		l.ended = err == nil
		switch {
		case tooLong:
			return nil, true
		case len(l.long) > 0:
			part = l.long
		}
		return bytes.TrimSuffix(part, []byte{'\n'}), false
	}
}

// Each calls f with every line and its number until the end of the file or of ctx.
func (l *Lines) Each(ctx context.Context, f func(line []byte, number uint64)) error {
	for {
		if l.number%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		line, ok := l.Next()
		if !ok {
			return nil
		}
		f(line, l.number)
	}
}

// Number is the number of the line that Next gave, from 1.
func (l *Lines) Number() uint64 { return l.number }

// Cut tells that the current line is the last and has no line end: the program
// that wrote it may not have finished it.
func (l *Lines) Cut() bool { return !l.ended }

// Close ends reading, adds up what was read and warns of what was not.
func (l *Lines) Close(sum *Summary, w *Warnings) {
	if l.skipped > 0 {
		w.Add("%s:%d: %d lines are longer than %d bytes and were passed over", l.Path, l.first, l.skipped, MaxLine)
		sum.Broken += l.skipped
	}
	if l.err != nil && !errors.Is(l.err, io.EOF) {
		w.Add("%s: the file breaks off after line %d: %v", l.Path, l.number, l.err)
	}
	l.close()
	l.file.Close()
	sum.Lines += l.number
	sum.Bytes += l.bytes
}

// Sum is the SHA-256 of the file as it lies on disk. What was not read yet is
// read now.
func (l *Lines) Sum() (string, error) {
	if _, err := io.Copy(l.digest, l.file); err != nil {
		return "", err
	}
	return hex.EncodeToString(l.digest.Sum(nil)), nil
}

// Head gives the first bytes of a file, unpacked, at most n; nil where there are none.
func Head(path string, n int) []byte {
	l, err := Open(path)
	if err != nil {
		return nil
	}
	defer func() { l.close(); l.file.Close() }()
	b := make([]byte, n)
	got, _ := io.ReadFull(l.in, b)
	return b[:got]
}
