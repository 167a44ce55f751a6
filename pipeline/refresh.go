package pipeline

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ward/vuln/advisory"
	"ward/vuln/feed"
)

// Refresh takes in the folder of feeds again where nothing but KEV and EPSS files
// that were there changed, which they do every day: the records of NVD are
// gigabytes and need not be read for it. It gives a new Assessor, which shares
// the rest with the old one: use one of them. false: more changed, see Read.
func (a *Assessor) Refresh(folder string) (*Assessor, bool, error) {
	now := listing(folder)
	changed := false
	for file, info := range now {
		was := a.files[file]
		if was != nil && os.SameFile(was, info) && was.Size() == info.Size() && was.ModTime().Equal(info.ModTime()) {
			continue
		}
		if was == nil || !a.daily[file] {
			return nil, false, nil
		}
		changed = true
	}
	switch {
	case len(a.files) == 0 || len(now) != len(a.files):
		return nil, false, nil
	case !changed:
		return a, true, nil
	}
	set, err := openOnly(folder, a.daily)
	if err != nil {
		return nil, false, err
	}
	if len(set.Warnings) > 0 || len(set.Advisories) > 0 { // say so where everything is said
		return nil, false, nil
	}
	fresh := *a
	fresh.files, fresh.weights = now, map[string]weight{}
	fresh.threats = a.overlay(set.Threats.Lookup)
	fresh.feeds = slices.Clone(a.feeds)
	for i := range fresh.feeds {
		for j := range set.Sources {
			if s := &set.Sources[j]; fresh.feeds[i].Name == s.Name && fresh.feeds[i].Kind == string(s.Kind) {
				fresh.feeds[i] = feedOf(s)
			}
		}
	}
	return &fresh, true, nil
}

// dailyFiles gives the files that hold KEV or EPSS and nothing else.
func dailyFiles(sources []feed.Source) map[string]bool {
	out := map[string]bool{}
	for _, s := range sources {
		for _, file := range s.Files {
			if isDaily(s.Kind) {
				out[file] = true
			}
		}
	}
	for _, s := range sources {
		for _, file := range s.Files {
			if !isDaily(s.Kind) {
				delete(out, file)
			}
		}
	}
	return out
}

// isDaily tells the kinds of feeds that say nothing but threats.
func isDaily(k feed.Kind) bool { return k == feed.KEV || k == feed.EPSS }

// overlay puts what the new files say in the place of what their former state
// said, and leaves what other feeds say of exploitation.
func (a *Assessor) overlay(fresh func(string) (advisory.Threat, bool)) func(string) (advisory.Threat, bool) {
	base, daily := a.base, a.daily
	return func(cve string) (advisory.Threat, bool) {
		old, _ := base(cve)
		now, _ := fresh(cve)
		var out advisory.Threat
		rest := old.Sources // of KEV, EPSS and SSVC, in this order
		if old.KEV {
			if !daily[rest[0]] && !now.KEV {
				out.KEV, out.KEVAdded, out.KEVDue, out.Ransomware = true, old.KEVAdded, old.KEVDue, old.Ransomware
				out.Sources = append(out.Sources, rest[0])
			}
			rest = rest[1:]
		}
		if old.HasEPSS {
			rest = rest[1:]
		}
		if now.KEV {
			out.KEV, out.KEVAdded, out.KEVDue, out.Ransomware = true, now.KEVAdded, now.KEVDue, now.Ransomware
		}
		if now.HasEPSS {
			out.HasEPSS, out.EPSS, out.Percentile, out.EPSSDate = true, now.EPSS, now.Percentile, now.EPSSDate
		}
		out.Exploitation, out.Automatable, out.Impact = old.Exploitation, old.Automatable, old.Impact
		out.Sources = slices.Concat(out.Sources, now.Sources, rest)
		return out, len(out.Sources) > 0
	}
}

// listing gives the files below a folder as feed.Open would read them.
func listing(folder string) map[string]fs.FileInfo {
	out := map[string]fs.FileInfo{}
	filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(folder, path)
		switch {
		case err != nil:
			return nil // feed.Open says it
		case strings.HasPrefix(d.Name(), ".") && path != folder:
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case d.IsDir():
			return nil
		}
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			out[filepath.ToSlash(name)] = info
		}
		return nil
	})
	return out
}

// openOnly reads some files of a folder, under their names in it.
func openOnly(folder string, files map[string]bool) (*feed.Set, error) {
	dir, err := os.MkdirTemp("", "ward-feeds")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	whole, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	for file := range files {
		link := filepath.Join(dir, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(link), 0o700); err != nil {
			return nil, err
		}
		if err := os.Symlink(filepath.Join(whole, filepath.FromSlash(file)), link); err != nil {
			return nil, err
		}
	}
	return feed.Open(dir, feed.Options{})
}
