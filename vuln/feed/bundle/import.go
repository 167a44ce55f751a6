package bundle

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"
	"golang.org/x/mod/sumdb/note"

	"ward/vuln/feed"
)

// former is what the folder before the last import is called.
const former = ".former"

// ErrNothing is an undo without an import before it.
var ErrNothing = errors.New("bundle: no former feeds are kept; there is nothing to undo")

// ImportOptions are whom to trust and what to take.
type ImportOptions struct {
	Trust      []note.Verifier // see note.NewVerifier; at least one
	Identities []age.Identity  // for encrypted bundles
	Older      bool            // take a bundle that is older than what is there
	Now        time.Time       // bundles of the future are refused; zero: not checked
}

// clock is by how much clocks may differ.
const clock = 48 * time.Hour

// Import replaces the feeds of a folder by those of a bundle. What the bundle
// does not bring stays. The folder before is kept beside it for Undo. On any
// error the folder is as it was.
func Import(r io.Reader, dir string, o ImportOptions) (Manifest, error) {
	dir, err := prepare(dir)
	if err != nil {
		return Manifest{}, err
	}
	notes, err := feed.ReadNotes(dir)
	if err != nil {
		return Manifest{}, err
	}
	b, err := open(io.LimitReader(r, MaxBytes+maxHeader), filepath.Dir(dir), o.Trust, o.Identities)
	if err != nil {
		return Manifest{}, err
	}
	defer b.close()
	switch {
	case b.created.Before(notes.Bundle) && !o.Older:
		return Manifest{}, fmt.Errorf("%w: made %s, here is %s", ErrOlder, b.created.Format(time.DateOnly), notes.Bundle.Format(time.DateOnly))
	case !o.Now.IsZero() && b.created.After(o.Now.Add(clock)):
		return Manifest{}, fmt.Errorf("bundle: made on %s, which is in the future; is the clock of this machine right?", b.created.Format(time.DateOnly))
	}
	next, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+"-new-*")
	if err != nil {
		return Manifest{}, err
	}
	defer os.RemoveAll(next)
	m, err := build(b, next, dir, notes, o.Older)
	if err != nil {
		return m, err
	}
	if err := os.Chmod(next, 0o755); err != nil {
		return m, err
	}
	return m, swap(next, dir)
}

// build makes the folder that takes the place of dir.
func build(b *opened, next, dir string, notes feed.Notes, older bool) (Manifest, error) {
	m, err := unpack(b.content, next)
	if err != nil {
		return m, err
	}
	if !m.Created.Equal(b.created) {
		return m, fmt.Errorf("%w: the manifest has another date", ErrFormat)
	}
	set, err := feed.Open(next, feed.Options{})
	if err != nil {
		return m, err
	}
	if len(set.Sources) == 0 {
		return m, fmt.Errorf("%w: no feed in it can be read", ErrFormat)
	}
	if err := newer(m, notes, older); err != nil {
		return m, err
	}
	if err := carry(dir, next, m); err != nil {
		return m, err
	}
	notes.Bundle = m.Created
	for _, f := range m.Feeds {
		notes.Feeds[f.Name] = feed.Note{Kind: f.Kind, URL: f.URL, Checked: f.Checked, Date: f.Date, Records: f.Records}
	}
	return m, feed.WriteNotes(next, notes)
}

// newer refuses a bundle with a feed that is older than the one here: it could
// take away what was known already.
func newer(m Manifest, notes feed.Notes, older bool) error {
	for _, f := range m.Feeds {
		if have, ok := notes.Feeds[f.Name]; ok && have.Kind == f.Kind && f.Date.Before(have.Date) && !older {
			return fmt.Errorf("%w: feed %s of %s, here is %s", ErrOlder, f.Name, f.Date.Format(time.DateOnly), have.Date.Format(time.DateOnly))
		}
	}
	return nil
}

// carry takes over what the bundle does not bring, by hard link where the file
// system can, and copies the rest.
func carry(dir, next string, m Manifest) error {
	brought := map[string]bool{feed.Shelf: true}
	for _, f := range m.Files {
		top, _, _ := strings.Cut(f.Name, "/")
		brought[top] = true
	}
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		top, _, _ := strings.Cut(filepath.ToSlash(name), "/")
		target := filepath.Join(next, name)
		switch {
		case brought[top] && d.IsDir():
			return filepath.SkipDir
		case brought[top]:
			return nil
		case d.IsDir():
			return os.MkdirAll(target, 0o755)
		case !d.Type().IsRegular():
			return nil
		}
		if os.Link(path, target) == nil {
			return nil
		}
		return copyFile(path, target)
	})
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}
