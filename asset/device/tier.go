package device

import "strings"

// acute are the places that raise a tier by one, devices.md section 2, with the
// words for them that stand in maintenance records.
var acute = [...]string{"icu", "itu", "intensive", "critical care", "picu", "micu", "sicu", "ccu", "nicu", "neonatal",
	"or", "operating", "theatre", "theater", "ed", "er", "emergency", "cath lab", "intensivstation", "op-saal"}

// Acute tells whether a location or department is one where the tier rises.
func Acute(place string) bool {
	p := strings.ToLower(place)
	for _, w := range acute {
		if wordIn(p, w) && (len(w) > 4 || wholeWord(p, w)) {
			return true
		}
	}
	return false
}

// wholeWord accepts "ICU", "ICU-2", "OR 3", "OR3" but not "order".
func wholeWord(p, w string) bool {
	for f := range strings.FieldsFuncSeq(p, func(r rune) bool { return !(r >= 'a' && r <= 'z') }) {
		if f == w {
			return true
		}
	}
	return false
}

// TierFor gives the tier of a class at a place: the default, one higher where
// care is acute. Infrastructure and unknown devices are not raised.
func TierFor(kind, location, department string) TierName {
	k, ok := KindNamed(kind)
	if !ok {
		return ""
	}
	clinical := k.Medical || k.Name == "building_controller"
	if !clinical || !Acute(location) && !Acute(department) {
		return k.Tier
	}
	switch k.Tier {
	case T1:
		return T0
	case T2:
		return T1
	case T3:
		return T2
	case T4:
		return T3
	}
	return k.Tier
}

func tierNamed(s string) (TierName, bool) {
	s = strings.ToUpper(strings.TrimSpace(s))
	s = strings.TrimPrefix(s, "TIER")
	s = "T" + strings.TrimLeft(strings.TrimPrefix(s, "T"), " -")
	switch t := TierName(s); t {
	case T0, T1, T2, T3, T4:
		return t, true
	}
	return "", false
}
