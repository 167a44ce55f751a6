package exposure

import (
	"strings"
)

// depth tells how the written precision of two versions differs.
type depth int

const (
	same    depth = iota
	deeper        // the first has further parts: 9.33.1 against 9.33
	shorter       // the first has fewer parts: 9 against 9.33
	// lettersMore: the longer one adds letters to the same numbers: 4.1L1 against 4.1
	lettersMore
)

// compare orders two releases. ok is false where their schemes differ
// ("L81" against "U61", a date against a number).
func compare(a, b release) (c int, d depth, ok bool) {
	if !a.date.IsZero() || !b.date.IsZero() {
		if a.date.IsZero() || b.date.IsZero() {
			return 0, same, false
		}
		return a.date.Compare(b.date), same, true
	}
	if (a.label == "") != (b.label == "") && !oneScheme(a, b) {
		return 0, same, false // "D15" and "3.0"
	}
	if a.label != b.label && a.label != "v"+b.label && b.label != "v"+a.label && a.label != "" && b.label != "" {
		if len(a.label) == 2 && len(b.label) == 2 && siemensLabel(a.label) && siemensLabel(b.label) {
			return strings.Compare(a.label, b.label), same, true // Siemens VA < VB < VE < XA
		}
		return 0, same, false
	}
	pa, pb := a.parts, b.parts
	for i := 0; i < len(pa) && i < len(pb); i++ {
		if pa[i].wild || pb[i].wild {
			return 0, same, true
		}
		if pa[i] == pb[i] {
			continue
		}
		return comparePart(pa[i], pb[i])
	}
	return compareRest(pa, pb)
}

func siemensLabel(s string) bool { return s[0] == 'v' || s[0] == 'x' }

// oneScheme tells whether a labelled and a bare release can be one counting:
// the label may simply be left out ("U061" and "61"), but not where the one is
// dotted and the other a single number.
func oneScheme(a, b release) bool { return (len(a.parts) > 1) == (len(b.parts) > 1) }

// comparePart orders two unequal parts at the same place.
func comparePart(a, b part) (int, depth, bool) {
	switch {
	case a.word == "" && b.word == "":
		if a.num < b.num {
			return -1, same, true
		}
		return 1, same, true
	case a.word != "" && b.word != "":
		if len(a.word) != len(b.word) || len(a.word) > 1 && !strings.HasPrefix(a.word, "v") {
			return 0, same, false
		}
		return strings.Compare(a.word, b.word), same, true
	case suffixes[a.word]:
		return -1, same, true // 1.2 build 5 against 1.2.3
	case suffixes[b.word]:
		return 1, same, true
	}
	return 0, same, false
}

// compareRest decides where one release is a prefix of the other.
func compareRest(pa, pb []part) (int, depth, bool) {
	switch {
	case len(pa) > len(pb):
		c, d := restOf(pa[len(pb):])
		if d == shorter {
			d = deeper
		}
		return c, d, true
	case len(pb) > len(pa):
		c, d := restOf(pb[len(pa):])
		return -c, d, true
	}
	return 0, same, true
}

// restOf tells what further parts add: nothing (zeros, a build), a higher
// release that a shorter spelling leaves open, or a suffix that is simply more.
func restOf(rest []part) (int, depth) {
	for _, p := range rest {
		switch {
		case p.zero():
			continue
		case p.wild || p.word == "build":
			return 0, same
		case p.word == "beta" || p.word == "rc" || p.word == "alpha":
			return -1, same
		case suffixes[p.word]:
			return 1, same
		case p.word != "":
			return 1, lettersMore
		}
		return 1, shorter
	}
	return 0, same
}
