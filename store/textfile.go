package store

import (
	"bytes"
	"io/fs"
)

// textFile is an open file whose text was replaced.
type textFile struct {
	*bytes.Reader
	info fs.FileInfo
}

func newTextFile(f fs.File, text []byte) (fs.File, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return &textFile{bytes.NewReader(text), sized{info, int64(len(text))}}, nil
}

func (f *textFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *textFile) Close() error               { return nil }

// sized is a FileInfo with another size.
type sized struct {
	fs.FileInfo
	size int64
}

func (s sized) Size() int64 { return s.size }
