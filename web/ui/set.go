package ui

import (
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
)

// set holds the templates of one language: one tree per page, each with the
// layout and the parts beside it.
type set struct{ pages map[string]*template.Template }

// Files whose name begins with one of these hold what all pages share.
var sharedPrefixes = []string{"layout", "part_"}

func shared(name string) bool {
	for _, p := range sharedPrefixes {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// parseSet parses layout and parts once and each page on top of them.
func (u *UI) parseSet(lang string) (*set, error) {
	names, err := fs.Glob(u.files(), "templates/*.html")
	if err != nil {
		return nil, err
	}
	base := template.New("").Funcs(u.funcs(lang)).Option("missingkey=error")
	var pages []string
	for _, n := range names {
		if !shared(path.Base(n)) {
			pages = append(pages, n)
			continue
		}
		if base, err = base.ParseFS(u.files(), n); err != nil {
			return nil, fmt.Errorf("ui: %w", err)
		}
	}
	s := &set{map[string]*template.Template{}}
	for _, n := range pages {
		t, err := base.Clone()
		if err != nil {
			return nil, fmt.Errorf("ui: %w", err)
		}
		if t, err = t.ParseFS(u.files(), n); err != nil {
			return nil, fmt.Errorf("ui: %w", err)
		}
		s.pages[strings.TrimSuffix(path.Base(n), ".html")] = t
	}
	return s, nil
}
