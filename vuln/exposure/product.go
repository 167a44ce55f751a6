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

// speaksOf tells whether a version in a name and the version branch can count
// the same thing: one bound of the branch lies in the name's version.
func (v versions) speaksOf(main versions) bool {
	for _, s := range main.spans {
		for _, r := range []release{s.low, s.high} {
			if in, _ := v.within(r); !r.empty() && in >= maybe {
				return true
			}
		}
	}
	return main.all || len(main.spans) == 0
}

// dropMajor lets a last number be missing that only repeats the version branch:
// "NeuroWorks 8: <8.5". Another number still speaks against the product.
func (n *name) dropMajor(main versions) {
	last := len(n.words) - 1
	if last < 1 || n.words[last].class != code || len(main.spans) != 1 {
		return
	}
	w := n.words[last].any[0]
	for _, r := range []release{main.spans[0].low, main.spans[0].high} {
		if allDigits(w) && len(w) <= 2 && len(r.parts) > 1 && r.label == "" && r.parts[0].word == "" && r.parts[0].num == uint64(atoi(w)) {
			n.words[last].kind = true
			return
		}
	}
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
	for _, m := range regexp.MustCompile(`(?i)\bmodel(?: number)? ([a-z]*\d[\w-]{3,})`).FindAllStringSubmatch(p.Name+" "+p.Text, -1) {
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
	for i := range e.names {
		e.names[i].dropMajor(e.main)
		if n := &e.names[i]; n.versions != nil && !strings.Contains(n.needs, "module") && !n.versions.speaksOf(e.main) {
			n.versions = nil // "QIAstat-Dx Analyzer 1.0: <1.6" counts another thing
		}
	}
}
