package backup

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"ward/config"
	"ward/store"
)

// Restore makes the folder dir of a backup, and in it, or in the database at
// url, the store. The folder must be empty or not be there; after an error it is
// as before.
func Restore(ctx context.Context, r io.Reader, identities []age.Identity, dir, url string) (err error) {
	made, err := emptyFolder(dir)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, clearFolder(dir, made))
		}
	}()
	open, err := age.Decrypt(r, identities...)
	var wrong *age.NoIdentityMatchError
	switch {
	case errors.As(err, &wrong):
		return errors.New("backup: it was not made for this key or passphrase: give the one that belongs to the recipient of the backup")
	case err != nil:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	in := bufio.NewReaderSize(open, 1<<16)
	h, inner, err := readHead(in)
	if err != nil {
		return err
	}
	// The files come first: a store without its key would start with a new one.
	if err := h.unpack(dir); err != nil {
		return err
	}
	err = store.Restore(ctx, in, []age.Identity{inner}, store.Options{Path: filepath.Join(dir, config.StoreFile), URL: url, Key: h.key()})
	if err != nil {
		return err
	}
	// The digest at the end of the store's lines held; that of age must as well.
	if _, err := io.Copy(io.Discard, in); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if err := os.Remove(filepath.Join(dir, config.StoreFile+".lock")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("backup: %w", err)
	}
	return nil
}

// emptyFolder makes sure that there is an empty folder; made tells whether it
// was not there.
func emptyFolder(dir string) (made bool, err error) {
	list, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return false, fmt.Errorf("backup: make the folder: %w", err)
		}
		return true, nil
	case err != nil:
		return false, fmt.Errorf("backup: %w", err)
	case len(list) > 0:
		return false, fmt.Errorf("%w: %s", ErrNotEmpty, dir)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return false, fmt.Errorf("backup: %w", err)
	}
	return false, nil
}

// clearFolder takes away what a failed restore left in a folder that was empty.
func clearFolder(dir string, made bool) error {
	if made {
		return os.RemoveAll(dir)
	}
	list, err := os.ReadDir(dir)
	for _, e := range list {
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
	}
	return err
}

// readHead reads the first line, and the key for what follows.
func readHead(in *bufio.Reader) (head, *age.X25519Identity, error) {
	var h head
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		if err == nil {
			break
		}
		if !errors.Is(err, bufio.ErrBufferFull) || len(line) > maxHead {
			return h, nil, fmt.Errorf("%w: its head: %w", ErrDamaged, err)
		}
	}
	d := json.NewDecoder(bytes.NewReader(line))
	if err := d.Decode(&h); err != nil || h.Ward != "data folder" {
		return h, nil, fmt.Errorf("%w: this is no backup of a data folder", ErrDamaged)
	}
	if h.Format != format {
		return h, nil, fmt.Errorf("%w: use the Ward that wrote the backup, or a newer one", store.ErrNewer)
	}
	for name, b := range h.Files {
		if !kept.MatchString(name) || len(b) > maxFile || len(h.Files) > maxFiles {
			return h, nil, fmt.Errorf("%w: a file %q", ErrDamaged, name)
		}
	}
	inner, err := age.ParseX25519Identity(h.Identity)
	if err != nil {
		return h, nil, fmt.Errorf("%w: its inner key", ErrDamaged)
	}
	return h, inner, nil
}

// unpack writes the files of the head, for their owner alone.
func (h *head) unpack(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer root.Close()
	for name, b := range h.Files {
		if in := path.Dir(name); in != "." {
			if err := root.Mkdir(in, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
				return fmt.Errorf("backup: %w", err)
			}
		}
		f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return fmt.Errorf("backup: %w", err)
		}
		_, err = f.Write(b)
		if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
			return fmt.Errorf("backup: %w", err)
		}
	}
	return nil
}

// key is the one that seals secrets, nil where the backup has none.
func (h *head) key() []byte {
	key, err := hex.DecodeString(strings.TrimSpace(string(h.Files[config.KeyFile])))
	if err != nil {
		return nil // config.Key will say so at the first start
	}
	return key
}
