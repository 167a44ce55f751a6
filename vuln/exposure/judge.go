package exposure

import (
	"fmt"
	"strings"
)

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
	case t.brands > 1 && t.brands*10 >= (t.brands+t.noBrand)*6 && (t.moreBrand == 0 || t.moreBrand == 1 && t.firstUsed) && t.moreCode+t.moreModal == 0:
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
