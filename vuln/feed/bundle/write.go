package bundle

import (
	"archive/tar"
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/mod/sumdb/note"

	"ward/vuln/feed"
)

// WriteOptions are how to make a bundle.
type WriteOptions struct {
	Now        time.Time       // the date of the bundle
	Signer     note.Signer     // see note.NewSigner
	Recipients []age.Recipient // none: not encrypted
}

// Write makes a bundle of the feeds in a folder. Hidden files and what is no
// regular file are left out. The content is packed beside the folder first,
// because its digest comes before it.
func Write(w io.Writer, dir string, o WriteOptions) (Manifest, error) {
	m, err := survey(dir, o.Now)
	if err != nil {
		return m, err
	}
	content, err := os.CreateTemp("", "ward-bundle-*")
	if err != nil {
		return m, err
	}
	defer os.Remove(content.Name())
	defer content.Close()
	sum := sha256.New()
	counted := &counter{w: io.MultiWriter(content, sum)}
	if err := pack(counted, dir, m); err != nil {
		return m, err
	}
	h := header{m.Created, hex.EncodeToString(sum.Sum(nil)), counted.n}
	signed, err := note.Sign(&note.Note{Text: h.String()}, o.Signer)
	if err != nil {
		return m, fmt.Errorf("bundle: %w", err)
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return m, err
	}
	return m, assemble(w, signed, content, o.Recipients)
}

// assemble writes note and content, encrypted where there are recipients.
func assemble(w io.Writer, signed []byte, content io.Reader, recipients []age.Recipient) error {
	out := w
	var sealed io.WriteCloser
	if len(recipients) > 0 {
		var err error
		if sealed, err = age.Encrypt(w, recipients...); err != nil {
			return fmt.Errorf("bundle: %w", err)
		}
		out = sealed
	}
	_, err := out.Write(append(signed, '\n'))
	if err == nil {
		_, err = io.Copy(out, content)
	}
	if sealed != nil && err == nil {
		err = sealed.Close()
	}
	return err
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// survey lists the files with their digests, and the feeds with their ages.
func survey(dir string, now time.Time) (Manifest, error) {
	m := Manifest{Created: now.UTC().Truncate(time.Second)}
	ages, err := feed.Ages(dir, now)
	if err != nil {
		return m, err
	}
	for _, a := range ages {
		m.Feeds = append(m.Feeds, Feed{Name: a.Name, Kind: a.Kind, URL: a.URL, Date: a.Date, Checked: a.Checked, Records: a.Records})
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path != dir && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case !d.Type().IsRegular():
			return nil
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		f, err := measure(path, filepath.ToSlash(name))
		if err != nil {
			return err
		}
		m.Files = append(m.Files, f)
		return nil
	})
	if err == nil && len(m.Files) == 0 {
		err = fmt.Errorf("bundle: no feeds in %s; run ward feeds update first", dir)
	}
	return m, errors.Join(err, m.check())
}

func measure(path, name string) (File, error) {
	f, err := os.Open(path)
	if err != nil {
		return File{}, err
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	return File{name, n, hex.EncodeToString(sum.Sum(nil))}, err
}

// pack writes the archive: the manifest, then the files in its order.
func pack(w io.Writer, dir string, m Manifest) error {
	z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	t := tar.NewWriter(z)
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if err := entry(t, manifestName, int64(len(data)), strings.NewReader(string(data)), m.Created); err != nil {
		return err
	}
	for _, f := range m.Files {
		if err := packFile(t, dir, f, m.Created); err != nil {
			return fmt.Errorf("bundle: %s: %w", f.Name, err)
		}
	}
	return errors.Join(t.Close(), z.Close())
}

// manifestName is the first entry of the archive.
const manifestName = "manifest.json"

func packFile(t *tar.Writer, dir string, f File, when time.Time) error {
	in, err := os.Open(filepath.Join(dir, filepath.FromSlash(f.Name)))
	if err != nil {
		return err
	}
	defer in.Close()
	sum := sha256.New()
	err = entry(t, "feeds/"+f.Name, f.Size, io.TeeReader(bufio.NewReader(io.LimitReader(in, f.Size)), sum), when)
	if err == nil && hex.EncodeToString(sum.Sum(nil)) != f.SHA256 {
		err = errors.New("it changed while it was packed; try again when no update runs")
	}
	return err
}

func entry(t *tar.Writer, name string, size int64, r io.Reader, when time.Time) error {
	if err := t.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o644, ModTime: when, Format: tar.FormatPAX}); err != nil {
		return err
	}
	_, err := io.Copy(t, r)
	return err
}
