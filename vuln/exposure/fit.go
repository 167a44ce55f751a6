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
	if w.kind && w.class == brand {
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

// judge decides. The rules stand in the order of docs/reference/csaf-matching.md.
func (t *tally) judge(n *name) (grade, string) {
	missing, extra := strings.Join(t.missing, ", "), strings.Join(t.extra, ", ")
	if t.moreBrand+t.moreCode+t.moreVariant > 0 || t.brands+t.codes == 0 {
		t.noBrand += t.noKind // "Vscan Extend" is no "Vscan Air"
	} else {
		t.noSoft += t.noKind
	}
	switch {
	case t.shortened > 0 && t.brands+t.codes <= t.shortened:
		return noFit, "only the beginning of a word agrees"
	case t.brands+t.codes+t.noBrand+t.noCode+t.noVariant == 0:
		return t.judgePlain(n)
	case t.noVariant > 0:
		return noFit, "the product is the variant " + quote(missing)
	case n.partial && t.moreCode+t.moreBrand+t.moreVariant > 0:
		return noFit, "the device is another model: " + quote(extra)
	case t.moreVariant > 0 && !n.family:
		return noFit, "the device is another variant: " + quote(extra)
	case t.noCode > 0 && (t.moreCode > 0 || t.moreBrand > 0):
		return noFit, fmt.Sprintf("the device's %s is not %s", quote(extra), quote(missing))
	case t.moreDigit && (t.codes > 0 || t.variants > 0):
		return noFit, "the device is another generation: " + quote(extra)
	case t.noDigit:
		return noFit, "the device's name leaves out the generation " + quote(missing)
	case t.noCode > 0 && t.specific:
		return partialFit, "one model code agrees, the device's name leaves out " + quote(missing)
	case t.noCode > 0 && t.noBrand == 0 && t.brands > 0 && (t.noRole == 0 || t.moreRole == 0):
		return familyFit, "the device's name leaves out " + quote(missing)
	case t.noCode > 0:
		return noFit, "the device's name leaves out " + quote(missing)
	case t.noBrand == 0:
		return t.judgeBrands(n, extra)
	case t.codes > 0 && t.specific && t.moreBrand == 0:
		return productFit, "the model code agrees"
	case t.codes > 0 && t.specific && t.brands > 0:
		return partialFit, "the model code agrees, the device's name leaves out " + quote(missing)
	case t.lastBrand && t.brands > 0 && t.codes+t.noCode+t.moreBrand+t.moreModal == 0 && t.moreCode > 0 && t.moreRole == 0:
		return partialFit, "the device's name leaves out " + quote(missing)
	case t.brands > 1 && t.brands*10 >= (t.brands+t.noBrand)*6 && t.moreBrand < 2 && t.moreCode+t.moreModal == 0:
		return partialFit, "the device's name leaves out " + quote(missing)
	case t.moreBrand > 0 || t.moreCode > 0 || t.moreModal > 0:
		return noFit, fmt.Sprintf("the device's %s is not %s", quote(extra), quote(missing))
	case t.brands > 0 && t.brands*10 >= (t.brands+t.noBrand)*6:
		return partialFit, "the device's name leaves out " + quote(missing)
	case t.brands > 0 && t.moreRole == 0:
		return familyFit, "the device's name leaves out " + quote(missing)
	}
	return noFit, "the device is not called " + quote(missing)
}

// judgeBrands decides where every brand word and code of the product is there.
func (t *tally) judgeBrands(n *name, extra string) (grade, string) {
	if t.codes > 0 {
		if t.brands == 0 && !t.specific && t.modal == 0 {
			return t.judgeShort(n)
		}
		return productFit, "brand and model code agree"
	}
	switch {
	case t.noModal > 0 && t.moreBrand+t.moreCode+t.moreModal > 0:
		return noFit, "the device is another kind: " + quote(extra)
	case t.noModal > 0:
		return partialFit, "the device's name leaves out " + quote(strings.Join(t.missing, ", "))
	case t.noRole > 0 && t.roles == 0 && t.moreRole > 0:
		return noFit, "the device does something else than the product"
	case t.noRole > 0 && t.roles == 0 && t.brands == 1 && t.moreCode+t.moreBrand > 0,
		t.noSoft > 1 && t.soft+t.roles == 0 && t.brands == 1 && t.moreBrand > 0: // "Rowa Vmax" is no "Rowa Pouch Packaging System"
		return noFit, fmt.Sprintf("the device is %s", quote(extra))
	case t.brands == 1 && t.moreBrand > 0 && !t.firstUsed:
		return noFit, fmt.Sprintf("the device is %s", quote(extra))
	case t.noRole > 0 && t.roles == 0 && t.brands == 1 && t.noSoft > 0:
		return familyFit, "the device's name leaves out " + quote(strings.Join(t.missing, ", "))
	case t.noRole > 0 && t.roles == 0:
		return partialFit, "the device's name leaves out " + quote(strings.Join(t.missing, ", "))
	}
	return productFit, "the product's name agrees"
}

// judgeShort decides names of a short code only: "T1", "R Series", "AED 3",
// "980 ventilator". Nothing else may stand beside it.
func (t *tally) judgeShort(n *name) (grade, string) {
	switch {
	case t.moreBrand+t.moreCode > 0:
		return noFit, "a short number among other names names no product"
	case t.lettered || n.family || t.roles > 0 && t.noRole == 0:
		return productFit, "the short model code agrees"
	case t.long:
		return partialFit, "the short model code agrees"
	}
	return noFit, "a short number alone names no product"
}

// judgePlain decides names of common words only ("DICOM Viewer", "PET/CT"):
// every word must be there, or all but one of three, and nothing else;
// "Monitor" alone names nothing.
func (t *tally) judgePlain(n *name) (grade, string) {
	found, missing := t.roles+t.soft, t.noRole+t.noSoft
	if n.maker && t.roles > 0 {
		found++ // the maker's name is the brand: "Merge PACS"
	}
	switch {
	case t.noModal > 0 || missing > 0 && (found < 2 || missing > 1 || t.noRole > 0 || t.moreBrand+t.moreCode+t.moreVariant > 0):
		return noFit, "the product's name is made of common words that are not all there"
	case missing > 0:
		return partialFit, "the device's name leaves out a common word"
	case t.modal > 0 && t.noModal == 0:
		return partialFit, "the kind of device agrees"
	case found < 2 || t.moreBrand+t.moreCode+t.moreVariant > 0 || t.moreRole > t.hosts:
		return noFit, "a common word alone names no product"
	}
	return productFit, "the product's name agrees"
}
