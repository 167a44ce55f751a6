package bundle

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// prepare gives the folder with its links resolved, made where there is none,
// and puts the former back where an import was cut off between two renames.
func prepare(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		return real, nil
	}
	// the name of byRename first: it is what stood here last
	if err := os.Rename(abs+former+"-swap", abs); err == nil {
		return abs, nil
	}
	if err := os.Rename(abs+former, abs); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return abs, err
	}
	return abs, os.MkdirAll(abs, 0o755)
}

// swap puts next in the place of dir and keeps dir as the former.
func swap(next, dir string) error {
	if err := exchange(next, dir); err != nil {
		return fmt.Errorf("bundle: %w; the folder must be movable: name a folder below a mounted one, not the mount itself", err)
	}
	if err := os.RemoveAll(dir + former); err != nil {
		return err
	}
	return os.Rename(next, dir+former)
}

// byRename exchanges two folders where the system has no call for it. Between
// the renames dir is missing; prepare mends that.
func byRename(next, dir string) error {
	aside := dir + former + "-swap"
	if err := os.Rename(dir, aside); err != nil {
		return err
	}
	if err := os.Rename(next, dir); err != nil {
		return errors.Join(err, os.Rename(aside, dir))
	}
	return os.Rename(aside, next)
}

// Undo puts the feeds of before the last import back. A second Undo takes the
// import again.
func Undo(dir string) error {
	dir, err := prepare(dir)
	if err != nil {
		return err
	}
	if _, err := os.Stat(dir + former); err != nil {
		return ErrNothing
	}
	return exchange(dir+former, dir)
}
