//go:build unix

package store

import "syscall"

// checkModes tells whether file modes mean something here.
const checkModes = true

// freeSpace gives the bytes that are free for us where a folder lies.
func freeSpace(folder string) (int64, error) {
	var f syscall.Statfs_t
	if err := syscall.Statfs(folder, &f); err != nil {
		return 0, err
	}
	return int64(uint64(f.Bavail) * uint64(f.Bsize)), nil
}
