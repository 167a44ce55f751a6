package feed

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	document "ward/spec/csaf"
	"ward/vuln/advisory"
	"ward/vuln/feed/csaf"
	"ward/vuln/feed/cve5"
	"ward/vuln/feed/epss"
	"ward/vuln/feed/kev"
	"ward/vuln/feed/nvd"
)

// content reads one unpacked file by its kind.
func (o *opener) content(name string, in *bufio.Reader) error {
	in = bufio.NewReaderSize(in, peek)
	start, err := in.Peek(peek)
	if len(start) == 0 && err != nil && !errors.Is(err, io.EOF) {
		return err // a file that ends too early is read as far as it goes
	}
	switch Recognise(start) {
	case CSAF:
		return o.csaf(name, in)
	case NVD:
		return o.nvd(name, in)
	case CVE5:
		return o.cve5(name, in)
	case KEV:
		return o.kev(name, in)
	case EPSS:
		return o.epss(name, in)
	}
	o.set.Unknown = append(o.set.Unknown, name)
	return nil
}

// whole reads a file that is parsed in one piece.
func whole(in io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("larger than %d MB", limit>>20)
	}
	return data, err
}

// outer is the file on disk of a file inside an archive.
func outer(name string) string {
	file, _, _ := strings.Cut(name, "!")
	return file
}

func (o *opener) csaf(name string, in io.Reader) error {
	data, err := whole(in, document.MaxBytes)
	if err != nil {
		return err
	}
	doc, err := document.Parse(name, data)
	if err != nil {
		var at *document.Error
		if errors.As(err, &at) {
			o.warn(name, at.Pointer, at.Err.Error())
			return nil
		}
		return err
	}
	for _, p := range doc.Problems {
		o.warn(name, p.Pointer, p.Text+"; left out")
	}
	a := csaf.Convert(name, doc)
	for i, v := range doc.Vulnerabilities {
		if t, ok := csaf.Threat(v); ok {
			o.set.Threats.addSSVC(a.Vulnerabilities[i].ID, t, name)
		}
	}
	g := o.join(CSAF, "CSAF "+a.Publisher, outer(name))
	g.newest(a.Revised)
	o.addDocument(a, g)
	return nil
}

// addDocument keeps the newest revision of each document.
func (o *opener) addDocument(a advisory.Advisory, g *group) {
	key := strings.ToLower(a.Publisher + "\x00" + a.ID)
	at, again := o.documents[key]
	if !again || a.ID == "" {
		o.documents[key] = len(o.set.Advisories)
		o.set.Advisories = append(o.set.Advisories, a)
		g.Records++
		return
	}
	have := &o.set.Advisories[at]
	kept, left := have.File, a.File
	if newer(a, *have) {
		kept, left = left, kept
		*have = a
	}
	o.warn(left, "/document/tracking/id", "the same document as "+kept+", which is the newer revision of "+a.ID+"; left out")
}

// newer compares revisions: by number, then by date.
func newer(a, b advisory.Advisory) bool {
	if !a.Revised.Equal(b.Revised) {
		return a.Revised.After(b.Revised)
	}
	return compareRevision(a.Revision, b.Revision) > 0
}

// compareRevision compares numbers and semantic versions part by part.
func compareRevision(a, b string) int {
	for a != "" || b != "" {
		var x, y string
		x, a, _ = strings.Cut(a, ".")
		y, b, _ = strings.Cut(b, ".")
		x, y = strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
		if len(x) != len(y) {
			return len(x) - len(y)
		}
		if c := strings.Compare(x, y); c != 0 {
			return c
		}
	}
	return 0
}

func (o *opener) nvd(name string, in io.Reader) error {
	g := o.join(NVD, "NVD", outer(name))
	return nvd.Read(name, in, func(r nvd.Record) {
		g.Records++
		g.newest(r.Advisory.Revised)
		if !r.KEVAdded.IsZero() {
			o.set.Threats.addKEV(kev.Entry{CVE: r.Advisory.ID, Added: r.KEVAdded, Due: r.KEVDue}, name)
		}
		if o.options.Record != nil && !r.Withdrawn {
			o.options.Record(r.Advisory)
		}
	}, func(pointer string, err error) { o.warn(name, pointer, err.Error()) })
}

func (o *opener) cve5(name string, in io.Reader) error {
	g := o.join(CVE5, "CVE records", outer(name))
	return cve5.Read(name, in, func(r cve5.Record) {
		g.Records++
		g.newest(r.Advisory.Revised)
		if r.HasSSVC {
			o.set.Threats.addSSVC(r.Advisory.ID, r.Threat, name)
		}
		if o.options.Record != nil && !r.Withdrawn {
			o.options.Record(r.Advisory)
		}
	}, func(pointer string, err error) { o.warn(name, pointer, err.Error()) })
}

func (o *opener) kev(name string, in io.Reader) error {
	data, err := whole(in, kev.MaxBytes)
	if err != nil {
		return err
	}
	catalog, err := kev.Parse(data)
	if err != nil {
		return err
	}
	g := o.join(KEV, "KEV "+name, outer(name))
	g.newest(catalog.Released)
	g.Records += len(catalog.Entries)
	for _, e := range catalog.Entries {
		o.set.Threats.addKEV(e, name)
	}
	return nil
}

func (o *opener) epss(name string, in io.Reader) error {
	g := o.join(EPSS, "EPSS "+name, outer(name))
	source := o.set.Threats.newEPSS(name)
	head, err := epss.Read(in, func(r epss.Row) { o.set.Threats.addEPSS(source, r) })
	o.set.Threats.dateEPSS(source, head.Date)
	g.newest(head.Date)
	g.Records += head.Rows
	if head.Bad > 0 {
		o.warn(name, "", fmt.Sprintf("%d rows could not be read", head.Bad))
	}
	return err
}
