// Package kev reads CISA's catalog of known exploited vulnerabilities, as JSON
// or CSV. It refuses catalogs beyond MaxBytes and without CVE ids.
package kev

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"ward/vuln/feed/nvd"
)

// MaxBytes is the largest catalog; the real one has 1.3 MB.
const MaxBytes = 64 << 20

var (
	ErrTooBig = errors.New("kev: catalog beyond the limit")
	ErrFormat = errors.New("kev: not a catalog of exploited vulnerabilities")
)

// Catalog is the whole list.
type Catalog struct {
	Released time.Time // CSV does not say; then the newest DateAdded
	Entries  []Entry
}

// Entry is one vulnerability known to be exploited.
type Entry struct {
	CVE        string
	Added, Due time.Time
	Ransomware bool // known use in ransomware campaigns
}

type document struct {
	Released string `json:"dateReleased"`
	Entries  []struct {
		CVE        string `json:"cveID"`
		Added      string `json:"dateAdded"`
		Due        string `json:"dueDate"`
		Ransomware string `json:"knownRansomwareCampaignUse"`
	} `json:"vulnerabilities"`
}

// Parse reads either form.
func Parse(data []byte) (Catalog, error) {
	if len(data) > MaxBytes {
		return Catalog{}, ErrTooBig
	}
	data = bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), " \t\r\n")
	if !bytes.HasPrefix(data, []byte("{")) {
		return parseCSV(data)
	}
	var d document
	if err := json.Unmarshal(data, &d, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)); err != nil {
		return Catalog{}, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	c := Catalog{Released: nvd.Date(d.Released)}
	for _, e := range d.Entries {
		c.add(e.CVE, e.Added, e.Due, e.Ransomware)
	}
	return c.checked()
}

func parseCSV(data []byte) (Catalog, error) {
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = -1, true, true
	head, err := r.Read()
	if err != nil {
		return Catalog{}, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	column := map[string]int{}
	for i, name := range head {
		column[strings.ToLower(strings.TrimSpace(name))] = i
	}
	var c Catalog
	for {
		row, err := r.Read()
		if err != nil {
			break // the end, or a row that nobody can read
		}
		field := func(name string) string {
			if i, ok := column[name]; ok && i < len(row) {
				return row[i]
			}
			return ""
		}
		c.add(field("cveid"), field("dateadded"), field("duedate"), field("knownransomwarecampaignuse"))
	}
	return c.checked()
}

func (c *Catalog) add(cve, added, due, ransomware string) {
	if cve = strings.ToUpper(strings.TrimSpace(cve)); strings.HasPrefix(cve, "CVE-") {
		c.Entries = append(c.Entries, Entry{cve, nvd.Date(added), nvd.Date(due), strings.EqualFold(strings.TrimSpace(ransomware), "known")})
	}
}

func (c Catalog) checked() (Catalog, error) {
	if len(c.Entries) == 0 {
		return Catalog{}, fmt.Errorf("%w: no CVE id", ErrFormat)
	}
	if c.Released.IsZero() {
		for _, e := range c.Entries {
			if e.Added.After(c.Released) {
				c.Released = e.Added
			}
		}
	}
	return c, nil
}
