package http

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"strings"

	"ward/wire/proto"
	"ward/wire/proto/defaults"
	"ward/wire/proto/ntlm"
	"ward/wire/proto/record"
)

const (
	maxProduct = 120
	maxRealm   = 64
	maxAuth    = 3 << 10 // bytes of one credential that are looked at
)

// message is what is kept of a request or an answer while it is read.
type message struct {
	Method string
	Status int

	path      target
	hostName  string
	server    string
	powered   string
	agent     string
	media     string // media type without parameters
	accept    string // "fhir" or "dicom" where it is asked for
	scheme    string
	realm     string
	upgrade   string
	basic     bool // a Basic credential was sent
	isDefault bool
	auth      bool // any credential or cookie was sent
	soap      bool
	encoded   bool // Content-Encoding
	chunked   bool
	length    int64 // -1 unknown
	sent      int64 // body bytes of the request
	paired    *message
	host      *ntlm.Host
}

func (m *message) request(line []byte) {
	method, rest, _ := bytes.Cut(bytes.TrimLeft(line, "\r\n"), []byte{' '})
	m.Method = string(method)
	m.path = parseTarget(rest[:max(bytes.LastIndexByte(rest, ' '), 0)])
}

// header reads one header field. Values that are not on the keep-list are not
// looked at.
func (m *message) header(line []byte) {
	key, value, ok := bytes.Cut(line, []byte{':'})
	if !ok || len(key) > 32 {
		return
	}
	value = bytes.TrimSpace(value)
	switch strings.ToLower(string(key)) {
	case "host":
		m.hostName = record.Host(value)
	case "server":
		m.server = record.Text(value, maxProduct)
	case "x-powered-by", "x-aspnet-version", "x-generator":
		m.powered = record.Text(value, maxProduct)
	case "user-agent":
		m.agent = products(value)
	case "content-type":
		m.media = mediaType(value)
	case "accept":
		m.accept = acceptKind(value)
	case "content-length":
		if n, err := strconv.ParseUint(string(value), 10, 62); err == nil {
			m.length = int64(n)
		}
	case "transfer-encoding":
		m.chunked = bytes.Contains(bytes.ToLower(value), []byte("chunked"))
	case "content-encoding":
		m.encoded = !bytes.EqualFold(value, []byte("identity"))
	case "upgrade":
		m.upgrade = upgradeName(value)
	case "soapaction":
		m.soap = true
	case "cookie":
		m.auth = true
	case "authorization", "proxy-authorization":
		m.auth = true
		m.credential(value)
	case "www-authenticate", "proxy-authenticate":
		m.challenge(value)
	}
}

// credential reads the scheme of an Authorization value and what the value
// tells without being kept (RFC 9110, section 11.4).
func (m *message) credential(value []byte) {
	word, rest, _ := bytes.Cut(value, []byte{' '})
	m.scheme = schemeName(word)
	switch m.scheme {
	case "basic":
		m.basic = true
		if raw := decode64(rest); raw != nil {
			user, password, _ := strings.Cut(string(raw), ":")
			m.isDefault = defaults.Known(user, password)
		}
	case "ntlm", "negotiate":
		m.ntlm(rest)
	}
}

func (m *message) challenge(value []byte) {
	word, rest, _ := bytes.Cut(value, []byte{' '})
	if scheme := schemeName(word); m.scheme == "" || scheme == "basic" {
		m.scheme = scheme
	}
	if i := record.IndexFold(rest, `realm="`); i >= 0 {
		realm, _, _ := bytes.Cut(rest[i+len(`realm="`):], []byte{'"'})
		m.realm = record.Text(realm, maxRealm)
	}
	m.ntlm(rest)
}

func (m *message) ntlm(value []byte) {
	if h, ok := ntlm.Find(decode64(value), name); ok {
		m.host = &h
	}
}

func decode64(b []byte) []byte {
	b = bytes.TrimSpace(b)
	if len(b) > maxAuth {
		return nil
	}
	raw, err := base64.StdEncoding.DecodeString(string(b))
	if err != nil {
		return nil
	}
	return raw
}

// schemes that are named; others are "other".
func schemeName(word []byte) string {
	switch s := strings.ToLower(string(word[:min(len(word), maxMethod)])); s {
	case "basic", "digest", "ntlm", "negotiate", "bearer":
		return s
	}
	return "other"
}

func upgradeName(value []byte) string {
	switch s := strings.ToLower(string(value[:min(len(value), 32)])); s {
	case "websocket", "h2c":
		return s
	}
	return ""
}

// exchange reports an answer with its request.
func (p *parser) exchange(server proto.Dir, req message, ans *message, emit proto.Emit) {
	p.exchanges++
	ans.paired = &req
	if req.basic {
		login := Login{Scheme: "basic", Default: req.isDefault, Accepted: ans.Status > 0 && ans.Status < 400}
		if p.exchanges <= detailed {
			emit(server, login)
		}
	}
	if p.exchanges > detailed {
		return
	}
	e := Exchange{
		Method: req.Method, Host: req.hostName, Path: class(req, *ans), Status: ans.Status,
		Server: ans.server, PoweredBy: ans.powered, UserAgent: req.agent, ContentType: ans.media,
		AuthScheme: req.scheme, Realm: ans.realm, TokenInURL: req.path.token, Upgrade: req.upgrade,
	}
	if e.AuthScheme == "" {
		e.AuthScheme = ans.scheme
	}
	emit(server, e)
}
