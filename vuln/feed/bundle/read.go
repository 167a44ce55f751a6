package bundle

import (
	"archive/tar"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/mod/sumdb/note"
)

// ageMagic begins an age file.
const ageMagic = "age-encryption.org/"

// opened is a bundle whose signature and digest are right.
type opened struct {
	header
	content *os.File // a copy of the packed content, deleted by close
}

func (o *opened) close() error {
	return errors.Join(o.content.Close(), os.Remove(o.content.Name()))
}

// open verifies a bundle. The content is copied beside the feeds folder while
// its digest is computed, so that what was verified is what is unpacked.
func open(r io.Reader, beside string, trust []note.Verifier, identities []age.Identity) (*opened, error) {
	in := bufio.NewReaderSize(r, 256<<10)
	if magic, _ := in.Peek(len(ageMagic)); string(magic) == ageMagic {
		if len(identities) == 0 {
			return nil, ErrEncrypted
		}
		plain, err := age.Decrypt(in, identities...)
		if err != nil {
			return nil, fmt.Errorf("bundle: %w; is it the identity that the bundle was encrypted for?", err)
		}
		in = bufio.NewReaderSize(plain, 256<<10)
	}
	h, err := readHeader(in, trust)
	if err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(beside, ".ward-bundle-*")
	if err != nil {
		return nil, err
	}
	o := &opened{header: h, content: f}
	if err := o.copy(in); err != nil {
		return nil, errors.Join(err, o.close())
	}
	return o, nil
}

// readHeader reads the note up to the second empty line, and verifies it.
func readHeader(in *bufio.Reader, trust []note.Verifier) (header, error) {
	var text []byte
	for empty := 0; empty < 2; {
		line, err := in.ReadSlice('\n')
		if err != nil || len(text)+len(line) > maxHeader {
			return header{}, ErrFormat
		}
		if len(text) == 0 && string(line) != format+"\n" {
			return header{}, ErrFormat
		}
		if len(line) == 1 {
			empty++
		}
		text = append(text, line...)
	}
	signed, err := note.Open(bytes.TrimSuffix(text, []byte("\n")), note.VerifierList(trust...))
	var unknown *note.UnverifiedNoteError
	var wrong *note.InvalidSignatureError
	switch {
	case errors.As(err, &unknown), errors.As(err, &wrong):
		return header{}, ErrSignature
	case err != nil:
		return header{}, ErrFormat
	}
	return parseHeader(signed.Text)
}

func (o *opened) copy(in io.Reader) error {
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(o.content, sum), io.LimitReader(in, o.size+1))
	if err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	if n != o.size || hex.EncodeToString(sum.Sum(nil)) != o.sum {
		return ErrDigest
	}
	_, err = o.content.Seek(0, io.SeekStart)
	return err
}

// unpack writes the files into an empty folder and gives the manifest.
func unpack(r io.Reader, dir string) (Manifest, error) {
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20))
	if err != nil {
		return Manifest{}, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	defer z.Close()
	return unpackArchive(tar.NewReader(z), dir)
}

func unpackArchive(t *tar.Reader, dir string) (Manifest, error) {
	m, err := readManifest(t)
	if err != nil {
		return m, err
	}
	for _, f := range m.Files {
		h, err := t.Next()
		if err != nil {
			return m, fmt.Errorf("%w: %w", ErrFormat, err)
		}
		if h.Typeflag != tar.TypeReg || h.Name != "feeds/"+f.Name || h.Size != f.Size {
			return m, fmt.Errorf("%w: %q is not the file that the manifest names", ErrUnsafe, h.Name)
		}
		if err := unpackFile(t, dir, f); err != nil {
			return m, err
		}
	}
	if _, err := t.Next(); !errors.Is(err, io.EOF) {
		return m, fmt.Errorf("%w: more files than the manifest names", ErrUnsafe)
	}
	return m, nil
}

func readManifest(t *tar.Reader) (Manifest, error) {
	h, err := t.Next()
	if err != nil || h.Typeflag != tar.TypeReg || h.Name != manifestName || h.Size > maxManifest {
		return Manifest{}, fmt.Errorf("%w: no manifest", ErrFormat)
	}
	data, err := io.ReadAll(io.LimitReader(t, maxManifest))
	if err != nil {
		return Manifest{}, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return Manifest{}, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return m, m.check()
}

func unpackFile(r io.Reader, dir string, f File) error {
	path := filepath.Join(dir, filepath.FromSlash(f.Name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(out, sum), r)
	err = errors.Join(err, out.Sync(), out.Close())
	if err == nil && (n != f.Size || !same(sum, f.SHA256)) {
		err = fmt.Errorf("%w: %s", ErrDigest, f.Name)
	}
	return err
}

func same(sum hash.Hash, want string) bool { return hex.EncodeToString(sum.Sum(nil)) == want }
