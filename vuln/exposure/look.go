package exposure

import (
	"math/bits"
	"strings"
)

// find gives the device's words that satisfy w.
func (s *spelling) find(w word, typo func(string) string) (covered uint64, ok bool, text string) {
	best := -1
	for _, a := range w.any {
		if b, hit := s.forms[a]; hit && bits.OnesCount64(b) > best {
			covered, best, text = b, bits.OnesCount64(b), a
		}
	}
	if best >= 0 {
		return covered, true, text
	}
	if b, hit := s.forms[otherNumber(w.any[0])]; hit {
		return b, true, w.any[0]
	}
	for _, r := range w.ranges {
		for _, c := range s.codes {
			if r.has(c) {
				return s.forms[c], true, c
			}
		}
	}
	if w.class == role || w.class == soft {
		for i, x := range s.words { // "configur", "electrocardiog"
			if len(x.text) >= 5 && !hasDigit(x.text) && strings.HasPrefix(w.any[0], x.text) {
				return 1 << i, true, w.any[0]
			}
		}
	}
	if w.class == brand {
		for i, x := range s.words {
			if len(w.any[0]) <= 3 && x.class == code && leadLetters(x.text) == w.any[0] && x.text != w.any[0] {
				return 0, true, w.any[0] // CX of CX50
			}
			if typo != nil && x.class == brand && typo(x.text) == w.any[0] {
				return 1 << i, true, w.any[0]
			}
		}
	}
	return 0, false, ""
}

// otherNumber turns "cabinets" into "cabinet" and back.
func otherNumber(w string) string {
	if stem, ok := strings.CutSuffix(w, "s"); ok && len(stem) >= 4 {
		return stem
	}
	return w + "s"
}

// shortened finds a word of the product that the device's name cuts off: "gem
// prem 5000". Four letters must stand, and three be missing.
func (s *spelling) shortened(w string) (covered uint64, ok bool) {
	for i, x := range s.words {
		if x.class == brand && len(x.text) >= 3 && len(w)-len(x.text) >= 3 && strings.HasPrefix(w, x.text) {
			return 1 << i, true
		}
	}
	return 0, false
}

// glued finds a word of the product that the device's name writes in one with
// its neighbour: "DaVinci", "MiSeqDx", "HomeBase".
func (s *spelling) glued(words []word, i int) (covered uint64, ok bool) {
	for _, from := range []int{i - 1, i} {
		if from < 0 || from+1 >= len(words) {
			continue
		}
		if b, hit := s.forms[words[from].any[0]+words[from+1].any[0]]; hit {
			return b, true
		}
	}
	return s.apart(words[i].parts)
}

// apart finds the pieces of "HD-OCT" wherever they stand.
func (s *spelling) apart(parts []string) (covered uint64, ok bool) {
	for _, p := range parts {
		b, hit := s.forms[p]
		if !hit || len(p) < 2 {
			return 0, false
		}
		covered |= b
	}
	return covered, len(parts) > 0
}
