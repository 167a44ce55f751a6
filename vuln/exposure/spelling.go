package exposure

import "strings"

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
			if i+1 < len(ts) && ts[i+1].text == "plus" { // "V4+"
				i++
				ts[i].text = w
			}
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
