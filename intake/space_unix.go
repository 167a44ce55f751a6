//go:build linux || darwin || freebsd

package intake

import "golang.org/x/sys/unix"

// freeSpace gives the bytes that Ward may still write.
func freeSpace(dir string) (n int64, known bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true
}
