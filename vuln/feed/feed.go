// Package feed reads a folder of vulnerability feeds, any mix of them, each
// file recognised by its content: CSAF 2.0 and 2.1, NVD JSON 2.0 and 1.1, CVE
// JSON 5 with CISA's SSVC values, CISA's KEV catalog as JSON or CSV, EPSS CSV;
// plain, gzip, zstd or zip.
//
// CSAF documents come back as Advisories, KEV, EPSS and SSVC as one table of
// Threats. The records of NVD and CVE JSON 5 are too many to keep: they are
// handed to Options.Record one at a time. A file that is broken or unknown
// becomes a Warning and never stops the rest. The order of everything is the
// order of the file names, so that the same folder gives the same Set.
package feed

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"ward/vuln/advisory"
)

// Limits of one folder.
const (
	MaxFiles    = 1_000_000
	MaxWarnings = 1000
)

// Kind is the format of a file.
type Kind string

const (
	Unknown Kind = ""
	CSAF    Kind = "csaf"
	NVD     Kind = "nvd"
	CVE5    Kind = "cve5"
	KEV     Kind = "kev"
	EPSS    Kind = "epss"
)

// Source is one feed: one file, or the many files of one publisher.
type Source struct {
	Name    string    `json:"name"`
	Kind    Kind      `json:"kind"`
	Date    time.Time `json:"date,omitzero"` // newest date inside the content
	Records int       `json:"records"`
	SHA256  string    `json:"sha256"` // of the file; of the sorted digests where there are several
	Files   []string  `json:"-"`      // relative to the folder
}

// Warning names something that was not read or not as it should be.
type Warning struct {
	File  string `json:"file"`
	Place string `json:"place,omitempty"` // JSON pointer
	Text  string `json:"text"`
}

func (w Warning) String() string {
	if w.Place == "" {
		return w.File + ": " + w.Text
	}
	return w.File + ": " + brief(w.Place) + ": " + brief(w.Text)
}

// maxWarning is how much of a place or text a warning prints: a document nested
// ten thousand deep has a pointer as long.
const maxWarning = 300

func brief(s string) string {
	if len(s) <= maxWarning {
		return s
	}
	return strings.ToValidUTF8(s[:maxWarning], "") + "…"
}

// Set is what a folder holds.
type Set struct {
	Advisories []advisory.Advisory // of CSAF documents, by id
	Threats    Threats
	Sources    []Source // by kind and name
	Warnings   []Warning
	Unknown    []string // files of no known format
}

// Progress tells how far Open has come.
type Progress struct {
	File        string
	Done, Files int
	Bytes, Size int64 // read so far and in all, as stored
}

// Options are what the caller wants to hear; nil functions are not called.
type Options struct {
	Progress func(Progress)
	// Record gets each CVE of the NVD and CVE JSON 5 feeds that is not withdrawn.
	// The same CVE may come from several feeds.
	Record func(advisory.Advisory)
}

// Open reads every file below the folder. The error is about the folder itself.
func Open(dir string, options Options) (*Set, error) {
	root, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil, fmt.Errorf("feed: %w", err)
	}
	o := opener{root: root, options: options, set: &Set{}, groups: map[string]*group{}, documents: map[string]int{}}
	o.set.Threats.init()
	files, err := o.list()
	if err != nil {
		return nil, fmt.Errorf("feed: %w", err)
	}
	for i, file := range files {
		o.progress.Done, o.progress.File = i, file
		o.report()
		o.file(file)
	}
	o.progress.Done, o.progress.File = len(files), ""
	o.report()
	o.finish()
	return o.set, nil
}

// opener is the state of one Open.
type opener struct {
	root      string
	options   Options
	set       *Set
	progress  Progress
	groups    map[string]*group
	documents map[string]int  // publisher and tracking id of a CSAF document: place in set.Advisories
	touched   map[string]bool // groups of the file at hand
}

// group gathers what becomes one Source.
type group struct {
	Source
	digests []string
}

func (o *opener) report() {
	if o.options.Progress != nil {
		o.options.Progress(o.progress)
	}
}

func (o *opener) warn(file, place, text string) {
	if len(o.set.Warnings) < MaxWarnings {
		o.set.Warnings = append(o.set.Warnings, Warning{file, place, text})
	}
}

// list gives the files below the root, relative and in order.
func (o *opener) list() ([]string, error) {
	var files []string
	err := filepath.WalkDir(o.root, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(o.root, path)
		name = filepath.ToSlash(name)
		switch {
		case err != nil && path == o.root:
			return err
		case err != nil:
			o.warn(name, "", "not read: "+cause(err))
			return nil
		case strings.HasPrefix(d.Name(), ".") && path != o.root:
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case d.IsDir():
			return nil
		}
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			o.warn(name, "", "not read: not a regular file")
			return nil
		}
		if len(files) == MaxFiles {
			o.warn(name, "", "not read: too many files")
			return fs.SkipAll
		}
		files = append(files, name)
		o.progress.Size += info.Size()
		return nil
	})
	o.progress.Files = len(files)
	return files, err
}

// cause is an error without the path of the machine in it.
func cause(err error) string {
	if path, ok := err.(*fs.PathError); ok {
		return path.Err.Error()
	}
	return err.Error()
}

// join adds a file to a feed and gives the feed.
func (o *opener) join(kind Kind, name, file string) *group {
	key := string(kind) + "\x00" + name
	g := o.groups[key]
	if g == nil {
		g = &group{Source: Source{Name: name, Kind: kind}}
		o.groups[key] = g
	}
	if !o.touched[key] {
		o.touched[key] = true
		g.Files = append(g.Files, file)
	}
	return g
}

func (g *group) newest(t time.Time) {
	if t.After(g.Date) {
		g.Date = t
	}
}

func (o *opener) finish() {
	for _, g := range o.groups {
		g.SHA256 = digestOf(g.digests)
		o.set.Sources = append(o.set.Sources, g.Source)
	}
	sort.Slice(o.set.Sources, func(i, j int) bool {
		a, b := o.set.Sources[i], o.set.Sources[j]
		return a.Kind+"\x00"+Kind(a.Name) < b.Kind+"\x00"+Kind(b.Name)
	})
	sort.SliceStable(o.set.Advisories, func(i, j int) bool { return o.set.Advisories[i].ID < o.set.Advisories[j].ID })
	o.set.Threats.finish()
}
