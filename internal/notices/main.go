// Command notices gathers the licences of everything that is compiled into Ward
// from the module cache and from the published front-end packages, and writes
// them as packed JSON for the page About. Run it after a dependency changed:
//
//	go run ./internal/notices web/about_notices.json.gz
package main

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Notice is the licence of one part, with its texts.
type Notice struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	System  string `json:"system"` // golang or npm, as in a package URL
	Licence string `json:"licence"`
	Text    string `json:"text"`
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run ./internal/notices FILE")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "notices:", err)
		os.Exit(1)
	}
}

func write(path string) error {
	list, err := modules()
	if err != nil {
		return err
	}
	more, err := packages()
	if err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	z, err := gzip.NewWriterLevel(f, gzip.BestCompression)
	if err != nil {
		return err
	}
	return errors.Join(json.NewEncoder(z).Encode(append(list, more...)), z.Close(), f.Close())
}

// modules are the Go modules that packages of the program lie in.
func modules() ([]Notice, error) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}", "./cmd/ward").Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	slices.Sort(lines)
	var list []Notice
	for _, line := range slices.Compact(lines) {
		p := strings.Split(line, "\t")
		if len(p) != 3 || p[0] == "ward" {
			continue
		}
		n := Notice{Name: p[0], Version: p[1], System: "golang"}
		main, text, err := texts(p[2])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", n.Name, err)
		}
		n.Text, n.Licence = text, recognise(main)
		list = append(list, n)
	}
	return list, nil
}

// packages are the front-end packages that are served, as the lock file has them.
func packages() ([]Notice, error) {
	b, err := os.ReadFile("web/ui/package-lock.json")
	if err != nil {
		return nil, err
	}
	var lock struct {
		Packages map[string]struct {
			Version, License string
			Dev              bool
		}
	}
	if err := json.Unmarshal(b, &lock); err != nil {
		return nil, err
	}
	var list []Notice
	for path, p := range lock.Packages {
		name, ok := strings.CutPrefix(path, "node_modules/")
		if !ok || p.Dev {
			continue
		}
		_, text, err := texts(filepath.Join("web/ui", path))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if p.License == "BSD-0-Clause" { // the package's own name of it
			p.License = "0BSD"
		}
		list = append(list, Notice{name, p.Version, "npm", p.License, text})
	}
	slices.SortFunc(list, func(a, b Notice) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

var named = regexp.MustCompile(`(?i)^(licen[sc]e|copying|notice|patents)`)

// texts joins the licence files of a folder; main is the one of the whole.
func texts(dir string) (main, joined string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", "", err
	}
	var all []string
	for _, e := range entries {
		if !e.Type().IsRegular() || !named.MatchString(e.Name()) {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return "", "", err
		}
		all = append(all, strings.TrimSpace(string(b)))
		if main == "" || strings.TrimSuffix(e.Name(), filepath.Ext(e.Name())) == "LICENSE" {
			main = string(b)
		}
	}
	if len(all) == 0 {
		return "", "", errors.New("no licence file")
	}
	return main, strings.Join(all, "\n\n---\n\n"), nil
}

// recognise names a licence (SPDX) by sentences that only it has.
func recognise(text string) string {
	flat := strings.Join(strings.Fields(text), " ")
	for _, l := range []struct{ id, has string }{
		{"Apache-2.0", "Apache License Version 2.0"},
		{"MPL-2.0", "Mozilla Public License"},
		{"ISC", "Permission to use, copy, modify, and/or distribute this software for any purpose"},
		{"ISC", "Permission to use, copy, modify, and distribute this software for any purpose"},
		{"BSD-3-Clause", "Neither the name"},
		{"BSD-3-Clause", "names of its contributors may"},
		{"BSD-2-Clause", "Redistributions in binary form must reproduce"},
		{"MIT", "Permission is hereby granted, free of charge"},
		{"Unlicense", "free and unencumbered software released into the public domain"},
		{"CC0-1.0", "CC0 1.0 Universal"},
	} {
		if strings.Contains(flat, l.has) {
			return l.id
		}
	}
	return ""
}
