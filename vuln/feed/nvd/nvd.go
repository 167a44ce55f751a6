// Package nvd reads the CVE records of the US National Vulnerability Database,
// format 2.0 (pages of the API and yearly files) and the older format 1.1, one
// at a time, into Advisories with CPE configurations.
//
// It refuses single records beyond MaxRecord. A record that cannot be read is
// reported with its place and the rest is read on.
package nvd

import (
	"errors"
	"io"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"ward/vuln/advisory"
)

// Feed is the value of Advisory.Feed.
const Feed = "nvd"

// MaxRecord is the most JSON text read between two records, in bytes.
const MaxRecord = 32 << 20

var (
	ErrTooBig = errors.New("nvd: record beyond the limit")
	ErrFormat = errors.New("nvd: no list of CVE records")
)

// Record is one CVE as an Advisory, with what the database itself says about
// known exploitation.
type Record struct {
	Advisory  advisory.Advisory
	KEVAdded  time.Time // cisaExploitAdd
	KEVDue    time.Time // cisaActionDue
	Withdrawn bool      // vulnStatus Rejected
}

// Read streams the records of one file. A record that is broken goes to damaged
// with its JSON pointer; an error ends the file.
func Read(file string, r io.Reader, record func(Record), damaged func(pointer string, err error)) error {
	budget := &budgeted{r: r, left: MaxRecord}
	dec := jsontext.NewDecoder(budget, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	lists := 0
	if dec.PeekKind() != '{' {
		return ErrFormat
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != '}' {
		key, err := dec.ReadToken()
		if err != nil {
			return err
		}
		convert := converter(key.String())
		if convert == nil || dec.PeekKind() != '[' {
			err = dec.SkipValue()
		} else {
			lists++
			err = list(file, dec, budget, convert, record, damaged)
		}
		if err != nil {
			return err
		}
	}
	if lists == 0 {
		return ErrFormat
	}
	return nil
}

// converter knows the list of each format by its name.
func converter(list string) func([]byte) (Record, error) {
	switch list {
	case "vulnerabilities":
		return version20
	case "CVE_Items":
		return version11
	}
	return nil
}

func list(file string, dec *jsontext.Decoder, budget *budgeted, convert func([]byte) (Record, error),
	record func(Record), damaged func(string, error)) error {
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != ']' {
		budget.left = MaxRecord
		value, err := dec.ReadValue()
		if err != nil {
			return err
		}
		got, err := convert(value)
		if err != nil {
			damaged(string(dec.StackPointer()), err)
			continue
		}
		got.Advisory.File = file
		record(got)
	}
	_, err := dec.ReadToken()
	return err
}

// budgeted ends a file whose single record would fill the memory.
type budgeted struct {
	r    io.Reader
	left int
}

func (b *budgeted) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, ErrTooBig
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// ErrNoID says that a record has no CVE id.
var ErrNoID = errors.New("nvd: record without CVE id")

func unmarshal(data []byte, out any) error {
	return json.Unmarshal(data, out, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// Date reads the times of CVE records, which have no zone and mean UTC.
func Date(s string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02"} {
		if t, err := time.Parse(layout, strings.TrimSpace(s)); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

func newAdvisory(id, published, modified string) (advisory.Advisory, error) {
	id = strings.ToUpper(strings.TrimSpace(id))
	if id == "" {
		return advisory.Advisory{}, ErrNoID
	}
	return advisory.Advisory{ID: id, Publisher: "NVD", Feed: Feed, Released: Date(published), Revised: Date(modified),
		URL: "https://nvd.nist.gov/vuln/detail/" + id}, nil
}
