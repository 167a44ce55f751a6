//go:build unix

package store

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// fileLock holds the right to use one SQLite file.
type fileLock struct{ f *os.File }

// lockFile takes the lock or says who has it. The kernel gives it back when
// the process ends, however it ends.
func lockFile(path string) (*fileLock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer f.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, err
		}
		holder := make([]byte, 32)
		n, _ := f.Read(holder)
		return nil, fmt.Errorf("%w (process %s): stop it, or give this one another --data folder", ErrInUse, strings.TrimSpace(string(holder[:n])))
	}
	f.Truncate(0)
	fmt.Fprintf(f, "%d\n", os.Getpid())
	return &fileLock{f}, nil
}

func (l *fileLock) release() error {
	if l == nil {
		return nil
	}
	return l.f.Close()
}
