package bundle

import "golang.org/x/sys/unix"

// exchange swaps two folders in one step, where the file system can.
func exchange(next, dir string) error {
	if unix.Renameat2(unix.AT_FDCWD, next, unix.AT_FDCWD, dir, unix.RENAME_EXCHANGE) == nil {
		return nil
	}
	return byRename(next, dir)
}
