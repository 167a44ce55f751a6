// Package backup turns a data folder into one encrypted file and back: the
// store, the key that opens its secrets, and the hub's own authority, so that a
// restored hub is the same hub. The file is age (age-encryption.org/v1) around
// one line of JSON and the store's own backup. Feeds, uploads on their way and
// messages that wait are not in it: they come again.
//
// It refuses to write without encryption, and to restore over anything.
package backup

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"

	"filippo.io/age"

	"ward/config"
	"ward/store"
)

// Errors that callers tell apart.
var (
	ErrDamaged  = errors.New("backup: the file is damaged or not complete")
	ErrNotEmpty = errors.New("backup: the folder is not empty: name a new one; nothing was changed")
)

// Limits of the head.
const (
	format   = 1
	maxFile  = 64 << 10 // bytes of one file of the folder
	maxFiles = 64
	maxHead  = 2 * maxFiles * maxFile
)

// head is the first line of the file. Identity opens the store's own backup,
// which follows: that is always encrypted, here for a key of this file alone.
type head struct {
	Ward     string            `json:"ward"` // "data folder"
	Format   int               `json:"format"`
	Identity string            `json:"identity"`
	Files    map[string][]byte `json:"files"` // "key", "tls/ca.crt", ...
}

// kept are the names of files that may be in a head.
var kept = regexp.MustCompile(`^(` + config.KeyFile + `|` + config.TLSFolder + `/[A-Za-z0-9][A-Za-z0-9._-]{0,60})$`)

// Write writes the folder dir and the store as they are at this moment,
// encrypted for the recipients. The store may be in use by a hub.
func Write(ctx context.Context, w io.Writer, s *store.Store, dir string, recipients []age.Recipient, progress store.Progress) error {
	if len(recipients) == 0 {
		return errors.New("backup: it is always encrypted: name a recipient")
	}
	files, err := filesOf(dir)
	if err != nil {
		return err
	}
	inner, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	sealed, err := age.Encrypt(w, recipients...)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	line, err := json.Marshal(head{"data folder", format, inner.String(), files})
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(sealed, 1<<16)
	if _, err := out.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := s.Backup(ctx, out, []age.Recipient{inner.Recipient()}, progress); err != nil {
		return err
	}
	if err := errors.Join(out.Flush(), sealed.Close()); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return nil
}

// filesOf reads the small files that make the hub what it is.
func filesOf(dir string) (map[string][]byte, error) {
	root, err := os.OpenRoot(dir) // no link leads out of it
	if errors.Is(err, fs.ErrNotExist) {
		return map[string][]byte{}, nil // the store is a database elsewhere
	}
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	defer root.Close()
	names := []string{config.KeyFile}
	list, err := fs.ReadDir(root.FS(), config.TLSFolder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("backup: %w", err)
	}
	for _, e := range list {
		if e.Type().IsRegular() {
			names = append(names, path.Join(config.TLSFolder, e.Name()))
		}
	}
	files := map[string][]byte{}
	for _, name := range names {
		if !kept.MatchString(name) {
			continue // a file beside, for instance one that is just being written
		}
		b, err := readSmall(root, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if files[name] = b; len(files) > maxFiles {
			return nil, fmt.Errorf("backup: the folder %s holds more than %d files: put what is not Ward's elsewhere", config.TLSFolder, maxFiles)
		}
	}
	return files, nil
}

func readSmall(root *os.Root, name string) ([]byte, error) {
	f, err := root.Open(name)
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(b) > maxFile {
		err = fmt.Errorf("%s has more than %d bytes: put what is not Ward's elsewhere", name, maxFile)
	}
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	return b, nil
}
