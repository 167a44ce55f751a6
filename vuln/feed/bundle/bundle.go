// Package bundle carries a folder of feeds to a hospital without internet: one
// file, signed, and encrypted where wanted.
//
// The file begins with a signed note (golang.org/x/mod/sumdb/note, Ed25519) that
// names the date and the SHA-256 digest of what follows: a tar archive packed
// with zstd, whose first entry is the manifest, the digest of each file. An
// encrypted bundle is all of this in an age file (age-encryption.org/v1).
//
//	ward-feeds-bundle/1
//	created 2026-11-24T06:00:00Z
//	content <SHA-256> <bytes>
//
//	— clinic-feeds <signature>
//
//	<tar, zstd>
//
// Nothing is unpacked before the signature and the digest are right. Paths that
// leave the folder, links, files that the manifest does not name or names
// otherwise, and more bytes than it says are refused, and the folder stays as it
// was.
package bundle

import (
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"ward/vuln/feed"
)

// Limits of a bundle.
const (
	MaxBytes    = 16 << 30  // of the file, packed
	MaxUnpacked = 64 << 30  // of all files, unpacked
	MaxFiles    = 500_000   // files
	maxManifest = 256 << 20 // bytes of the manifest
	maxHeader   = 4 << 10   // bytes of the signed note
	maxPath     = 400       // bytes of the name of a file
	maxDepth    = 8         // folders on top of each other
)

// Errors of a bundle that is not taken.
var (
	ErrFormat    = errors.New("bundle: no feeds bundle, or a damaged one; carry it over again and compare its SHA-256")
	ErrSignature = errors.New("bundle: not signed by a key you trust; ask who made it for their public key and compare it by telephone")
	ErrDigest    = errors.New("bundle: the content is not what was signed: damaged or changed on its way; carry it over again")
	ErrOlder     = errors.New("bundle: older than what is there; --older takes it all the same")
	ErrEncrypted = errors.New("bundle: encrypted; give the file with the age identity (--identity)")
	ErrUnsafe    = errors.New("bundle: it holds a name or an entry that is refused")
	ErrSpace     = errors.New("bundle: larger than allowed")
)

// Manifest is what a bundle holds.
type Manifest struct {
	Created time.Time `json:"created"`
	Feeds   []Feed    `json:"feeds"`
	Files   []File    `json:"files"`
}

// Feed is one feed of a bundle and how fresh it was.
type Feed struct {
	Name    string    `json:"name"`
	Kind    feed.Kind `json:"kind"`
	URL     string    `json:"url,omitempty"`
	Date    time.Time `json:"date,omitzero"`
	Checked time.Time `json:"checked,omitzero"`
	Records int       `json:"records"`
}

// File is one file of a bundle.
type File struct {
	Name   string `json:"name"` // below the feeds folder, with slashes
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

const format = "ward-feeds-bundle/1"

// header is the signed note.
type header struct {
	created time.Time
	sum     string
	size    int64
}

func (h header) String() string {
	return fmt.Sprintf("%s\ncreated %s\ncontent %s %d\n", format, h.created.UTC().Format(time.RFC3339), h.sum, h.size)
}

// parseHeader reads the text of a note whose signature is right.
func parseHeader(text string) (header, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[0] != format || lines[3] != "" {
		return header{}, ErrFormat
	}
	when, ok := strings.CutPrefix(lines[1], "created ")
	created, err := time.Parse(time.RFC3339, when)
	rest, ok2 := strings.CutPrefix(lines[2], "content ")
	sum, count, ok3 := strings.Cut(rest, " ")
	size, err2 := strconv.ParseInt(count, 10, 64)
	raw, err3 := hex.DecodeString(sum)
	if !ok || !ok2 || !ok3 || err != nil || err2 != nil || err3 != nil || len(raw) != 32 || size < 0 {
		return header{}, ErrFormat
	}
	if size > MaxBytes {
		return header{}, ErrSpace
	}
	return header{created, sum, size}, nil
}

// check refuses a manifest that would write where it must not.
func (m Manifest) check() error {
	if len(m.Files) > MaxFiles {
		return fmt.Errorf("%w: more than %d files", ErrSpace, MaxFiles)
	}
	seen := map[string]bool{}
	var total int64
	for _, f := range m.Files {
		if err := checkName(f.Name); err != nil {
			return err
		}
		if low := strings.ToLower(f.Name); seen[low] {
			return fmt.Errorf("%w: %q twice", ErrUnsafe, f.Name)
		} else {
			seen[low] = true
		}
		if f.Size < 0 || f.Size > MaxUnpacked {
			return fmt.Errorf("%w: %q", ErrSpace, f.Name)
		}
		if total += f.Size; total > MaxUnpacked {
			return fmt.Errorf("%w: %d GB", ErrSpace, total>>30)
		}
	}
	return nil
}

// checkName refuses what leaves the folder, is hidden, or means something else
// on another system.
func checkName(name string) error {
	bad := name == "" || len(name) > maxPath || path.Clean(name) != name || path.IsAbs(name) || strings.Count(name, "/") > maxDepth ||
		strings.ContainsAny(name, "\\:\x00") || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f })
	for part := range strings.SplitSeq(name, "/") {
		bad = bad || strings.HasPrefix(part, ".")
	}
	if bad {
		return fmt.Errorf("%w: %q", ErrUnsafe, name)
	}
	return nil
}

// GenerateKey makes a pair of keys to sign with and to verify with. The name
// goes with the keys and says whose they are.
func GenerateKey(name string) (private, public string, err error) {
	if name == "" || strings.ContainsAny(name, " +\t\n") {
		return "", "", errors.New("bundle: the name of a key has no blanks and no plus sign")
	}
	return note.GenerateKey(nil, name)
}
