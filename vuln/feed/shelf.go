package feed

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Shelf is the hidden folder of a feeds folder in which Ward notes what it knows
// of the feeds beyond their content. Open passes it over.
const Shelf = ".ward"

// shelfFile holds the Notes, below Shelf.
const shelfFile = "feeds.json"

// maxNotes is the largest file of notes, in bytes.
const maxNotes = 16 << 20

// Notes is what is known of a feeds folder beyond its content.
type Notes struct {
	Bundle time.Time       `json:"bundle,omitzero"` // when the bundle was made that was imported last
	Feeds  map[string]Note `json:"feeds"`           // by name: the folder or file below the feeds folder
}

// Note is what is known of one feed.
type Note struct {
	Kind    Kind      `json:"kind"`
	URL     string    `json:"url,omitempty"`
	Checked time.Time `json:"checked,omitzero"` // when its publisher was last asked with success
	Date    time.Time `json:"date,omitzero"`    // newest date inside
	Records int       `json:"records"`
}

// ReadNotes reads the notes of a folder; a folder without them has none.
func ReadNotes(dir string) (Notes, error) {
	n := Notes{Feeds: map[string]Note{}}
	path := filepath.Join(dir, Shelf, shelfFile)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return n, nil
	}
	if err != nil {
		return n, err
	}
	if info.Size() > maxNotes {
		return n, fmt.Errorf("feed: %s is larger than %d MB; delete it, ward feeds update writes it anew", path, maxNotes>>20)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return n, err
	}
	if err := json.Unmarshal(data, &n); err != nil {
		return n, fmt.Errorf("feed: %s: %w; delete it, ward feeds update writes it anew", path, err)
	}
	if n.Feeds == nil {
		n.Feeds = map[string]Note{}
	}
	return n, nil
}

// WriteNotes writes the notes whole or not at all.
func WriteNotes(dir string, n Notes) error {
	data, err := json.MarshalIndent(n, "", "  ")
	if err != nil {
		return err
	}
	return Save(filepath.Join(dir, Shelf, shelfFile), data)
}

// Save writes a file whole or not at all: beside it, synced, then renamed over
// it. Missing folders are made.
func Save(path string, data []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".ward-new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(data); err != nil {
		return err
	}
	if err = f.Chmod(0o644); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// StaleAfter is the age beyond which a feed of a kind lowers the confidence of
// what rests on it. [E]
func StaleAfter(k Kind) time.Duration {
	const day = 24 * time.Hour
	if k == KEV || k == EPSS {
		return 7 * day
	}
	return 30 * day
}

// Age is one feed of a folder and how fresh it is.
type Age struct {
	Name    string    `json:"name"` // the folder or file below the feeds folder
	Kind    Kind      `json:"kind"`
	URL     string    `json:"url,omitempty"`
	Date    time.Time `json:"date,omitzero"`    // newest date inside the content
	Checked time.Time `json:"checked,omitzero"` // when its publisher was last asked
	Records int       `json:"records"`
	Stale   bool      `json:"stale"`
}

// Fresh is the day up to which the feed is known to be complete: when its
// publisher was last asked, else the newest date inside.
func (a Age) Fresh() time.Time {
	if a.Checked.After(a.Date) {
		return a.Checked
	}
	return a.Date
}

// Ages reads a folder and tells each feed's age at now, by name and kind. A feed
// whose age nobody knows is stale.
func Ages(dir string, now time.Time) ([]Age, error) {
	notes, err := ReadNotes(dir)
	if err != nil {
		return nil, err
	}
	set, err := Open(dir, Options{})
	if err != nil {
		return nil, err
	}
	return ages(set, notes, now), nil
}

// ages joins the sources that lie in one folder below the feeds folder.
func ages(set *Set, notes Notes, now time.Time) []Age {
	type key struct {
		name string
		kind Kind
	}
	found := map[key]*Age{}
	for _, s := range set.Sources {
		counted := false
		for _, file := range s.Files {
			name, _, _ := strings.Cut(file, "/")
			k := key{name, s.Kind}
			a := found[k]
			if a == nil {
				note := notes.Feeds[name]
				a = &Age{Name: name, Kind: s.Kind}
				if note.Kind == s.Kind {
					a.URL, a.Checked = note.URL, note.Checked
				}
				found[k] = a
			}
			if s.Date.After(a.Date) {
				a.Date = s.Date
			}
			if !counted {
				a.Records += s.Records
				counted = true
			}
		}
	}
	for name, n := range notes.Feeds {
		if k := (key{name, n.Kind}); found[k] == nil {
			found[k] = &Age{Name: name, Kind: n.Kind, URL: n.URL, Checked: n.Checked, Date: n.Date, Records: n.Records}
		}
	}
	var out []Age
	for _, a := range found {
		a.Stale = a.Fresh().IsZero() || now.Sub(a.Fresh()) > StaleAfter(a.Kind)
		out = append(out, *a)
	}
	slices.SortFunc(out, func(a, b Age) int { return strings.Compare(a.Name+"\x00"+string(a.Kind), b.Name+"\x00"+string(b.Kind)) })
	return out
}
