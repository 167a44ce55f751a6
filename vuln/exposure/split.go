package exposure

import (
	"regexp"
	"strings"
)

var splitRe = regexp.MustCompile(` / |/|,| and | or | & `)

// split cuts "Pulsera and Endura" into two names where each piece can stand
// alone; "EX1100/EX1150" and "TC10, TC20" stay together as a list of codes.
func (l *lexicon) split(s string) []string {
	if parts := strings.Split(s, " / "); len(parts) > 1 && l.allStand(parts) {
		return parts
	}
	s = strings.ReplaceAll(s, " / ", "/")
	parts := splitRe.Split(s, -1)
	if len(parts) < 2 {
		return []string{s}
	}
	if l.allStand(parts) {
		return parts
	}
	if l.oneVariant(parts) {
		for i := range parts[1:] {
			parts[i+1] = l.lead(parts[0]) + parts[i+1]
		}
		return parts
	}
	return []string{s}
}

func (l *lexicon) allStand(parts []string) bool {
	for _, p := range parts {
		if !l.standsAlone(p) {
			return false
		}
	}
	return true
}

// oneVariant tells "A350/A350 XL" and "360 and 360 Plus", where the variant
// belongs to its own piece only.
func (l *lexicon) oneVariant(parts []string) bool {
	variants := 0
	for _, p := range parts {
		coded, has := false, false
		for _, t := range tokens(p) {
			coded = coded || l.classOf(t.text) == code
			has = has || l.classOf(t.text) == variant
		}
		if !coded {
			return false
		}
		if has {
			variants++
		}
	}
	return variants > 0 && variants < len(parts)
}

// lead gives the words of a piece before its first code.
func (l *lexicon) lead(s string) string {
	out := ""
	for _, t := range tokens(s) {
		if l.classOf(t.text) == code {
			break
		}
		out += t.text + " "
	}
	return out
}

func (l *lexicon) standsAlone(s string) bool {
	ts, _ := l.withoutVendors(l.normalise(tokens(s)))
	for _, t := range ts {
		if l.classOf(t.text) == brand && len(t.text) > 2 {
			return true
		}
	}
	return false
}
