package sdc

import (
	"bytes"
	"encoding/xml"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"ward/wire/proto"
)

const (
	maxDatagram = 64 << 10
	maxTokens   = 2000 // of one message
	maxDepth    = 16
	maxMatches  = 16 // endpoints of one message
	maxNames    = 64 // namespace prefixes
	maxTypes    = 16
	maxAddress  = 8
	maxText     = 64      // bytes of a name
	maxField    = 4 << 10 // bytes read of one element's text
	maxSeen     = 64      // distinct endpoints emitted per session
)

type parser struct {
	proto.Stateless
	seen []string // keys of what was emitted
}

func (p *parser) Data(dir proto.Dir, b []byte, emit proto.Emit) bool {
	for _, d := range parse(b) {
		key := d.key()
		if p.has(key) {
			continue
		}
		if len(p.seen) >= maxSeen {
			return false
		}
		p.seen = append(p.seen, key)
		emit(dir, d)
	}
	return true
}

func (p *parser) has(key string) bool {
	for _, k := range p.seen {
		if k == key {
			return true
		}
	}
	return false
}

// key tells two descriptions apart.
func (d Discovery) key() string {
	k := string(d.Message) + " " + d.Endpoint + " " + strings.Join(d.Types, ",") + " " + strconv.Itoa(int(d.MetadataVersion))
	for _, a := range d.Addresses {
		k += " " + a.Host + ":" + strconv.Itoa(int(a.Port))
	}
	return k[:min(len(k), 512)]
}

// kinds are the elements of a message body that describe an endpoint.
var kinds = map[string]Kind{
	"Hello": Hello, "Bye": Bye, "Probe": Probe, "ProbeMatch": ProbeMatch, "Resolve": Resolve, "ResolveMatch": ResolveMatch,
}

// reader walks one message.
type reader struct {
	prefixes map[string]string // namespace by prefix
	path     []string          // local names of the open elements
	at       int               // depth of the present endpoint's element, 0 outside
	present  Discovery
	text     []byte
	found    []Discovery
}

// parse reads one message within its limits. The decoder expands no entities
// but the five of XML, and reads UTF-8 only.
func parse(b []byte) []Discovery {
	if len(b) > maxDatagram {
		return nil
	}
	r := reader{prefixes: map[string]string{}}
	d := xml.NewDecoder(bytes.NewReader(b))
	for range maxTokens {
		token, err := d.Token()
		if err != nil {
			break
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(r.path) == maxDepth {
				return r.found
			}
			r.start(t)
		case xml.CharData:
			if r.at > 0 {
				r.text = append(r.text, t[:min(len(t), maxField-len(r.text))]...)
			}
		case xml.EndElement:
			r.end()
		case xml.Directive: // a document type has no place here
			return nil
		}
	}
	return r.found
}

func (r *reader) start(t xml.StartElement) {
	for _, a := range t.Attr {
		if a.Name.Space == "xmlns" && len(r.prefixes) < maxNames {
			r.prefixes[a.Name.Local] = a.Value
		}
	}
	r.path = append(r.path, t.Name.Local)
	r.text = r.text[:0]
	if kind, ok := kinds[t.Name.Local]; ok && r.at == 0 && (t.Name.Space == nsDiscovery || t.Name.Space == nsDraft) {
		r.at, r.present = len(r.path), Discovery{Message: kind}
	}
}

func (r *reader) end() {
	depth := len(r.path)
	if depth == 0 {
		return
	}
	if r.at > 0 {
		r.field(r.path[depth-1], depth-r.at)
	}
	if depth == r.at {
		if len(r.found) < maxMatches {
			r.found = append(r.found, r.present)
		}
		r.at = 0
	}
	r.path, r.text = r.path[:depth-1], r.text[:0]
}

// field takes the text of an element; depth counts from the endpoint's element.
func (r *reader) field(name string, depth int) {
	d, text := &r.present, string(r.text)
	switch {
	case name == "Address" && depth == 2 && r.path[len(r.path)-2] == "EndpointReference":
		d.Endpoint = endpoint(strings.TrimSpace(text))
	case depth != 1:
	case name == "Types":
		r.types(text)
	case name == "XAddrs":
		for _, s := range strings.Fields(text) {
			if a, ok := address(s); ok && len(d.Addresses) < maxAddress {
				d.Addresses = append(d.Addresses, a)
			}
		}
	case name == "Scopes":
		for _, s := range strings.Fields(text) {
			d.scope(s)
		}
	case name == "MetadataVersion":
		n, _ := strconv.ParseUint(strings.TrimSpace(text), 10, 32)
		d.MetadataVersion = uint32(n)
	}
}

// endpoint keeps "urn:uuid:" with a UUID, and the uuid forms of older devices.
func endpoint(s string) string {
	s = strings.ToLower(s)
	id := strings.TrimPrefix(strings.TrimPrefix(s, "urn:"), "uuid:")
	if len(id) < 32 || len(id) > 38 || strings.Trim(id, "0123456789abcdef-") != "" {
		return ""
	}
	return "urn:uuid:" + id
}

// short names the namespaces of types (by prefix of the address).
var short = []struct{ namespace, name string }{
	{"http://standards.ieee.org/downloads/11073/11073-20702", ""},
	{"http://docs.oasis-open.org/ws-dd/ns/dpws/2009/01", ""},
	{"http://schemas.xmlsoap.org/ws/2006/02/devprof", ""},
	{"http://www.onvif.org/ver10/network", "onvif"},
	{"http://www.onvif.org/ver10/device", "onvif"},
	{"http://schemas.microsoft.com/windows/2006/08/wdp/print", "print"},
	{"http://schemas.microsoft.com/windows/2006/08/wdp/scan", "scan"},
	{"http://schemas.microsoft.com/windows/pub/2005/07", "computer"},
	{nsDiscovery, "discovery"},
	{nsDraft, "discovery"},
}

// types resolves the prefixes of a list of qualified names.
func (r *reader) types(text string) {
	for _, s := range strings.Fields(text) {
		prefix, local, ok := strings.Cut(s, ":")
		if !ok {
			prefix, local = "", s
		}
		if !identifier(local) || len(r.present.Types) >= maxTypes {
			continue
		}
		space, label := r.prefixes[prefix], "other:"
		for _, n := range short {
			if strings.HasPrefix(space, n.namespace) {
				if label = n.name; label != "" {
					label += ":"
				}
				break
			}
		}
		if local == "DiscoveryProxy" {
			r.present.Proxy = true
		}
		r.present.Types = append(r.present.Types, label+local)
	}
}

func identifier(s string) bool {
	for _, c := range s {
		if c != '_' && c != '-' && c != '.' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return s != "" && len(s) <= maxText
}

// provider is the key purpose of an SDC service provider (IEEE 11073-20701).
const provider = "sdc.mds.pkp:1.2.840.10004.20701.1.1"

// scope keeps three kinds of scope; location scopes are among the dropped.
func (d *Discovery) scope(s string) {
	const onvif = "onvif://www.onvif.org/"
	switch {
	case s == provider:
		d.Provider = true
	case strings.HasPrefix(s, onvif+"hardware/"):
		d.Hardware = label(s[len(onvif+"hardware/"):])
	case strings.HasPrefix(s, onvif+"name/"):
		d.Label = label(s[len(onvif+"name/"):])
	}
}

// label decodes a scope's last part into printable text of bounded length.
func label(s string) string {
	v, err := url.PathUnescape(s)
	if err != nil || len(v) > maxText || !utf8.ValidString(v) || strings.ContainsFunc(v, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return ""
	}
	return v
}

// address reads scheme, host and port of a URL and drops all else.
func address(s string) (Address, bool) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return Address{}, false
	}
	host := u.Hostname()
	if host == "" || len(host) > maxText || strings.ContainsFunc(host, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return Address{}, false
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if u.Port() != "" && err != nil {
		return Address{}, false
	}
	return Address{u.Scheme, host, uint16(port)}, true
}
