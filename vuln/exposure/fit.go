package exposure

import (
	"fmt"
	"math/bits"
	"strings"
)

// grade is how well a device's name fits a product's name.
type grade int

const (
	noFit      grade = iota
	familyFit        // the family only: the model number is missing
	partialFit       // the product, but the device's name leaves something out
	productFit       // the product
)

// fitting is the outcome of one comparison with its reason.
type fitting struct {
	grade grade
	name  *name
	why   string
	words int // how many words agreed: the more, the more specific
}

// tally counts what agreed and what did not.
type tally struct {
	used                                                  uint64
	brands, codes, roles, soft, modal                     int // found
	noBrand, noCode, noVariant, noRole, noSoft, noModal   int // of the product, not found
	moreBrand, moreCode, moreVariant, moreRole, moreModal int // of the device, not in the product
	missing, extra                                        []string
	specific                                              bool // a code found that few products share
	firstUsed                                             bool // the device's first brand word was found
	lastBrand                                             bool // the product's last brand word, the narrowest, was found
	variants                                              int  // variant words found, counted among brands too
	lettered                                              bool // a code with letters and digits was found
	long                                                  bool // a code of three signs or more was found
	shortened                                             int  // words found by their beginning only
	hosts                                                 int  // roles of the device that say only where a program runs
	noKind                                                int  // describing words of the product, not found
	moreDigit, noDigit                                    bool // a single digit, a generation, stands on one side only
}

// fit compares one reading of a product name with a device.
func (l *lexicon) fit(n *name, s *spelling, typo func(string) string) fitting {
	for i := range n.exclude {
		if x := l.fit(&n.exclude[i], s, nil); x.grade >= partialFit {
			return fitting{name: n, why: fmt.Sprintf("the advisory leaves out %s", quote(strings.TrimSpace(n.exclude[i].text)))}
		}
	}
	t := count(n, s, typo)
	if l.rivals(n, s) {
		return fitting{name: n, why: "the device is the other kind of the same name"}
	}
	g, why := t.judge(n)
	return fitting{grade: g, name: n, why: why, words: t.brands*2 + t.codes*2 + t.roles + t.soft + t.modal}
}

// count looks every word of the product up in the device's name.
func count(n *name, s *spelling, typo func(string) string) tally {
	var t tally
	for i, w := range n.words {
		covered, ok, text := s.find(w, typo)
		if !ok {
			covered, ok = s.glued(n.words, i)
			text = w.any[0]
		}
		if !ok && (w.class == brand || w.class == variant) {
			covered, ok = s.shortened(w.any[0])
			if ok {
				t.shortened++
			}
		}
		t.used |= covered
		t.found(w, ok, text)
		if w.class == brand {
			t.lastBrand = ok
		}
		if ok && w.class == brand && bits.OnesCount64(covered) > 1 {
			t.brands++ // "CADD-Solis" is as good as two words
		}
	}
	first := true
	for i, w := range s.words {
		used := t.used&(1<<i) != 0
		if w.class == brand && first && !w.makers && !n.optional[w.text] {
			t.firstUsed, first = used, false
		}
		if !used && !w.makers && !n.optional[w.text] {
			t.more(w)
		}
	}
	return t
}

func (t *tally) found(w word, ok bool, text string) {
	hit := map[class]*int{brand: &t.brands, code: &t.codes, role: &t.roles, soft: &t.soft, modality: &t.modal, variant: &t.brands}
	miss := map[class]*int{brand: &t.noBrand, code: &t.noCode, role: &t.noRole, soft: &t.noSoft, modality: &t.noModal, variant: &t.noVariant}
	if ok {
		if w.class == variant {
			t.variants++
		}
		*hit[w.class]++
		t.long = t.long || w.class == code && len(text) >= 3
		t.lettered = t.lettered || w.class == code && hasDigit(text) && !allDigits(text)
		t.specific = t.specific || w.class == code && isSpecific(text)
		return
	}
	if w.kind && (w.class == brand || w.class == code) {
		t.noKind++
	} else {
		*miss[w.class]++
	}
	t.noDigit = t.noDigit || w.class == code && (w.any[0] == "2" || w.any[0] == "3")
	if w.class != soft {
		t.missing = append(t.missing, w.any[0])
	}
}

// isSpecific tells codes that hardly two products of one maker share.
func isSpecific(c string) bool {
	return allDigits(c) && len(c) >= 4 || !allDigits(c) && hasDigit(c) && len(c) >= 3
}

func (t *tally) more(w spelt) {
	switch w.class {
	case brand:
		t.moreBrand++
	case code:
		t.moreCode++
		t.moreDigit = t.moreDigit || len(w.text) == 1 && isDigit(w.text[0])
	case variant:
		t.moreVariant++
	case role:
		t.moreRole++
		if w.text == "server" || w.text == "workstation" || w.text == "station" {
			t.hosts++
		}
		return
	case modality:
		t.moreModal++
		return
	default:
		return
	}
	t.extra = append(t.extra, w.text)
}
