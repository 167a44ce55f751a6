package fetch

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"regexp"
	"strings"
	"time"
)

// ErrListing is a listing that cannot be read.
var ErrListing = errors.New("fetch: the listing cannot be read")

// maxListing is the largest index.txt, changes.csv or ROLIE feed, in bytes.
const maxListing = 64 << 20

// listed is one document of a listing.
type listed struct {
	name      string    // icsma-20-049-01.json
	folder    string    // 2020, or empty
	url       string    // of the document
	updated   time.Time // zero: not said
	digests   []string  // URLs; empty: beside the document
	signature string
}

// documentName is how the file of a document may be called (CSAF 2.0, Section
// 5.1), with room for the upper case that some use.
var documentName = regexp.MustCompile(`^[A-Za-z0-9+_-][A-Za-z0-9+._-]{0,180}\.json$`)

var yearFolder = regexp.MustCompile(`^(19|20)\d\d$`)

// newListed resolves a place against its base and refuses what leaves it by
// dots, or has a name that is none.
func newListed(base *url.URL, place string) (listed, error) {
	ref, err := url.Parse(place)
	if err != nil || strings.Contains(ref.Path, "..") || strings.ContainsRune(ref.Path, '\\') {
		return listed{}, fmt.Errorf("%w: %q is no place of a document", ErrListing, clip(place))
	}
	at := base.ResolveReference(ref)
	d := listed{name: path.Base(at.Path), url: at.String()}
	if !documentName.MatchString(d.name) || strings.Contains(d.name, "..") {
		return listed{}, fmt.Errorf("%w: %q is no name of a document", ErrListing, clip(d.name))
	}
	if dir := path.Base(path.Dir(at.Path)); yearFolder.MatchString(dir) {
		d.folder = dir
	}
	return d, nil
}

// listing collects documents; broken lines are counted, not fatal.
type listing struct {
	documents []listed
	broken    int
}

func (l *listing) add(base *url.URL, place string, when time.Time) error {
	d, err := newListed(base, place)
	if err != nil {
		l.broken++
		return nil
	}
	if len(l.documents) == MaxDocuments {
		return fmt.Errorf("%w: more than %d documents", ErrListing, MaxDocuments)
	}
	d.updated = when
	l.documents = append(l.documents, d)
	return nil
}

// parseIndex reads index.txt: one path on each line (CSAF 2.0, Section 7.1.12).
func parseIndex(base *url.URL, data []byte) (listing, error) {
	var l listing
	if html(data) {
		return l, fmt.Errorf("%w: index.txt is a web page", ErrListing)
	}
	for line := range strings.Lines(string(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))) {
		line = strings.TrimSpace(line)
		if line == "" || !strings.HasSuffix(line, ".json") {
			continue
		}
		if err := l.add(base, line, time.Time{}); err != nil {
			return l, err
		}
	}
	return l, nil
}

// parseChanges reads changes.csv: path and time, newest first (Section 7.1.13).
func parseChanges(base *url.URL, data []byte) (listing, error) {
	var l listing
	if html(data) {
		return l, fmt.Errorf("%w: changes.csv is a web page", ErrListing)
	}
	rows := csv.NewReader(bytes.NewReader(data))
	rows.FieldsPerRecord, rows.LazyQuotes, rows.ReuseRecord = -1, true, true
	seen := map[string]bool{}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return l, nil
		}
		if err != nil {
			return l, fmt.Errorf("%w: changes.csv: %w", ErrListing, err)
		}
		if len(row) < 2 || seen[row[0]] {
			continue // the first row of a document is its newest
		}
		when, err := time.Parse(time.RFC3339, strings.TrimSpace(row[1]))
		if err != nil {
			l.broken++
			continue
		}
		seen[strings.Clone(row[0])] = true
		if err := l.add(base, strings.Clone(row[0]), when.UTC()); err != nil {
			return l, err
		}
	}
}

// html tells whether a proxy or a sign-in page answered instead.
func html(data []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(data[:min(len(data), 512)]), []byte("<"))
}

// rolie is a ROLIE feed as JSON (RFC 8322; CSAF 2.0, Section 7.1.15).
type rolie struct {
	Feed struct {
		Entry []struct {
			Updated time.Time `json:"updated"`
			Content struct {
				Src string `json:"src"`
			} `json:"content"`
			Link []struct {
				Rel  string `json:"rel"`
				Href string `json:"href"`
			} `json:"link"`
		} `json:"entry"`
		Link []struct {
			Rel  string `json:"rel"`
			Href string `json:"href"`
		} `json:"link"`
	} `json:"feed"`
}

// parseRolie reads one ROLIE feed and gives the place of its next page, if any.
func parseRolie(base *url.URL, data []byte) (listing, string, error) {
	var l listing
	var r rolie
	if err := json.Unmarshal(data, &r); err != nil {
		return l, "", fmt.Errorf("%w: ROLIE feed: %w", ErrListing, err)
	}
	if r.Feed.Entry == nil && !bytes.Contains(data, []byte(`"feed"`)) {
		return l, "", fmt.Errorf("%w: no ROLIE feed", ErrListing)
	}
	for _, e := range r.Feed.Entry {
		place := e.Content.Src
		var digests []string
		signature := ""
		for _, link := range e.Link {
			switch {
			case link.Rel == "self" && place == "":
				place = link.Href
			case link.Rel == "hash":
				digests = append(digests, resolve(base, link.Href))
			case link.Rel == "signature":
				signature = resolve(base, link.Href)
			}
		}
		before := len(l.documents)
		if err := l.add(base, place, e.Updated.UTC()); err != nil {
			return l, "", err
		}
		if len(l.documents) > before {
			l.documents[before].digests, l.documents[before].signature = digests, signature
		}
	}
	for _, link := range r.Feed.Link {
		if link.Rel == "next" && link.Href != "" {
			return l, resolve(base, link.Href), nil
		}
	}
	return l, "", nil
}

func resolve(base *url.URL, place string) string {
	ref, err := url.Parse(place)
	if err != nil {
		return ""
	}
	return base.ResolveReference(ref).String()
}
