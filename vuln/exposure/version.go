package exposure

import (
	"strconv"
	"strings"
	"time"
)

// maxParts bounds the components of one version.
const maxParts = 16

// release is a version cut into comparable parts. Makers number in many ways
// ("R4.1L1", "C.00.04", "VB30E", "3.0 D15", "K"), so parts are numbers and
// words in the order written.
type release struct {
	raw   string
	label string // letters glued before the first number that name a series: "d" of D15, "vb" of VB30E
	parts []part
	date  time.Time
}

// part is one number or one word; wild is an "x" that stands for any.
type part struct {
	num  uint64
	word string
	wild bool
}

func (p part) zero() bool { return p.word == "" && p.num == 0 && !p.wild }

// empty says that no version could be read.
func (r release) empty() bool { return len(r.parts) == 0 && r.date.IsZero() }

// noLabel lists letters before a number that only say "this is a version".
var noLabel = map[string]bool{"v": true, "r": true, "ver": true, "rev": true, "rel": true, "sw": true, "fw": true,
	"version": true, "release": true, "revision": true}

// suffixes are words that continue a version: builds, service packs, patches.
var suffixes = map[string]bool{"sp": true, "hf": true, "upd": true, "build": true, "patch": true, "mr": true,
	"ru": true, "fp": true, "sr": true, "bn": true, "gma": true, "rc": true, "beta": true, "alpha": true, "cu": true}

// parseRelease reads one version. It takes what it can: "SW 9.33.1.2", "Rev. C",
// "v1.2.1 build 345", "VB30E", "2024.03". Nothing readable gives an empty release.
func parseRelease(s string) release {
	text := strings.TrimSpace(fold(s))
	r := release{raw: strings.TrimSpace(s)}
	if d, ok := parseDate(text); ok {
		r.date = d
		return r
	}
	text = suffixWords.Replace(text)
	first := true
	ts := tokens(text)
	for i, t := range ts {
		if t.text == "plus" {
			continue
		}
		w := t.text
		if first {
			if (noLabel[w] || versionNoise[w]) && (i+1 < len(ts) || len(w) > 1) {
				continue
			}
			w, r.label = splitLabel(w)
			first = false
		} else if versionNoise[w] {
			continue
		}
		r.parts = appendParts(r.parts, w)
		if len(r.parts) >= maxParts {
			break
		}
	}
	if len(r.parts) == 1 && len(r.parts[0].word) > 2 {
		r.parts = nil // a lone word such as "unknown" is no version
	}
	return r
}

var suffixWords = strings.NewReplacer("service pack", "sp", "hotfix", "hf", "hot fix", "hf", "update", "upd", "bld", "build")

var versionNoise = map[string]bool{"version": true, "versions": true, "ver": true, "rev": true, "revision": true,
	"revisions": true, "release": true, "releases": true, "software": true, "firmware": true, "sw": true, "fw": true, "level": true,
	"v": true, "app": true, "lpi": true, "lrm": true, "all": true}

// splitLabel cuts the letters glued before the first number: "vm5.0" is label
// vm and 5.0; "r4.1l1" has none; "c.00" keeps c as a part because a dot follows.
func splitLabel(w string) (rest, label string) {
	lead := leadLetters(w)
	if lead == "" || len(lead) == len(w) || w[len(lead)] == '.' {
		return w, ""
	}
	if noLabel[lead] {
		return w[len(lead):], ""
	}
	return w[len(lead):], lead
}

// appendParts cuts one word into numbers and letters.
func appendParts(parts []part, w string) []part {
	for i := 0; i < len(w) && len(parts) < maxParts; {
		j := i
		switch {
		case isDigit(w[i]):
			for j < len(w) && isDigit(w[j]) {
				j++
			}
			if j < len(w) && w[j] == 'x' && strings.Trim(w[i:j], "0") == "" { // 0x: any of 00 to 09
				parts = append(parts, part{wild: true})
				j++
				break
			}
			n, _ := strconv.ParseUint(w[i:min(j, i+18)], 10, 64)
			parts = append(parts, part{num: n})
		case isLetter(w[i]):
			for j < len(w) && isLetter(w[j]) {
				j++
			}
			if strings.Trim(w[i:j], "x") == "" {
				parts = append(parts, part{wild: true})
			} else {
				parts = append(parts, part{word: w[i:j]})
			}
		default:
			j++
		}
		i = j
	}
	return parts
}

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
	if a.label != b.label && a.label != "v"+b.label && b.label != "v"+a.label && a.label != "" && b.label != "" {
		if len(a.label) == 2 && len(b.label) == 2 && a.label[0] == 'v' && b.label[0] == 'v' {
			return strings.Compare(a.label, b.label), same, true // Siemens VA < VB < VE
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

var months = map[string]time.Month{"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
	"jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12}

// parseDate reads the dates advisories limit products by: "July 1 2017",
// "May 2018", "August 28", "8/30/2024", "2025-06-25".
func parseDate(s string) (time.Time, bool) {
	for _, layout := range []string{"2006-01-02", "2006-Jan-2", "1/2/2006", "2006/01/02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	var year, day int
	var month time.Month
	for _, t := range tokens(s) {
		switch n, err := strconv.Atoi(t.text); {
		case err == nil && n >= 1990 && n < 2100 && year == 0:
			year = n
		case err == nil && n >= 1 && n <= 31 && day == 0:
			day = n
		case err == nil:
			return time.Time{}, false
		default:
			m, ok := monthOf(t.text)
			if !ok || month != 0 {
				return time.Time{}, false
			}
			month = m
		}
	}
	if month == 0 {
		return time.Time{}, false
	}
	return time.Date(max(year, 1), month, max(day, 1), 0, 0, 0, 0, time.UTC), true
}

func monthOf(w string) (time.Month, bool) {
	if len(w) < 3 {
		return 0, false
	}
	m, ok := months[w[:3]]
	return m, ok && strings.HasPrefix(strings.ToLower(m.String()), w)
}
