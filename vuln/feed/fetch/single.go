package fetch

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"ward/vuln/feed"
)

// Errors of a file that is not taken.
var (
	ErrContent = errors.New("fetch: the content is not what it should be; the former file is kept")
	ErrOlder   = errors.New("fetch: older than what is there; the former file is kept")
	ErrShrunk  = errors.New("fetch: far fewer records than before; the former file is kept")
)

// shrink is the part of the former records that a new file must have. [E]
const shrink = 0.5

// maxFile is the largest file of a kind, in bytes as it is transferred.
func maxFile(k feed.Kind) int64 {
	switch k {
	case feed.CVE5:
		return 8 << 30
	case OUI:
		return 64 << 20
	}
	return 256 << 20
}

var plainName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]{0,119}$`)

// fileName is the last part of the URL's path, where it is a harmless name.
func fileName(at string, k feed.Kind) string {
	if u, err := url.Parse(at); err == nil {
		if name := path.Base(u.Path); plainName.MatchString(name) {
			return name
		}
	}
	return string(k)
}

// single renews a feed that is one file.
func (u *updater) single(ctx context.Context) error {
	name := fileName(u.source.URL, u.source.Kind)
	target := filepath.Join(u.folder(), name)
	known := u.journal.file(u.source.URL)
	r := request{url: u.source.URL}
	if info, err := os.Stat(target); err == nil && info.Mode().IsRegular() && known.File == u.source.Name+"/"+name {
		r.etag, r.modified = known.ETag, known.Modified
	}
	stage := filepath.Join(u.dir, feed.Shelf, "stage", u.source.Name)
	if err := os.MkdirAll(stage, 0o755); err != nil {
		return err
	}
	staged := filepath.Join(stage, name)
	a, err := u.download(ctx, r, staged)
	if err != nil || a.same {
		return err
	}
	sum, err := digest(staged)
	if err != nil {
		return err
	}
	e := entry{ETag: a.etag, Modified: a.modified, SHA256: sum, File: u.source.Name + "/" + name, Source: u.source.Name}
	if old, err := digest(target); err == nil && old == sum {
		return errors.Join(u.journal.note(u.source.URL, e), os.RemoveAll(stage))
	}
	records, err := u.check(stage, name)
	if err != nil {
		return errors.Join(err, os.RemoveAll(stage))
	}
	if err := os.MkdirAll(u.folder(), 0o755); err != nil {
		return err
	}
	_, err = os.Stat(target)
	if err := os.Rename(staged, target); err != nil {
		return err
	}
	if err != nil {
		u.out.Added = records
	} else {
		u.out.Renewed = records
	}
	return errors.Join(u.journal.note(u.source.URL, e), os.RemoveAll(stage))
}

func digest(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// check reads the staged file as an analysis would, and compares it with what
// is there.
func (u *updater) check(stage, name string) (records int, err error) {
	if u.source.Kind == OUI {
		return checkOUI(filepath.Join(stage, name))
	}
	set, err := feed.Open(stage, feed.Options{})
	if err != nil {
		return 0, err
	}
	var date time.Time
	for _, s := range set.Sources {
		if s.Kind != u.source.Kind {
			continue
		}
		records += s.Records
		if s.Date.After(date) {
			date = s.Date
		}
	}
	strict := u.source.Kind == feed.KEV || u.source.Kind == feed.EPSS
	switch {
	case records == 0 && len(set.Warnings) > 0:
		return 0, fmt.Errorf("%w: %s", ErrContent, clip(set.Warnings[0].Text))
	case records == 0:
		return 0, fmt.Errorf("%w: no record of the kind %s in it (a page of a proxy or a sign-in?)", ErrContent, u.source.Kind)
	case strict && len(set.Warnings) > 0:
		return 0, fmt.Errorf("%w: %s", ErrContent, clip(set.Warnings[0].Text))
	case date.Before(u.out.Date):
		return 0, fmt.Errorf("%w: %s, here is %s", ErrOlder, date.Format(time.DateOnly), u.out.Date.Format(time.DateOnly))
	case float64(records) < shrink*float64(u.out.Records):
		return 0, fmt.Errorf("%w: %d, here are %d; if that is right, delete the folder %s and update again", ErrShrunk, records, u.out.Records, u.source.Name)
	}
	return records, nil
}

// minBlocks is how many blocks a registry of the IEEE has at least; oui.csv has
// some 38 000. [E]
const minBlocks = 10

// checkOUI counts the assignments of a registry file (CSV: registry, assignment,
// organisation, address).
func checkOUI(file string) (int, error) {
	f, err := os.Open(file)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	rows := csv.NewReader(bufio.NewReader(f))
	rows.FieldsPerRecord, rows.LazyQuotes = -1, true
	n := 0
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, fmt.Errorf("%w: %w", ErrContent, err)
		}
		if len(row) >= 3 && (len(row[1]) == 6 || len(row[1]) == 7 || len(row[1]) == 9) && strings.Trim(row[1], "0123456789ABCDEFabcdef") == "" {
			n++
		}
	}
	if n < minBlocks {
		return 0, fmt.Errorf("%w: only %d address blocks", ErrContent, n)
	}
	return n, nil
}

func (u *updater) measureOUI() error {
	n, err := checkOUI(filepath.Join(u.folder(), fileName(u.source.URL, OUI)))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	u.out.Records = n
	at, timeErr := http.ParseTime(u.journal.file(u.source.URL).Modified)
	if timeErr == nil {
		u.out.Date = at
	}
	return err
}
