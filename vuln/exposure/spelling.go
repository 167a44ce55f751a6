package exposure

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"ward/asset/device"
)

// spelling is how a record or the wire spells one device, read once for all
// devices that are spelt the same.
type spelling struct {
	source   string // "maintenance record", "wire": whose words these are
	maker    maker
	makers   []vendorID
	model    string
	forms    map[string]uint64 // each form of a word -> bit set of the words it covers
	words    []spelt
	codes    []string // base words with digits
	release  release
	versions []release // versions that stand in the model text
	os       string
}

// spelt is one word of a device's name.
type spelt struct {
	text   string
	class  class
	makers bool // a brand that names its maker too ("Vocera"): never speaks against a product
}

// maxWords bounds the words of one device's name (one bit each).
const maxWords = 40

// identity is the text a spelling is read from; equal identities are matched once.
type identity struct {
	source, manufacturer, model, number, kind, version, os string
}

// identities lists what is said about a device: its best values first, then
// each claim of another maker, model or version, then its software products.
func (s *Speller) identities(d *device.Device) []identity {
	base := s.bestIdentity(d)
	out := []identity{base}
	for _, c := range d.Claims {
		alt := base
		switch c.Field {
		case device.FieldManufacturer:
			if c.Source.Rule == device.RuleCMMSModel && d.Manufacturer != "" && !s.lex.vendors.read(d.Manufacturer).dealer {
				continue // the record names a maker: what the model sounds like is no second one
			}
			alt.manufacturer = c.Value
		case device.FieldModel:
			alt.model = c.Value
		case device.FieldVersion:
			alt.version = c.Value
		default:
			continue
		}
		alt.source = c.Source.Rule
		out = appendIdentity(out, alt)
	}
	for _, s := range d.Software {
		if s.Name != "" && len(out) < maxIdentities {
			out = append(out, identity{source: "software", manufacturer: d.Manufacturer, model: s.Name, version: s.Version, os: d.OS})
		}
	}
	return out
}

// bestIdentity is what the device's best values say. Where the model names no
// product ("MONITOR"), the kind may, and at last the host name.
func (s *Speller) bestIdentity(d *device.Device) identity {
	base := identity{manufacturer: d.Manufacturer, model: d.Model, number: d.ModelNumber, kind: kindText(d), version: d.Version, os: d.OS}
	if s.names(d.Model + " , " + d.ModelNumber) {
		return base
	}
	if s.names(base.kind) {
		base.model = d.Model + " , " + base.kind
		return base
	}
	if host, _, _ := strings.Cut(d.Hostname, "."); s.names(host) {
		base.source, base.model = hostName, d.Model+" , "+host
	}
	return base
}

// kindText is what the record calls the device beside its model: the kind, and
// the columns that describe it without being a kind Ward knows.
func kindText(d *device.Device) string {
	text := strings.ReplaceAll(d.Kind, "_", " ")
	if len(d.Extra) == 0 {
		return text
	}
	for _, k := range slices.Sorted(maps.Keys(d.Extra)) {
		if describesRe.MatchString(k) && len(text)+len(d.Extra[k]) < maxText {
			text += " " + d.Extra[k]
		}
	}
	return strings.TrimSpace(text)
}

var describesRe = regexp.MustCompile(`(?i)type|kind|description|category|class|nomenclature|model|product|generic`)

// hostName is the source of an identity that only the host name gives.
const hostName = "the host name"

// names tells whether a text has a word that can name a product.
func (s *Speller) names(text string) bool {
	if strings.Trim(text, " ,") == "" {
		return false
	}
	for _, w := range s.spell(identity{model: text}).words {
		if w.class == brand || w.class == code && len(w.text) > 1 {
			return true
		}
	}
	return false
}

// maxIdentities bounds the spellings of one device.
const maxIdentities = 24

func appendIdentity(list []identity, x identity) []identity {
	for _, y := range list {
		if y.source = x.source; y == x {
			return list
		}
	}
	if len(list) >= maxIdentities {
		return list
	}
	return append(list, x)
}

// spell reads one identity.
func (l *lexicon) spell(id identity) *spelling {
	s := &spelling{source: id.source, maker: l.vendors.read(id.manufacturer), model: strings.TrimSpace(id.model + " " + id.number),
		forms: map[string]uint64{}, release: parseRelease(id.version), os: strings.ToLower(id.os)}
	s.makers = append(s.makers, s.maker.ids...)
	ts := tokens(fold(id.model) + " , " + fold(id.number))
	ts = l.takeVersions(s, ts)
	ts, inside := l.withoutVendors(l.normalise(ts), s.maker.ids...)
	if len(s.makers) == 0 || s.maker.dealer || s.makers[0][0] == '=' {
		s.makers = append(s.makers, inside...)
	}
	for _, t := range ts {
		s.addWord(l, t.text)
	}
	s.addForms()
	l.mark(s.words)
	s.addFree(s.maker.brands)
	s.addFree(s.maker.core)
	for _, t := range l.normalise(tokens(strings.ReplaceAll(fold(id.kind), "_", " "))) {
		s.addFree([]string{t.text})
		s.addFree(kindWords[t.text])
	}
	if s.release.empty() && len(s.versions) > 0 {
		s.release = s.versions[0]
	}
	return s
}

// kindWords are what advisories call the kinds that Ward knows by one word.
var kindWords = map[string][]string{"pet": {"petct", "petmr"}, "nuclear": {"spect", "spectct", "nm"}}

// takeVersions takes versions out of a model text: "IntelliVue MX800 Rev. M",
// "PLUM 360 SW 15.10", "Xeleris 3.1".
func (l *lexicon) takeVersions(s *spelling, ts []token) []token {
	var out []token
	for i := 0; i < len(ts); i++ {
		w := ts[i].text
		follows := i+1 < len(ts) && ts[i+1].sep != ',' && (hasDigit(ts[i+1].text) || len(ts[i+1].text) == 1)
		switch {
		case versionMark[w] && follows:
			s.versions = append(s.versions, parseRelease(ts[i+1].text))
			i++
		case isDotted(w):
			s.versions = append(s.versions, parseRelease(w))
			if strings.HasPrefix(w, "v") && !strings.Contains(w, ".") { // V500 is a model as well
				out = append(out, ts[i])
			}
		default:
			out = append(out, ts[i])
		}
	}
	return out
}

var versionMark = map[string]bool{"rev": true, "revision": true, "ver": true, "version": true, "sw": true, "software": true, "fw": true, "firmware": true, "release": true}

// addWord enters one word; "neuron2" and "ct660" are two.
func (s *spelling) addWord(l *lexicon, w string) {
	lead := leadLetters(w)
	if lead != "" && lead != w && isDigit(w[len(lead)]) && (len(lead) >= 4 || l.classOf(lead) == modality) {
		s.addWord(l, lead)
		w = w[len(lead):]
	}
	if i := digitsOf(w); i >= 3 && len(w)-i >= 2 && leadLetters(w[i:]) == w[i:] {
		s.addWord(l, w[:i]) // "5500hd"
		w = w[i:]
	}
	if len(s.words) < maxWords {
		s.words = append(s.words, spelt{w, l.classOf(w), l.vendors.brand[w]})
	}
}

// digitsOf counts the digits a word begins with.
func digitsOf(w string) int {
	i := 0
	for i < len(w) && isDigit(w[i]) {
		i++
	}
	return i
}

// addForms enters each word and the words glued with their neighbours.
func (s *spelling) addForms() {
	for i := range s.words {
		joined, bits := "", uint64(0)
		for j := i; j < len(s.words) && j < i+4; j++ {
			joined += s.words[j].text
			bits |= 1 << j
			s.add(joined, bits)
		}
		w := s.words[i].text
		if s.words[i].class == code {
			s.codes = append(s.codes, w)
		}
		if i+1 < len(s.words) && len(w) <= 4 && hasDigit(s.words[i+1].text) {
			s.codes = append(s.codes, w+s.words[i+1].text)
		}
	}
}

func (s *spelling) add(form string, bits uint64) {
	if _, ok := s.forms[form]; !ok && len(form) <= 40 {
		s.forms[form] = bits
	}
	if n := len(form) - 1; n >= 4 && isLetter(form[n]) && allDigits(form[n-4:n]) { // CNS-6201A is a CNS-6201
		s.add(form[:n], bits)
	}
}

// addFree enters words that may satisfy a name but never speak against one:
// the maker's own words and the kind.
func (s *spelling) addFree(words []string) {
	for _, w := range words {
		s.add(w, 0)
	}
}
