//go:build !linux

package bundle

func exchange(next, dir string) error { return byRename(next, dir) }
