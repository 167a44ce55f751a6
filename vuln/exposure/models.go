package exposure

import (
	"regexp"
	"strings"
	"ward/vuln/advisory"
)

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

var notModels = regexp.MustCompile(`windows|firmware|version|running|shipped|release|build|prior|below|earlier|later|rev\b|\d to v?\d|\d\.\d+\.\d+-[a-z]|[<>]|^with |^\*`)

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
