// Package ui turns a page's name and data into HTML: layout, navigation,
// languages, themes, style sheets and scripts, all out of the binary. It uses
// html/template, htmx 4 and no inline code, so that a strict Content Security
// Policy holds. It refuses text that could deceive the eye: control and
// direction characters (Unicode Standard Annex 9) never leave it.
package ui

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"
)

//go:embed templates static de
var files embed.FS

// ErrNoAssets is returned where the published front-end files are missing.
var ErrNoAssets = errors.New("ui: the front-end files are not in this build\nhint: run make assets, then build again")

// Options say how pages are made.
type Options struct {
	Version string           // of Ward, shown on the About page
	Now     func() time.Time // nil: time.Now
	Zone    *time.Location   // of the times that are shown; nil: of the machine
	Folder  string           // web/ui of a source tree: templates are read anew for each page
	Log     *slog.Logger     // nil: slog.Default
	Demo    bool             // a demonstration: the banner and the tour are shown
}

// UI makes pages. It is safe for concurrent use.
type UI struct {
	Options
	assets map[string]*asset
	sets   map[string]*set // by language
	texts  map[string]texts
	site   *name
}

// New reads templates, texts and static files. Nothing is written.
func New(o Options) (*UI, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Zone == nil {
		o.Zone = time.Local
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	u := &UI{Options: o, site: new(name)}
	var err error
	if u.assets, err = readAssets(u.files()); err != nil {
		return nil, fmt.Errorf("ui: read static files: %w", err)
	}
	if u.texts, err = readTexts(u.files()); err != nil {
		return nil, err
	}
	if err := u.parse(); err != nil {
		return nil, err
	}
	return u, nil
}

// files are those of the binary or, while developing, of the source tree.
func (u *UI) files() fs.FS {
	if u.Folder != "" {
		return os.DirFS(u.Folder)
	}
	return files
}

// parse makes the templates of every language.
func (u *UI) parse() error {
	sets := map[string]*set{}
	for _, lang := range Languages {
		s, err := u.parseSet(lang)
		if err != nil {
			return err
		}
		sets[lang] = s
	}
	u.sets = sets
	return nil
}

// CheckAssets tells whether the published front-end files are there.
func (u *UI) CheckAssets() error {
	for _, name := range []string{"vendor/htmx.js", "vendor/htmx-sse.js", "vendor/uplot.js", "vendor/uplot.css", "vendor/cytoscape.js"} {
		if u.assets[name] == nil {
			return fmt.Errorf("%w (%s)", ErrNoAssets, name)
		}
	}
	return nil
}
