// Package http follows HTTP/1 (RFC 9112) in both directions and turns the first
// exchanges of a session into facts about the two machines: products, host,
// authentication, and what medical interface is spoken (FHIR, DICOMweb, SOAP,
// IPP). Bodies are skipped. It refuses to keep a path, a query, a cookie, a
// credential or a body: any of them may name a patient.
package http

import (
	"bytes"

	"ward/wire/proto"
	"ward/wire/proto/ntlm"
	"ward/wire/proto/record"
)

const name = "http"

// Codec recognises HTTP/1 by a request line and a status line.
var Codec = proto.Codec{
	Name:   name,
	Stream: match,
	New:    func() proto.Parser { return &parser{} },
	Facts:  []proto.Fact{Exchange{}, Login{}, Page{}, FHIR{}, Capability{}, DICOMweb{}, Printer{}, Totals{}, ntlm.Host{}},
}

// Codec2 recognises the cleartext preface of HTTP/2 (RFC 9113, section 3.4).
var Codec2 = proto.Codec{
	Name:   "http2",
	Stream: match2,
	New:    func() proto.Parser { return preface{} },
	Facts:  []proto.Fact{Preface{}},
}

// PathClass says what kind of page was asked for; the path itself is never kept.
type PathClass string

// The classes. IPP and SOAP come from the media type, the others from the path.
const (
	Root      PathClass = "/"
	LoginPage PathClass = "login"
	Admin     PathClass = "admin"
	API       PathClass = "api"
	FHIRPath  PathClass = "fhir"
	DICOMPath PathClass = "dicomweb"
	SOAP      PathClass = "soap"
	IPP       PathClass = "ipp"
	Other     PathClass = "other"
)

// Exchange is one request and its answer. The fact's direction is the side that
// answered; Host and UserAgent are what the other side sent.
type Exchange struct {
	Method      string    `json:"method,omitempty" keep:"method from our list"`
	Host        string    `json:"host,omitempty" keep:"host name of the server"`
	Path        PathClass `json:"path,omitempty" keep:"class from our list"`
	Status      int       `json:"status,omitempty"`
	Server      string    `json:"server,omitempty" keep:"product of the server"`
	PoweredBy   string    `json:"powered_by,omitempty" keep:"product of the server"`
	UserAgent   string    `json:"user_agent,omitempty" keep:"product tokens of the client"`
	ContentType string    `json:"content_type,omitempty" keep:"media type of the answer"`
	AuthScheme  string    `json:"auth_scheme,omitempty" keep:"scheme name from our list"`
	Realm       string    `json:"realm,omitempty" keep:"realm that the device names"`
	TokenInURL  bool      `json:"token_in_url,omitempty"`
	Upgrade     string    `json:"upgrade,omitempty" keep:"protocol name from our list"`
}

// Login is a credential seen in clear: that it was sent, never what it was.
type Login struct {
	Scheme   string `json:"scheme" keep:"scheme name from our list"`
	Default  bool   `json:"default"`            // a shipped default pair
	Accepted bool   `json:"accepted,omitempty"` // the answer was no refusal
}

// Page is the title of a device's own entry page.
type Page struct {
	Title string `json:"title" keep:"title of the entry or login page, seen without login"`
}

// FHIR counts the requests of one kind (HL7 FHIR REST API).
type FHIR struct {
	Method   string `json:"method" keep:"method from our list"`
	Resource string `json:"resource" keep:"resource type from the FHIR list"`
	Status   int    `json:"status,omitempty"`
	Count    int    `json:"count"`
	// Everything: the operation that exports a whole patient record was used.
	Everything bool `json:"everything,omitempty"`
}

// Capability is what a FHIR server says of itself in its CapabilityStatement.
type Capability struct {
	Software string `json:"software,omitempty" keep:"product name"`
	Version  string `json:"version,omitempty" keep:"product version"`
	FHIR     string `json:"fhir_version,omitempty" keep:"standard version"`
}

// DICOMweb counts the requests of one kind (DICOM PS3.18).
type DICOMweb struct {
	Verb   string `json:"verb" keep:"QIDO, WADO or STOW"`
	Level  string `json:"level,omitempty" keep:"study, series or instance"`
	Status int    `json:"status,omitempty"`
	Count  int    `json:"count"`
	Bytes  int64  `json:"bytes"` // of the bodies, both directions
}

// Printer is what an IPP printer says of itself (RFC 8011, section 5.4.9).
type Printer struct {
	MakeModel string `json:"make_model" keep:"printer model"`
}

// Totals counts what was not reported exchange by exchange.
type Totals struct {
	Exchanges int `json:"exchanges"`
}

// Preface says that HTTP/2 was spoken without TLS.
type Preface struct {
	Cleartext bool `json:"cleartext"`
}

func (Exchange) Service() string   { return name }
func (Login) Service() string      { return name }
func (Page) Service() string       { return name }
func (FHIR) Service() string       { return name }
func (Capability) Service() string { return name }
func (DICOMweb) Service() string   { return name }
func (Printer) Service() string    { return name }
func (Totals) Service() string     { return name }
func (Preface) Service() string    { return "http2" }

// match wants a request line from one side and a status line from the other; a
// capture that began in the middle may have the sides swapped.
func match(orig, resp []byte, _ proto.Ports) proto.Match {
	straight := record.Both(matchRequest(orig), matchStatus(resp))
	if straight != proto.No {
		return straight
	}
	return record.Both(matchStatus(orig), matchRequest(resp))
}

const (
	maxMethod  = 17 // UPDATEREDIRECTREF is the longest registered one
	maxReqLine = 4 << 10
)

func matchRequest(b []byte) proto.Match {
	if len(b) == 0 {
		return proto.Maybe
	}
	b = bytes.TrimLeft(b, "\r\n")
	i := bytes.IndexByte(b, ' ')
	if i < 0 {
		return isPrefix(b)
	}
	known := methods[string(b[:min(i, maxMethod)])]
	if !known && !capitals(b[:i]) {
		return proto.No
	}
	end := bytes.IndexByte(b, '\n')
	if end < 0 {
		switch {
		case !known:
			return proto.No // an extension's method needs the whole line
		case len(b) >= maxReqLine:
			return proto.Yes // the target is very long
		}
		return proto.Maybe
	}
	line := bytes.TrimSuffix(b[:end], []byte("\r"))
	if j := bytes.LastIndexByte(line, ' '); !known && j <= i || !bytes.HasPrefix(line[j+1:], []byte("HTTP/1.")) {
		return proto.No
	}
	return proto.Yes
}

// capitals tells a method of an extension: capital letters and hyphens.
func capitals(b []byte) bool {
	for _, c := range b {
		if (c < 'A' || c > 'Z') && c != '-' {
			return false
		}
	}
	return len(b) > 0 && len(b) <= maxMethod
}

// isPrefix tells whether b may become a method.
func isPrefix(b []byte) proto.Match {
	for m := range methods {
		if len(b) <= len(m) && m[:len(b)] == string(b) {
			return proto.Maybe
		}
	}
	return proto.No
}

var statusStart = []byte("HTTP/1.")

func matchStatus(b []byte) proto.Match {
	if len(b) < len(statusStart)+5 {
		if bytes.HasPrefix(statusStart, b[:min(len(b), len(statusStart))]) {
			return proto.Maybe
		}
		return proto.No
	}
	s := b[len(statusStart):]
	if !bytes.HasPrefix(b, statusStart) || s[1] != ' ' || s[2] < '1' || s[2] > '5' {
		return proto.No
	}
	return proto.Yes
}

// methods: RFC 9110, WebDAV (RFC 4918) and UPnP.
var methods = map[string]bool{
	"GET": true, "HEAD": true, "POST": true, "PUT": true, "DELETE": true, "CONNECT": true, "OPTIONS": true, "TRACE": true,
	"PATCH": true, "PROPFIND": true, "PROPPATCH": true, "MKCOL": true, "COPY": true, "MOVE": true, "LOCK": true,
	"UNLOCK": true, "REPORT": true, "SEARCH": true, "SUBSCRIBE": true, "UNSUBSCRIBE": true, "NOTIFY": true,
	"M-POST": true, "RPC_IN_DATA": true, "RPC_OUT_DATA": true,
}

const prefaceText = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// match2 wants the preface from the client and a SETTINGS frame (type 4, stream
// 0) from the server.
func match2(orig, resp []byte, _ proto.Ports) proto.Match {
	n := min(len(orig), len(prefaceText))
	if n == 0 || string(orig[:n]) != prefaceText[:n] {
		return proto.No
	}
	server := proto.Maybe
	if len(resp) >= 9 {
		server = proto.No
		if resp[3] == 4 && bytes.Equal(resp[5:9], []byte{0, 0, 0, 0}) {
			server = proto.Yes
		}
	}
	if n < len(prefaceText) {
		return record.Both(proto.Maybe, server)
	}
	return record.Both(proto.Yes, server)
}

// preface reports once and reads nothing more: header compression hides the rest.
type preface struct{ proto.Stateless }

func (preface) Data(dir proto.Dir, _ []byte, emit proto.Emit) bool {
	emit(dir.Other(), Preface{Cleartext: true})
	return false
}
