package http

import (
	"bytes"
	"strings"

	"ward/wire/proto"
	"ward/wire/proto/record"
)

// wantBody tells whether the start of an answer's body is worth a look.
func wantBody(req, ans message, paged bool) bool {
	if ans.encoded || req.Method == "" {
		return false
	}
	switch {
	case ans.media == "application/ipp":
		return true
	case req.path.resource == "metadata" && strings.HasSuffix(ans.media, "json"):
		return ans.Status == 200
	}
	return titleAllowed(req, ans) && !paged
}

// titleAllowed: only the entry page, asked for without any login, may give its
// title; other pages may carry a patient's name there.
func titleAllowed(req, ans message) bool {
	return req.Method == "GET" && req.path.entry && !req.auth && ans.media == "text/html"
}

// look reads the sample of a body and drops it.
func (p *parser) look(dir proto.Dir, emit proto.Emit) {
	s := &p.sides[dir]
	if !s.want {
		return
	}
	switch {
	case s.msg.media == "application/ipp":
		if m := makeModel(s.sample); m != "" {
			emit(dir, Printer{MakeModel: m})
		}
	case s.msg.paired != nil && s.msg.paired.path.resource == "metadata":
		if c, ok := capability(s.sample); ok {
			emit(dir, c)
		}
	default:
		if t := title(s.sample); t != "" {
			p.paged = true
			emit(dir, Page{Title: t})
		}
	}
	clear(s.sample)
	s.sample, s.want = nil, false
}

const (
	maxTitle = 80
	maxModel = 96
)

// title gives the text of the first title element.
func title(b []byte) string {
	i := record.IndexFold(b, "<title")
	if i < 0 {
		return ""
	}
	from := bytes.IndexByte(b[i:], '>')
	if from < 0 {
		return ""
	}
	from += i + 1
	end := record.IndexFold(b[from:], "</title")
	if end < 0 {
		return ""
	}
	return record.Text(b[from:from+end], maxTitle)
}

// makeModel finds the IPP attribute printer-make-and-model: name, length u16,
// value (RFC 8010, section 3.1.4).
func makeModel(b []byte) string {
	key := []byte("printer-make-and-model")
	i := bytes.Index(b, key)
	if i < 0 || len(b) < i+len(key)+2 {
		return ""
	}
	b = b[i+len(key):]
	n := int(b[0])<<8 | int(b[1])
	if len(b) < 2+n {
		return ""
	}
	return record.Text(b[2:2+n], maxModel)
}

// capability takes software.name, software.version and fhirVersion out of the
// start of a CapabilityStatement, which may be cut off: a search, not a parse.
func capability(b []byte) (Capability, bool) {
	if !bytes.Contains(b, []byte(`"CapabilityStatement"`)) {
		return Capability{}, false
	}
	c := Capability{FHIR: member(b, "fhirVersion")}
	if i := bytes.Index(b, []byte(`"software"`)); i >= 0 {
		part, _, _ := bytes.Cut(b[i:], []byte{'}'})
		c.Software, c.Version = member(part, "name"), member(part, "version")
	}
	return c, c != Capability{}
}

// member gives the string value of the first member with that name.
func member(b []byte, key string) string {
	i := bytes.Index(b, []byte(`"`+key+`"`))
	if i < 0 {
		return ""
	}
	b = bytes.TrimLeft(b[i+len(key)+2:], " \t\r\n:")
	if len(b) == 0 || b[0] != '"' {
		return ""
	}
	value, _, ok := bytes.Cut(b[1:], []byte{'"'})
	if !ok {
		return ""
	}
	return record.Text(value, maxModel)
}
