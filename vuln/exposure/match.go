package exposure

import (
	"fmt"
	"strings"
)

// hit is one product that fits one spelling.
type hit struct {
	entry    *entry
	spelling *spelling
	fitting
	maker   string // the rule that joined the makers
	verdict verdict
	version string // why
	limits  []string
}

// try compares one product with one spelling, the best reading wins.
func (m *Matcher) try(e *entry, s *spelling) hit {
	best := hit{entry: e, spelling: s}
	maker, ok := m.makers(e, s)
	if e.skip != "" || !ok {
		best.why = firstOf(e.skip, "the makers differ")
		return best
	}
	for i := range e.names {
		n := &e.names[i]
		h := hit{entry: e, spelling: s, maker: maker, fitting: m.speller.lex.fit(n, s, m.typo)}
		if h.grade == noFit {
			if best.why == "" || h.words > best.words {
				best.fitting = h.fitting
			}
			continue
		}
		h.judge(n)
		if better(h, best) {
			best = h
		}
	}
	return best
}

// makers tells whether product and device can come from one maker.
func (m *Matcher) makers(e *entry, s *spelling) (rule string, ok bool) {
	if len(s.makers) > 0 && len(e.makers) > 0 {
		rule, ok = m.speller.lex.vendors.meet(s.makers, e.makers)
		if ok {
			return rule, ok
		}
	}
	if e.says(s.maker.core) {
		return "vendor.inname", true
	}
	switch {
	case len(e.makers) == 0:
		return "", false
	case len(s.makers) > 0 && s.makers[0][0] == '=' && !s.maker.dealer:
		return "vendor.unknown", true
	case len(s.makers) > 0 && !s.maker.dealer:
		return "", false
	}
	return "vendor.unstated", true
}

// says tells whether the product's name bears a maker outside the table:
// "Epsimed MN-120" of another vendor.
func (e *entry) says(core []string) bool {
	if len(core) == 0 || len(core[0]) < 5 || weak[core[0]] {
		return false
	}
	for _, w := range wordsOf(e.product.Name) {
		if w == core[0] {
			return true
		}
	}
	return false
}

// judge applies version, operating system and conditions to a name that fits.
func (h *hit) judge(n *name) {
	s, e := h.spelling, h.entry
	h.verdict, h.version = e.main.within(s.release)
	if h.verdict == outside && e.text.readable() {
		if v, why := e.text.within(s.release); v >= maybe {
			h.verdict, h.version = maybe, why+", though the version branch reads "+quote(e.main.raw)
		}
	}
	if n.versions != nil && strings.Contains(n.needs, "module") {
		// "Spectrum v8.x Wireless Battery Modules: v17": the version branch is the module's.
		h.verdict, h.version = inside, "the version branch speaks of the module"
		h.limits = append(h.limits, "the module's version must be "+quote(e.main.raw))
	}
	if e.main.condition != "" {
		h.limits = append(h.limits, "holds only "+e.main.condition)
	}
	if n.versions != nil {
		h.inName(n)
	}
	if n.needs != "" && !s.says(n) {
		h.limits = append(h.limits, "holds only "+n.needs)
	}
	if s.source == hostName {
		h.limits = append(h.limits, "only the host name says so")
	}
	if n.partial {
		h.limits = append(h.limits, "the model number is not known")
	}
	h.checkOS(n)
	if h.maker == "vendor.unknown" {
		h.limits = append(h.limits, "the maker given is not known")
		if h.grade == familyFit || !distinct(n) && !n.coined {
			h.grade = noFit
			h.why = "the makers differ"
		}
	}
	if h.maker == "vendor.unstated" && !distinct(n) {
		h.limits = append(h.limits, "the maker is not stated")
		if !longBrand(n) {
			h.grade = noFit
		}
	}
}

// inName applies a version that stands in the product's name ("Xeleris 3.1").
func (h *hit) inName(n *name) {
	v, why := n.versions.within(h.spelling.release)
	for _, r := range h.spelling.versions {
		if x, y := n.versions.within(r); x > v || x == outside && v != inside {
			v, why = x, y
		}
	}
	if v < h.verdict && v != unknown || v == unknown && h.verdict != outside {
		h.verdict, h.version = v, why
	}
}

// says tells whether the device's name itself fulfils the condition of n.
func (s *spelling) says(n *name) bool {
	for _, w := range s.words {
		if n.optional[w.text] && (w.class == brand || w.class == code) {
			return true
		}
	}
	return false
}

// checkOS compares the operating system the product is limited to.
func (h *hit) checkOS(n *name) {
	if n.os == "" {
		return
	}
	version := strings.TrimPrefix(n.os, "windows ")
	switch os := strings.ToLower(h.spelling.os); {
	case strings.Contains(" "+os+" ", " "+version+" "):
	case os != "" && osRe.MatchString(os):
		h.verdict, h.version = outside, fmt.Sprintf("the device runs %s, the product is limited to %s", quote(os), quote(n.os))
	default:
		h.limits = append(h.limits, "holds only on "+n.os)
	}
}

// distinct tells whether a name is safe without a maker.
func distinct(n *name) bool {
	brands, codes := 0, 0
	for _, w := range n.words {
		switch {
		case w.class == brand && len(w.any[0]) >= 4:
			brands++
		case w.class == code && len(w.any[0]) >= 3:
			codes++
		}
	}
	return brands >= 2 || brands == 1 && codes > 0
}

func longBrand(n *name) bool {
	for _, w := range n.words {
		if w.class == brand && len(w.any[0]) >= 8 {
			return true
		}
	}
	return false
}

// level is how sure a hit is.
func (h *hit) level() Match {
	switch {
	case h.grade == noFit || h.verdict == outside:
		return NoMatch
	case h.grade == familyFit:
		return Possible
	case h.grade == partialFit || h.verdict != inside || len(h.limits) > 0:
		return Likely
	}
	return Confirmed
}

var levels = map[Match]int{NoMatch: 0, Possible: 1, Likely: 2, Confirmed: 3}

// better orders hits: the surer, then the one with more words in common, then
// the narrower version range.
func better(a, b hit) bool {
	if x, y := levels[a.level()], levels[b.level()]; x != y {
		return x > y
	}
	if a.grade != b.grade {
		return a.grade > b.grade
	}
	if a.words != b.words {
		return a.words > b.words
	}
	return !a.entry.main.all && b.entry.main.all
}
