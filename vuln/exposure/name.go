package exposure

import (
	"maps"
	"regexp"
	"strconv"
	"strings"
)

// word is one thing a device must be called to be the product: any of these
// spellings, or a code in one of these ranges.
type word struct {
	class  class
	any    []string
	ranges []codeRange
	parts  []string // the pieces of a word glued by "-"
	kind   bool     // it also describes (data/describe.tsv): may be missing where nothing else stands in its place
}

// codeRange is "MX400-MX850" or, with a pattern, "5x0".
type codeRange struct {
	lead    string
	lo, hi  int
	pattern string // 'x' stands for one digit
}

// name is one reading of an advisory's product name: all words must be found.
type name struct {
	text     string
	words    []word
	optional map[string]bool // words of conditions and of brackets: allowed, not needed
	family   bool            // the name means a whole line: further codes are members
	alias    bool            // an abbreviation or a part number of the product
	needs    string          // a condition in words: "with SpaceCom module"
	os       string          // the operating system it holds for: "windows xp"
	versions *versions       // a version that stands in the name: "Xeleris 3.1"
	exclude  []name          // "not including LOGIQ 100 Pro"
	maker    bool            // the maker's name stands in it: "Merge PACS"
	coined   bool            // made-up words as "StatStrip" name it, that hardly two makers use
	partial  bool            // the model number the advisory gives is left out
}

// maxNames bounds the readings of one product.
const maxNames = 32

var (
	excludeRe = regexp.MustCompile(`,?\s*\b(?:not including|excluding|except for|except|other than)\b(.*)$`)
	needsRe   = regexp.MustCompile(`\s(with|used with|w/|running|using|when|where|that|which|of the|installed|integrated)\s+(.*)$`)
	osRe      = regexp.MustCompile(`\b(?:microsoft )?windows (server \d{4}(?: r2)?|xp|vista|7|8\.1|8|10|11|2000|2003|nt|ce)(?:-based|-| based)?`)
	coinedRe  = regexp.MustCompile(`\b[A-Z]*[a-z]{2,}[A-Z][a-z]{2,}`)
	// onSystemRe finds a system without its version: any device may run it.
	onSystemRe = regexp.MustCompile(`\b(?:running )?(?:on|for) (?:microsoft )?(?:windows|linux|macos|mac os|unix)\b`)
	partRe     = regexp.MustCompile(`^(?:part numbers?|part no|p/n|model numbers?|models?|ref|sku|catalog(?:ue)? numbers?)[\s.:#]*(.*)$`)
	inclRe     = regexp.MustCompile(`\((including|incl\.?)\s*`)
	batteryRe  = regexp.MustCompile(`( with)? wireless battery module`)
	releaseRe  = regexp.MustCompile(`\br\d+(-\d+)?\b`)
	siemensRe  = regexp.MustCompile(`^v[a-z]\d{2}[a-z]?$`)
	titleRe    = regexp.MustCompile(`(?i)\(update [a-z]\)|^icsma?-[\d-]+[a-z]?[ _]*|\bvulnerabilit(?:y|ies)\b|\bsecurity advisory\b`)
)

// names reads one product name. own are words of the maker's own name.
func (l *lexicon) names(text string, own []string) []name {
	s := fold(text)
	s = inclRe.ReplaceAllString(s, "($1 ")
	s = batteryRe.ReplaceAllString(s, " with wireless battery module")
	base := name{text: text, optional: map[string]bool{}}
	if m := excludeRe.FindStringSubmatchIndex(s); m != nil {
		base.family = true
		for _, part := range regexp.MustCompile(` and |,| or `).Split(s[m[2]:m[3]], -1) {
			base.exclude = append(base.exclude, l.names(releaseRe.ReplaceAllString(part, " "), own)...)
		}
		s = s[:m[0]]
	}
	if m := osRe.FindString(s); m != "" {
		base.os = strings.TrimSpace(strings.NewReplacer("-based", "", " based", "", "microsoft ", "").Replace(m))
		s = strings.Replace(s, m, " ", 1)
	}
	s = onSystemRe.ReplaceAllString(s, " ")
	s, brackets := cutBrackets(s)
	if m := needsRe.FindStringSubmatchIndex(s); m != nil && m[0] > 0 {
		base.needs = strings.TrimSpace(s[m[0]:])
		for _, t := range l.normalise(tokens(s[m[4]:m[5]])) {
			base.optional[t.text] = true
		}
		s = s[:m[0]]
	}
	base.addInitials(s)
	base.coined = coinedRe.MatchString(text)
	var out []name
	for i, seg := range l.split(s) {
		n := base
		n.fill(l, seg, own)
		if i > 0 { // "MAGNETOM Vida, Sola": a Sola may be called MAGNETOM Sola
			n.optional = maps.Clone(n.optional)
			for _, w := range out[0].words[:max(len(out[0].words)-1, 0)] {
				n.optional[w.any[0]] = true
			}
		}
		out = append(out, n)
	}
	for _, b := range brackets {
		out = l.bracket(out, b, own)
	}
	if len(out) > maxNames {
		out = out[:maxNames]
	}
	return out
}

// addInitials lets the initials of neighbouring words stand beside a name:
// "ARIA OIS" is the ARIA Oncology Information System.
func (n *name) addInitials(s string) {
	ts := tokens(s)
	for i := range ts {
		initials := ""
		for _, t := range ts[i:] {
			if !isLetter(t.text[0]) || len(initials) == maxInitials {
				break
			}
			if initials += t.text[:1]; len(initials) > 2 {
				n.optional[initials] = true
			}
		}
		if k := len(initials); k == 2 && i+2 == len(ts) {
			n.optional[initials+"s"] = true // "Eclipse TPS", the S for system
		}
	}
}

// maxInitials bounds the letters of an abbreviation.
const maxInitials = 6

// fill reads the words of one piece.
func (n *name) fill(l *lexicon, s string, own []string) {
	ts, makers := l.withoutVendors(l.normalise(tokens(s)))
	n.words, n.maker = nil, len(makers) > 0
	var given []string
	for _, w := range l.words(ts) {
		first := w.any[0]
		switch {
		case w.class == family:
			n.family = true
		case w.class == noise:
		case siemensRe.MatchString(first) && len(n.words) > 0:
		case isDotted(first):
			given = append(given, w.any...)
		case !n.repeats(w):
			w.kind = l.kind[first]
			n.words = append(n.words, w)
		}
	}
	n.softenOwn(own)
	if len(given) > 0 {
		v := parseVersions(strings.Join(given, " | "))
		n.versions = &v
	}
}

// repeats tells whether the name has this word already.
func (n *name) repeats(w word) bool {
	for _, x := range n.words {
		if x.any[0] == w.any[0] && len(w.ranges) == 0 {
			return true
		}
	}
	return false
}

// softenOwn makes the maker's own name optional unless nothing else names the product.
func (n *name) softenOwn(own []string) {
	if !n.strong(own) {
		return
	}
	for i, w := range n.words {
		if w.class == brand && contains(own, w.any[0]) {
			n.words[i].class = soft
		}
	}
}

// strong tells whether a word outside skip can decide a match.
func (n *name) strong(skip []string) bool {
	for _, w := range n.words {
		if (w.class == brand || w.class == code) && !contains(skip, w.any[0]) {
			return true
		}
	}
	return false
}

// modal tells whether the name is a kind of device: "PET/CT Systems".
func (n *name) modal() bool {
	for _, w := range n.words {
		if w.class == modality {
			return true
		}
	}
	return false
}

// isDotted tells a version in a name ("8.0.x", "v6.x") from a code ("1.5t").
func isDotted(w string) bool {
	return dottedRe.MatchString(w)
}

var dottedRe = regexp.MustCompile(`^[vr]?\d+(\.(\d+|x+))+$|^v1?\d$`)

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}
