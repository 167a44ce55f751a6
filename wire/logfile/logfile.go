// Package logfile is what the readers of Zeek's and Suricata's logs share. It
// reads lines of plain, gzip (RFC 1952) or zstd (RFC 8878) files, bounded in
// length, counted and digested, and it turns what a line reports of a protocol
// into the Facts that Ward's own codecs emit.
//
// A log is no safer than the wire: it holds user names, paths and passwords.
// Wherever a codec has a keep-list, the fields of the line are written back as
// the head of the message they came from and read by that codec, so that there
// is one keep-list for both ways. What no codec keeps is not looked at.
package logfile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"time"

	"ward/wire/session"
)

// Summary says what was read of one input.
type Summary struct {
	Lines       uint64
	Bytes       uint64 // of the lines, after unpacking
	First, Last time.Time
	SHA256      string   // of the file; of the files' digests in order of their names for a folder
	Warnings    []string // lines and files that could not be read, with their place
	Broken      uint64   // lines that could not be read
}

// maxWarnings bounds the warnings of one input. The rest is counted.
const maxWarnings = 50

// Warnings gathers warnings up to a bound.
type Warnings struct {
	list []string
	more int
}

// Add keeps one warning.
func (w *Warnings) Add(format string, args ...any) {
	if len(w.list) == maxWarnings {
		w.more++
		return
	}
	w.list = append(w.list, fmt.Sprintf(format, args...))
}

// List gives the warnings, with a last one that counts those left out.
func (w *Warnings) List() []string {
	if w.more == 0 {
		return w.list
	}
	return append(w.list[:len(w.list):len(w.list)], fmt.Sprintf("and %d more warnings about lines that could not be read", w.more))
}

// Span widens First and Last to hold t.
func (s *Summary) Span(t time.Time) {
	if t.IsZero() {
		return
	}
	if s.First.IsZero() || t.Before(s.First) {
		s.First = t
	}
	if t.After(s.Last) {
		s.Last = t
	}
}

// Digest joins the digests of a folder's files.
func Digest(sums []string) string {
	if len(sums) == 1 {
		return sums[0]
	}
	h := sha256.New()
	for _, s := range sums {
		h.Write([]byte(s))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// ID makes the session's id of the name that the log gives it.
func ID(name string) session.ID {
	h := fnv.New64a()
	h.Write([]byte(name))
	return session.ID(h.Sum64())
}
