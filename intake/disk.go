package intake

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// maxName is the longest name of an input, in characters.
const maxName = 120

// CleanName makes a name that stays in its folder out of what somebody gave.
func CleanName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) && !strings.ContainsRune(`<>:"|?*`, r) {
			return r
		}
		return -1
	}, strings.ToValidUTF8(name, ""))
	name = strings.Trim(name, " .")
	if r := []rune(name); len(r) > maxName {
		name = string(r[len(r)-maxName:]) // the end tells the kind
	}
	if name = strings.Trim(name, " ."); name == "" {
		return "input"
	}
	return name
}

// move renames, or copies where the folder is on another disk.
func move(from, to string) error {
	if err := os.Rename(from, to); err == nil {
		return syncDir(filepath.Dir(to))
	}
	half := to + ".half"
	if err := copyAll(from, half); err != nil {
		return errors.Join(err, os.RemoveAll(half))
	}
	if err := os.Rename(half, to); err != nil {
		return err
	}
	if err := syncDir(filepath.Dir(to)); err != nil {
		return err
	}
	return os.RemoveAll(from)
}

// copyAll copies a file or a folder of files; links are not followed.
func copyAll(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rest, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		switch at := filepath.Join(to, rest); {
		case d.IsDir():
			return os.MkdirAll(at, 0o700)
		case d.Type().IsRegular():
			return copyFile(path, at)
		}
		return nil
	})
}

func copyFile(from, to string) (err error) {
	r, err := os.Open(from)
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	if _, err := io.Copy(w, r); err != nil {
		return err
	}
	return w.Sync()
}

// syncDir makes a rename safe where the system can.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, os.ErrInvalid) {
		return err
	}
	return nil
}
