package exposure

import (
	_ "embed"
	"strings"
)

//go:embed data/describe.tsv
var describeData string

// describing is the vocabulary of maintenance systems (data/describe.tsv).
type describing struct {
	kind, place, measure map[string]bool
	rival                map[string]rival
}

// rival is one of several words of which a device is but one: a syringe pump
// is no large volume pump.
type rival struct{ group, member string }

func loadDescribing() describing {
	d := describing{kind: map[string]bool{}, place: map[string]bool{}, measure: map[string]bool{}, rival: map[string]rival{}}
	for f := range rows(describeData) {
		if f[0] == "rival" && len(f) == 3 {
			for _, w := range strings.Fields(f[2]) {
				d.rival[w] = rival{f[1], strings.Fields(f[2])[0]}
			}
			continue
		}
		set := map[string]map[string]bool{"kind": d.kind, "place": d.place, "measure": d.measure}[f[0]]
		for _, w := range strings.Fields(f[1]) {
			set[w] = true
		}
	}
	return d
}

// mark lowers the words of a device's name that only describe it: they may
// still satisfy a product's name, but never speak against one.
func (d describing) mark(words []spelt) {
	for i := range words {
		w := &words[i]
		switch {
		case (w.class == brand || w.class == code && len(w.text) > 1) && (d.kind[w.text] || d.place[w.text]):
			w.class = soft
		case w.class != code || i == 0:
		case counts(w.text) && d.place[words[i-1].text] && i > 1: // "MRI ROOM 2", "ICU 3"
			w.class = soft
		}
		if i+1 < len(words) && counts(w.text) && d.measure[words[i+1].text] { // "12 LEAD", "64-BIT"
			w.class = soft
			words[i+1].class = soft
		}
		if n := digitsOf(w.text); n > 0 && n < 4 && d.measure[w.text[n:]] && len(w.text)-n != 1 || teslaRe[w.text] { // "6DR", "1.5T"
			w.class = soft
		}
	}
}

// rivals tells whether the device is called another member of a group than the product.
func (d describing) rivals(n *name, s *spelling) bool {
	for _, w := range n.words {
		r, ok := d.rival[w.any[0]]
		if !ok {
			continue
		}
		other, same := false, false
		for _, x := range s.words {
			if y := d.rival[x.text]; y.group == r.group {
				other, same = other || y.member != r.member, same || y.member == r.member
			}
		}
		if other && !same {
			return true
		}
	}
	return false
}

// teslaRe are the field strengths of magnets as one word.
var teslaRe = map[string]bool{"1.5t": true, "3t": true, "3.0t": true, "0.55t": true, "7t": true, "1t": true, "1.0t": true}

// counts tells a small number that counts things.
func counts(w string) bool {
	return allDigits(w) && len(w) <= 2 || w == "128" || w == "256" || w == "320"
}
