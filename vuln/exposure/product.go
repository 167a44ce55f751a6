package exposure

import (
	"regexp"
	"strings"

	"ward/vuln/advisory"
)

// entry is one product of one advisory, understood.
type entry struct {
	adv     *advisory.Advisory
	product *advisory.Product
	makers  []vendorID
	names   []name
	main    versions // the version branch
	text    versions // the product text, where it says something else
	serials []string // patterns the serial number must fit, "*" and "?" wild
	cpe     cpeName
	skip    string // why no device ever matches it
	listed  bool   // some vulnerability gives it a status
}

// entries understands every product of an advisory.
func (l *lexicon) entries(a *advisory.Advisory) []entry {
	byID := make(map[string]*advisory.Product, len(a.Products))
	for i := range a.Products {
		byID[a.Products[i].ID] = &a.Products[i]
	}
	out := make([]entry, 0, len(a.Products))
	for i := range a.Products {
		p := &a.Products[i]
		if len(p.Parts) == 2 && byID[p.Parts[0]] != nil && byID[p.Parts[1]] != nil {
			out = append(out, l.related(a, p, byID[p.Parts[0]], byID[p.Parts[1]]))
			continue
		}
		out = append(out, l.entry(a, p))
	}
	listed := map[string]bool{}
	for i := range a.Vulnerabilities {
		for _, st := range a.Vulnerabilities[i].Status {
			listed[st.Product] = true
		}
	}
	for i := range a.Products {
		for _, part := range a.Products[i].Parts {
			listed[part] = true // the relationship carries the status
		}
	}
	for i := range out {
		out[i].listed = listed[out[i].product.ID]
	}
	return out
}

// entry understands one product.
func (l *lexicon) entry(a *advisory.Advisory, p *advisory.Product) entry {
	e := entry{adv: a, product: p, serials: p.Serials, cpe: readCPE(p.CPE)}
	m := l.vendors.read(p.Vendor)
	e.makers = append(e.makers, m.ids...)
	if p.Vendor == "" {
		e.makers = l.publisherMaker(a)
	}
	_, inside := l.withoutVendors(l.normalise(tokens(fold(p.Name))))
	for _, v := range inside {
		if len(e.makers) == 0 || !l.vendors.brandOnly(v, p.Name) {
			e.makers = appendNew(e.makers, v)
		}
	}
	if osProduct(p.Name, e.makers) {
		e.skip = "an operating system named as a product of a device maker names no device"
		return e
	}
	e.readNames(l, m.core)
	e.readVersions(l)
	return e
}

// publisherMaker takes the publisher as maker where the tree names none.
func (l *lexicon) publisherMaker(a *advisory.Advisory) []vendorID {
	ids, _ := l.vendors.find(wordsOf(a.Publisher))
	return ids
}

var osNameRe = regexp.MustCompile(`^(microsoft )?(windows|linux|android|ubuntu|debian|red hat|vxworks|qnx|macos|mac os)\b`)

// osProduct tells an operating system that stands among a device maker's products.
func osProduct(name string, makers []vendorID) bool {
	s := fold(name)
	if !osNameRe.MatchString(s) {
		return false
	}
	for _, m := range makers {
		if m == "microsoft" || m == "windriver" {
			return false
		}
	}
	rest := strings.TrimSpace(osRe.ReplaceAllString(s, ""))
	return rest == "" || len(strings.Fields(rest)) <= 2
}

// readNames reads the product name, its repaired forms, its model numbers.
func (e *entry) readNames(l *lexicon, own []string) {
	p := e.product
	texts := []string{p.Name}
	for _, m := range e.makers {
		if r := l.repair[string(m)+"\t"+fold(p.Name)]; r != nil {
			texts = r
		}
	}
	if texts[0] == "-" {
		e.skip = "the name " + quote(p.Name) + " is a slip of the document, not a product"
		return
	}
	for _, t := range texts {
		if bare := orderNumberRe.ReplaceAllString(t, " "); bare != t && l.standsAlone(fold(bare)) {
			t = bare
		}
		e.names = append(e.names, l.names(t, own)...)
	}
	if !e.anyStrong() {
		e.fromTitle(l, own)
	}
	for _, code := range append(append([]string(nil), p.Models...), p.SKUs...) {
		if ws := l.words(tokens(fold(code))); len(ws) == 1 && len(code) >= 3 && !strings.ContainsAny(code, "*?") {
			ws[0].class = class(1)
			e.names = append(e.names, name{text: code, words: ws, alias: true})
		}
	}
	for _, m := range regexp.MustCompile(`(?i)\bmodel(?: number)? ([a-z]*\d[\w-]{3,})`).FindAllStringSubmatch(p.Name, -1) {
		if ws := l.words(tokens(fold(m[1]))); len(ws) == 1 && ws[0].class == code {
			e.names = append(e.names, name{text: m[1], words: ws, alias: true})
		}
	}
}

// orderNumberRe finds an order number beside a name that says enough without it.
var orderNumberRe = regexp.MustCompile(`(?i)\bmodel(?: number)? (\d{5,}|\d[a-z\d-]{6,})\b`)

func (e *entry) anyStrong() bool {
	for i := range e.names {
		if e.names[i].strong(nil) || e.names[i].modal() {
			return true
		}
	}
	return false
}

// fromTitle helps out where a product is called "Version" or "DICOM Viewer":
// the advisory's title says of what.
func (e *entry) fromTitle(l *lexicon, own []string) {
	title := titleRe.ReplaceAllString(e.adv.Title, " ")
	if i := strings.LastIndexByte(title, '_'); i >= 0 {
		title = title[i+1:]
	}
	for _, n := range l.names(title, own) {
		if n.strong(nil) {
			e.names = append(e.names, n)
		}
	}
}

// readVersions reads the version texts. A "version" that is really a list of
// models ("24950 | 24952", "Accu-Chek Inform II") becomes part of the names.
func (e *entry) readVersions(l *lexicon) {
	if phrases := l.modelPhrases(e.product); len(phrases) > 0 {
		e.addModels(l, phrases)
		return
	}
	e.main, e.text = versionsOf(e.product)
}

// addModels makes names of the models that stand in the version branch.
func (e *entry) addModels(l *lexicon, phrases []string) {
	e.main = versions{all: true, raw: e.product.Version}
	bare := e.names
	e.names = nil
	for _, ph := range phrases {
		for _, n := range l.names(regexp.MustCompile(` w/.*$`).ReplaceAllString(fold(ph), ""), nil) {
			if n.versions != nil && n.versions.readable() {
				e.main = *n.versions
				e.main.raw = e.product.Version
				n.versions = nil
			}
			for _, b := range bare {
				joined := b
				joined.words = append(append([]word(nil), b.words...), n.words...)
				e.names = append(e.names, joined)
			}
			if n.standalone() {
				e.names = append(e.names, n.longOnly()...)
				e.names = append(e.names, n)
			}
			if len(e.names) > maxNames {
				return
			}
		}
	}
	for _, b := range bare {
		if b.strong(nil) {
			b.partial = true
			e.names = append(e.names, b)
		}
	}
}

// standalone tells whether a model phrase names a product without the product name.
func (n *name) standalone() bool {
	for _, w := range n.words {
		if w.class == brand && len(w.any[0]) >= 4 || w.class == code && isSpecific(w.any[0]) {
			return true
		}
	}
	return false
}

// longOnly gives the catalogue number of a phrase alone: 882471 of "882471 Gemini TF 64".
func (n *name) longOnly() []name {
	for _, w := range n.words {
		if len(n.words) > 1 && w.class == code && len(w.any[0]) >= 5 {
			rest := *n
			rest.words = nil
			for _, x := range n.words {
				if x.any[0] != w.any[0] {
					rest.words = append(rest.words, x)
				}
			}
			out := []name{{text: n.text, words: []word{w}, alias: true}}
			if rest.strong(nil) {
				out = append(out, rest)
			}
			return out
		}
	}
	return nil
}

var modelCodeRe = regexp.MustCompile(`^(\d{3,6}[a-z]{0,4}\d?|[a-z]{2,4}\d{3,}[a-z]*)$`)

// modelPhrases gives the models that stand where a version should, nil if the
// version text speaks of versions.
func (l *lexicon) modelPhrases(p *advisory.Product) []string {
	v := fold(p.Version)
	if p.Range || v == "" || strings.HasPrefix(v, "vers:") || notModels.MatchString(v) {
		return nil
	}
	models := false
	var out []string
	for _, ph := range regexp.MustCompile(`\||,|;| and |/`).Split(v, -1) {
		if ph = strings.TrimSpace(ph); ph == "" {
			continue
		}
		out = append(out, ph)
		models = models || l.modelLike(ph, p)
	}
	if !models {
		return nil
	}
	return out
}

var notModels = regexp.MustCompile(`windows|firmware|version|running|shipped|release|build|prior|below|earlier|later|rev\b|[<>]|^with |^\*`)

// modelLike tells a model ("24950", "cobas h 232", "MMT-512") from a version.
func (l *lexicon) modelLike(ph string, p *advisory.Product) bool {
	if pairRe.MatchString(ph) {
		return false
	}
	ts := l.join(tokens(ph))
	if len(ts) == 0 || isDotted(ts[0].text) && len(ts) == 1 {
		return false
	}
	for _, t := range ts {
		w := t.text
		switch {
		case strings.Contains(w, "."):
		case modelCodeRe.MatchString(w) && !suffixes[leadLetters(w)] && !isYear(w) && (len(w) >= 4 || strings.Contains(p.Version, "|")):
			return true
		case l.classOf(w) == brand && len(w) >= 3 && !hasDigit(w) && !suffixes[w]:
			return true
		}
	}
	return false
}

var pairRe = regexp.MustCompile(`^\d{1,2}(-\d{1,3})+$`) // 01-03 is a release

func isYear(w string) bool { return len(w) == 4 && allDigits(w) && (w[:2] == "19" || w[:2] == "20") }
