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
	err    error     // why the system gave no more, other than the end
}

func (s *source) Read(b []byte) (int, error) {
	n, err := s.in.Read(b)
	s.done += int64(n)
	if s.digest != nil {
		s.digest.Write(b[:n])
	}
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}
