package capture

import (
	"hash"
	"io"
)

// source is the raw input: it counts and, where asked, digests what passes.
type source struct {
	in     io.Reader
	done   int64     // bytes read
	digest hash.Hash // nil unless WithDigest
}

func (s *source) Read(b []byte) (int, error) {
	n, err := s.in.Read(b)
	s.done += int64(n)
	if s.digest != nil {
		s.digest.Write(b[:n])
	}
	return n, err
}
