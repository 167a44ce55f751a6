package http

import (
	"strings"

	"ward/wire/proto/record"
)

const maxSegments = 32

// target is what is kept of a request target: classes, never its text.
type target struct {
	class      PathClass
	entry      bool   // "/", "/index..." or "/login...": its title may be kept
	resource   string // FHIR resource type
	fhir       bool   // the path says FHIR by name
	everything bool
	dicom      bool // the path says DICOMweb by name
	level      string
	id         bool // it ends in an identifier, not in a list
	wado       bool // WADO-URI (PS3.18, section 9)
	token      bool
}

// parseTarget reads path and query; an absolute URI loses scheme and host.
func parseTarget(raw []byte) target {
	text := strings.ToLower(string(raw[:min(len(raw), maxReqLine)]))
	if i := strings.Index(text, "://"); i >= 0 && i < 8 {
		text = text[i+3:]
		if j := strings.IndexByte(text, '/'); j >= 0 {
			text = text[j:]
		} else {
			text = "/"
		}
	}
	path, query, _ := strings.Cut(text, "?")
	t := target{class: Other}
	t.wado = strings.Contains(query, "requesttype=wado")
	t.token = strings.Contains(query, "access_token=") || strings.HasPrefix(query, "token=") || strings.Contains(query, "&token=")
	t.entry = path == "/" || strings.HasPrefix(path, "/index") && !strings.Contains(path[1:], "/") || strings.HasPrefix(path, "/login") && !strings.Contains(path[1:], "/")
	segments := strings.SplitN(strings.Trim(path, "/"), "/", maxSegments)
	for _, s := range segments {
		t.segment(s)
	}
	last := segments[len(segments)-1]
	t.id = t.level != "" && last != "studies" && last != "series" && last != "instances"
	if t.class == Other && (path == "/" || t.entry && strings.HasPrefix(path, "/index")) {
		t.class = Root
	}
	return t
}

// segment reads one path segment; the first class found stays.
func (t *target) segment(s string) {
	word, _, _ := strings.Cut(s, ".")
	class := Other
	switch word {
	case "login", "logon", "signin", "auth", "login_up":
		class = LoginPage
	case "admin", "manager", "cgi-bin", "setup", "config", "console", "phpmyadmin", "manage", "system":
		class = Admin
	case "api", "rest", "graphql":
		class = API
	case "fhir", "fhir-server", "hapi-fhir-jpaserver", "baser4", "basedstu3", "baser5", "basedstu2":
		class, t.fhir = FHIRPath, true
	case "dicom-web", "dicomweb", "wado-rs", "qido-rs", "stow-rs", "wado", "dicom", "dcm4chee-arc":
		class, t.dicom = DICOMPath, true
	case "studies":
		t.level = "study"
	case "series":
		t.level = "series"
	case "instances":
		t.level = "instance"
	case "$everything":
		t.everything = true
	}
	if t.class == Other {
		t.class = class
	}
	if r, ok := resources[s]; ok && t.resource == "" {
		t.resource = r
	}
}

// class joins what path and media types say.
func class(req, ans message) PathClass {
	switch {
	case req.Method == "":
		return ""
	case req.media == "application/ipp" || ans.media == "application/ipp":
		return IPP
	case isFHIR(req, ans):
		return FHIRPath
	case isDICOMweb(req, ans):
		return DICOMPath
	case req.soap || req.media == "application/soap+xml" || ans.media == "application/soap+xml":
		return SOAP
	}
	return req.path.class
}

func isFHIR(req, ans message) bool {
	named := req.path.fhir || req.accept == "fhir" || strings.HasPrefix(req.media, "application/fhir+") || strings.HasPrefix(ans.media, "application/fhir+")
	return named && (req.path.resource != "" || req.path.fhir)
}

func isDICOMweb(req, ans message) bool {
	named := req.path.dicom || req.accept == "dicom" || strings.HasPrefix(req.media, "application/dicom") || strings.HasPrefix(ans.media, "application/dicom")
	return req.path.wado || named && req.path.level != ""
}

// verb names the DICOMweb service (PS3.18, sections 9 to 10).
func verb(req message) string {
	switch {
	case req.path.wado || req.Method == "GET" && req.path.id:
		return "WADO"
	case req.Method == "POST":
		return "STOW"
	}
	return "QIDO"
}

// mediaType gives type and subtype in lower case without parameters, empty
// where it is none.
func mediaType(value []byte) string {
	kind, _, _ := strings.Cut(record.Text(value, 64), ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	if strings.Count(kind, "/") != 1 || strings.ContainsAny(kind, " \",=") {
		return ""
	}
	main, _, _ := strings.Cut(kind, "/")
	switch main {
	case "text", "application", "image", "audio", "video", "multipart", "font", "model", "message":
		return kind
	}
	return ""
}

func acceptKind(value []byte) string {
	text := strings.ToLower(string(value[:min(len(value), 512)]))
	switch {
	case strings.Contains(text, "application/fhir+"):
		return "fhir"
	case strings.Contains(text, "application/dicom"):
		return "dicom"
	}
	return ""
}
