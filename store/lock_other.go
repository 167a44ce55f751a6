//go:build !unix

package store

import (
	"fmt"
	"os"
)

// fileLock holds the right to use one SQLite file.
type fileLock struct{ f *os.File }

// lockFile takes the lock. Where there is no flock, a file that cannot be
// removed while it is open serves as well.
func lockFile(path string) (*fileLock, error) {
	os.Remove(path)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInUse, err)
	}
	return &fileLock{f}, nil
}

func (l *fileLock) release() error {
	if l == nil {
		return nil
	}
	err := l.f.Close()
	os.Remove(l.f.Name())
	return err
}
