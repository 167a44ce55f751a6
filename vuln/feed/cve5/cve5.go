// Package cve5 reads CVE records in JSON format 5 as the CVE Program and CISA's
// vulnrichment publish them: single records, lists, or records one after the
// other. Each becomes an Advisory with the products its numbering authority
// names; the SSVC decision points of CISA become a Threat.
package cve5

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"ward/vuln/advisory"
	"ward/vuln/feed/nvd"
)

// Feed is the value of Advisory.Feed.
const Feed = "cve5"

// MaxRecord is the largest record, in bytes.
const MaxRecord = 32 << 20

var (
	ErrTooBig = errors.New("cve5: record beyond the limit")
	ErrFormat = errors.New("cve5: not a CVE record")
)

// Record is one CVE as an Advisory with CISA's SSVC values.
type Record struct {
	Advisory  advisory.Advisory
	Threat    advisory.Threat // Exploitation, Automatable, Impact
	HasSSVC   bool
	Withdrawn bool // state REJECTED
}

// Read streams the records of one file. A broken record goes to damaged with
// its place; an error ends the file.
func Read(file string, r io.Reader, record func(Record), damaged func(pointer string, err error)) error {
	budget := &budgeted{r: r, left: MaxRecord}
	dec := jsontext.NewDecoder(budget, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	for depth := 0; ; {
		budget.left = MaxRecord
		switch dec.PeekKind() {
		case '[':
			if depth++; depth > 1 {
				return ErrFormat
			}
			if _, err := dec.ReadToken(); err != nil {
				return err
			}
		case ']':
			depth--
			if _, err := dec.ReadToken(); err != nil {
				return err
			}
		default:
			value, err := dec.ReadValue()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			got, err := Parse(value)
			if err != nil {
				damaged(string(dec.StackPointer()), err)
				continue
			}
			got.Advisory.File = file
			record(got)
		}
	}
}

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

// Parse reads one record.
func Parse(data []byte) (Record, error) {
	var d document
	err := json.Unmarshal(data, &d, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return Record{}, err
	}
	id := strings.ToUpper(strings.TrimSpace(d.Meta.ID))
	if id == "" {
		return Record{}, fmt.Errorf("%w: no cveId", ErrFormat)
	}
	a := advisory.Advisory{ID: id, Title: d.Containers.CNA.Title, Publisher: d.Meta.Assigner, Feed: Feed,
		Released: nvd.Date(d.Meta.Published), Revised: nvd.Date(d.Meta.Updated), URL: "https://www.cve.org/CVERecord?id=" + id}
	v := advisory.Vulnerability{ID: id, Title: d.Containers.CNA.Title}
	out := Record{Withdrawn: d.Meta.State == "REJECTED"}
	for i, c := range append([]container{d.Containers.CNA}, d.Containers.ADP...) {
		place := "/containers/cna"
		if i > 0 {
			place = fmt.Sprintf("/containers/adp/%d", i-1)
		}
		c.add(&a, &v, place)
		if t, ok := c.ssvc(); ok {
			out.Threat, out.HasSSVC = t, true
		}
	}
	a.Vulnerabilities = []advisory.Vulnerability{v}
	out.Advisory = a
	return out, nil
}
