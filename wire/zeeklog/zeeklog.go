// Package zeeklog turns the logs of Zeek into Sessions with Facts: one log file
// or a folder of them, as TSV with the #-header or as JSON lines (Zeek's ASCII
// writer), plain or packed, with rotated files such as
// "conn.00:00:00-01:00:00.log.gz" in folders by day.
//
// conn.log gives the sessions; the other logs name the session by uid and add
// Facts as parts of it. x509.log is read first, because ssl.log only points to
// certificates; conn.log last, so that sessions which only another log knows
// can be told. Files are read in the order of their names otherwise.
//
// It refuses what a keep-list does not name: URIs, user names, passwords, file
// names and community strings are read where a class depends on them and never
// leave the reader. Logs that say nothing of devices (weird, stats, files, ...)
// are passed over.
package zeeklog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ward/wire/logfile"
	"ward/wire/session"
)

// ErrNoLogs says that there is no log of Zeek to read.
var ErrNoLogs = errors.New("zeeklog: no Zeek logs")

const (
	headSize = 64 << 10 // what Is looks at
	maxFiles = 100_000  // of one folder
	maxDepth = 6        // of folders in folders
)

// Is tells whether a file is a log of Zeek. It reads the first KiB only.
func Is(path string) bool {
	_, ok := sniff(logfile.Head(path, headSize))
	return ok
}

// sniff looks at the first bytes of a file; kind is the log's name where the
// header or the fields tell it.
func sniff(head []byte) (kind string, ok bool) {
	line, rest, whole := bytes.Cut(head, []byte{'\n'})
	if bytes.HasPrefix(head, []byte("#separator ")) {
		t := table{}
		for whole && len(line) > 0 && line[0] == '#' {
			t.header(bytes.TrimSuffix(line, []byte{'\r'}))
			line, rest, whole = bytes.Cut(rest, []byte{'\n'})
		}
		return t.kind(), len(t.names) > 0
	}
	if !bytes.HasPrefix(head, []byte{'{'}) || !whole && len(head) == headSize {
		return "", false
	}
	t := table{}
	if !t.json(bytes.TrimSuffix(line, []byte{'\r'})) || !t.has("ts") {
		return "", false
	}
	kind = t.kind()
	return kind, kind != ""
}

// Read reads one log or a folder of logs and emits its sessions in the same
// order every time.
func Read(ctx context.Context, path string, emit func(*session.Session)) (logfile.Summary, error) {
	files, err := list(path)
	if err != nil {
		return logfile.Summary{}, err
	}
	r := &reader{parts: logfile.Parts{Emit: emit}, certs: map[string]logfile.Certificate{}}
	sums := map[string]string{}
	for _, f := range files {
		sum, err := r.file(ctx, f.path)
		if err != nil {
			r.parts.Close(&r.warn)
			r.sum.Warnings = r.warn.List()
			return r.sum, err
		}
		sums[f.path] = sum
	}
	r.parts.Close(&r.warn)
	r.sum.Warnings = r.warn.List()
	r.sum.SHA256 = digest(sums)
	return r.sum, nil
}

func digest(sums map[string]string) string {
	paths := make([]string, 0, len(sums))
	for p := range sums {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	var ordered []string
	for _, p := range paths {
		ordered = append(ordered, sums[p])
	}
	return logfile.Digest(ordered)
}

// found is one file of a folder.
type found struct {
	path string
	rank int // reading order
}

// list gives the logs to read in their order.
func list(path string) ([]found, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		if !Is(path) {
			return nil, fmt.Errorf("%w: %s has neither a #separator line nor JSON lines with Zeek's fields", ErrNoLogs, path)
		}
		return []found{{path: path}}, nil
	}
	var files []found
	err = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.Count(strings.TrimPrefix(p, path), string(filepath.Separator)) > maxDepth:
			return fs.SkipDir
		case d.Type().IsRegular() && isLogName(d.Name()) && len(files) < maxFiles:
			if kind, ok := sniff(logfile.Head(p, headSize)); ok && readers[kind] != nil {
				files = append(files, found{p, rank(kind)})
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%w in the folder %s: give a folder with conn.log (TSV or JSON, also .gz or .zst), for example the one that holds Zeek's current logs", ErrNoLogs, path)
	}
	slices.SortFunc(files, func(a, b found) int {
		if a.rank != b.rank {
			return a.rank - b.rank
		}
		return strings.Compare(a.path, b.path)
	})
	return files, nil
}

// isLogName takes conn.log, conn.log.gz, conn.2026-01-01-00-00-00.log.zst,
// conn.json and conn_20260101.log.
func isLogName(name string) bool {
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".zst")
	return strings.HasSuffix(name, ".log") || strings.HasSuffix(name, ".json") || strings.HasSuffix(name, ".ndjson")
}

func rank(kind string) int {
	switch kind {
	case "x509":
		return 0
	case "conn":
		return 2
	}
	return 1
}
