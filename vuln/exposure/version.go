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
