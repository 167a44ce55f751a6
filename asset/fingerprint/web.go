package fingerprint

import (
	"strings"

	"ward/asset/device"
	"ward/wire/proto/http"
	"ward/wire/proto/tls"
)

// exchange reads the products that both sides of HTTP name.
func (r *Reader) exchange(f http.Exchange) {
	server, client := r.from(), r.to()
	r.products(server, f.Server, "http.server", device.Strong)
	r.products(server, f.PoweredBy, "http.powered_by", device.Strong)
	if f.Realm != "" {
		r.text(server, pageTitle, f.Realm)
		r.text(server, modelText, f.Realm)
	}
	if f.UserAgent != "" && !r.text(client, userAgent, f.UserAgent) {
		r.agent(client, f.UserAgent)
	}
}

// agent reads the comment of a user agent. A program writes there what it likes,
// so it never weighs more than medium.
func (r *Reader) agent(at device.Subject, text string) {
	from := len(r.o.Claims)
	r.text(at, systemText, text)
	for i := from; i < len(r.o.Claims); i++ {
		c := &r.o.Claims[i].Claim
		c.Confidence, c.Source.Rule = min(c.Confidence, device.Medium), "http.agent"
	}
}

// maxTokens is how many product tokens of one text are read.
const maxTokens = 8

// products reads "name/version (comment) name/version" (RFC 9110 section 10.2.4).
// Tokens that no row knows still name a product, if they carry a version.
func (r *Reader) products(at device.Subject, text, rule string, weight float64) {
	if text == "" {
		return
	}
	if strings.IndexByte(text, '(') >= 0 || strings.Contains(text, "Linux") || strings.Contains(text, "Win") {
		r.text(at, systemText, text)
	}
	first := r.text(at, productToken, text) // rows of several words are found in the whole text
	for n := 0; text != "" && n < maxTokens; n++ {
		var token string
		token, text = nextToken(text)
		if n == 0 && first || token == "" || r.text(at, productToken, token) {
			continue
		}
		if name, ver, ok := strings.Cut(token, "/"); ok && version(ver) != "" && len(name) > 1 {
			r.software(at, name, version(ver), rule, weight/2, "product token")
		}
	}
}

// nextToken cuts the first token off; a comment gives an empty one.
func nextToken(text string) (token, rest string) {
	text = strings.TrimLeft(text, " ,;")
	if strings.HasPrefix(text, "(") {
		_, rest, _ = strings.Cut(text, ")")
		return "", rest
	}
	if end := strings.IndexAny(text, " ,;"); end >= 0 {
		return text[:end], text[end:]
	}
	return text, ""
}

// certificate reads the names in a server's certificate (RFC 5280). A maker's own
// authority signs its devices; a public one says nothing.
func (r *Reader) certificate(f tls.Certificate) {
	at := r.from()
	if f.SelfSigned || f.Chain <= 1 {
		r.text(at, certificateName, f.IssuerOrg)
	}
	if !r.text(at, certificateName, f.Organization) {
		r.text(at, certificateName, f.Subject)
	}
	r.text(at, modelText, f.Subject)
	r.claim(at, device.FieldSerial, f.Serial, "tls.serial", device.Strong, "serialNumber in the certificate's subject")
	if hostLike(f.Subject) {
		r.claim(at, device.FieldHostname, f.Subject, "tls.subject", device.Weak, "common name of the certificate")
	}
}

// hostLike wants letters, digits, dots and dashes, and no wildcard.
func hostLike(s string) bool {
	for i := range len(s) {
		if c := s[i]; !digit(c) && !(c|32 >= 'a' && c|32 <= 'z') && c != '.' && c != '-' {
			return false
		}
	}
	return s != "" && strings.Trim(s, "0123456789.") != ""
}

func (r *Reader) printer(f http.Printer) {
	r.claim(r.from(), device.FieldKind, "printer", "ipp.model", device.Strong, "IPP attribute printer-make-and-model")
	r.claim(r.from(), device.FieldModel, f.MakeModel, "ipp.model", device.Strong, "IPP attribute printer-make-and-model")
	r.text(r.from(), modelText, f.MakeModel)
}
