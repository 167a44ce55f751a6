package exposure

import "strings"

// words turns the tokens of a product name into words: glued pieces joined
// ("accu-chek", "EC 40"), code lists gathered into one word ("TC10 TC20",
// "MX700/800"), ranges read ("MP2-MP90").
func (l *lexicon) words(ts []token) []word {
	ts = l.join(ts)
	var out []word
	prevCode, full := -2, "" // index in ts of the last code, and the code written in full
	for i, t := range ts {
		w := word{class: l.classOf(t.text), any: spellings(t.text), parts: strings.Fields(t.parts)}
		if lead := leadLetters(t.text); w.class == code && l.classOf(lead) == modality && len(t.text)-len(lead) >= 3 {
			w.parts = []string{lead, t.text[len(lead):]} // "CT BRIVO 385" is a Brivo CT385
		}
		if t.number != "" {
			w.any = append(w.any, t.number)
		}
		if z := trailingZeros(t.text); w.class == code && z >= 2 && i+1 < len(ts) && l.classOf(ts[i+1].text) == family {
			w.ranges = append(w.ranges, thousands(t.text, z)) // "BSM-3000 series"
		}
		if lo, hi, ok := strings.Cut(t.text, "~"); ok {
			w.class, w.any = code, []string{lo}
			w.ranges = []codeRange{{lead: leadLetters(lo), lo: atoi(lo[len(leadLetters(lo)):]), hi: atoi(hi)}}
		} else if w.class == code && isPattern(t.text) {
			w.ranges = []codeRange{{pattern: t.text}}
		}
		if w.class == code && !isDotted(t.text) && prevCode == i-1 && len(out) > 0 && l.sameList(ts[i-1], t) {
			last := &out[len(out)-1]
			more := inherit(full, t.text)
			last.any, full = append(last.any, more...), more[0]
			last.ranges = append(last.ranges, w.ranges...)
			prevCode = i
			continue
		}
		if w.class == code {
			prevCode, full = i, w.any[0]
		}
		out = append(out, w)
	}
	return out
}

// trailingZeros counts the zeros a code ends with.
func trailingZeros(w string) int { return len(w) - len(strings.TrimRight(w, "0")) }

// thousands is the range of codes that a series is named for: 3000 to 3999.
func thousands(w string, zeros int) codeRange {
	lead := leadLetters(w)
	lo, size := atoi(w[len(lead):]), 1
	for range min(zeros, 3) {
		size *= 10
	}
	return codeRange{lead: lead, lo: lo, hi: lo + size - 1}
}

// join glues tokens that are one word and drops the "and" of code lists.
func (l *lexicon) join(ts []token) []token {
	var out []token
	for i, t := range ts {
		n := len(out) - 1
		switch {
		case n >= 0 && t.sep == '-' && isRange(out[n].text, t.text):
			hi := t.text[len(leadLetters(t.text)):]
			out[n].text += "~" + hi
		case n >= 0 && t.sep == '-' && !strings.Contains(out[n].text, "~") && l.classOf(t.text) != noise:
			out[n].parts = firstOf(out[n].parts, out[n].text) + " " + t.text
			out[n].text += t.text
		case n >= 0 && t.sep == '/' && len(t.text) == 1 && isLetter(t.text[0]) && len(out[n].text) == 2:
			out[n].text += t.text // XQ/i, MP/i
		case n >= 0 && l.shortLead(out[n]) && isDigit(t.text[0]) && t.sep == ' ' && !isDotted(t.text):
			if allDigits(t.text) && len(t.text) >= 4 {
				out[n].number = t.text // "Merlin PCS 3650" is the Merlin 3650
			}
			out[n].text += t.text
		case (t.text == "and" || t.text == "or") && i+1 < len(ts) && n >= 0 && l.classOf(out[n].text) == code:
			ts[i+1].sep = ','
		case len(leadLetters(t.text)) >= 4 && len(leadLetters(t.text)) < len(t.text) && allDigits(t.text[len(leadLetters(t.text)):]) && !longCode(t.text):
			lead := leadLetters(t.text)
			out = append(out, token{text: lead, sep: t.sep}, token{text: t.text[len(lead):], sep: ' '})
		default:
			out = append(out, t)
		}
	}
	return out
}

// longCode tells that letters and digits are one catalogue code.
func longCode(w string) bool { return len(w)-len(leadLetters(w)) > 4 }

// shortLead tells letters that belong to the number behind: "EC 40", "NM 630".
func (l *lexicon) shortLead(t token) bool {
	if len(t.text) > 3 || hasDigit(t.text) || t.text == "pcu" {
		return false
	}
	c := l.classOf(t.text)
	return c == brand || c == code || t.text == "nm" || t.text == "xr" || t.text == "ct"
}

// isRange tells "MX400-550" and "MP2-MP90" from "443-1" and "CNS-6201".
func isRange(a, b string) bool {
	la, lb := leadLetters(a), leadLetters(b)
	x, y := a[len(la):], b[len(lb):]
	return allDigits(x) && allDigits(y) && (lb == la || lb == "") && la != "" && len(y) >= len(x) && atoi(y) > atoi(x)
}

// isPattern tells "5x0" and "48xx".
func isPattern(w string) bool {
	i := strings.IndexByte(w, 'x')
	return i > 0 && isDigit(w[i-1]) && !strings.Contains(w, ".") && len(leadLetters(w)) <= 3
}

// sameList tells whether two neighbouring codes are members of one list.
func (l *lexicon) sameList(a, b token) bool {
	if b.sep == '/' || b.sep == ',' {
		return true
	}
	la, lb := leadLetters(a.text), leadLetters(b.text)
	return la == lb && hasDigit(a.text) && hasDigit(b.text) && (la != "" || len(a.text) == len(b.text) && len(a.text) >= 3)
}

// inherit completes a shortened member of a list: MX700/800, M8001A/2A, 865240/41.
func inherit(prev, w string) []string {
	lead := leadLetters(prev)
	switch {
	case lead != "" && allDigits(w) && len(w) >= len(prev)-len(lead):
		return []string{lead + w}
	case lead != "" && lead != prev && strings.HasPrefix(w, prev[len(lead):]):
		return []string{lead + w} // MP5/5SC
	case isDigit(w[0]) && len(w) < len(prev) && (lead != "" || allDigits(w) && len(w) <= 2 && len(prev) > 3):
		return []string{prev[:len(prev)-len(w)] + w}
	}
	return spellings(w)
}

// spellings gives the forms of a word: Roman two and three are numbers too.
func spellings(w string) []string {
	switch w {
	case "ii":
		return []string{"ii", "2"}
	case "iii":
		return []string{"iii", "3"}
	case "2":
		return []string{"2", "ii"}
	case "3":
		return []string{"3", "iii"}
	}
	return []string{w}
}

// has tells whether a code of a device lies in the range.
func (r codeRange) has(c string) bool {
	if r.pattern != "" {
		if len(c) != len(r.pattern) {
			return false
		}
		for i := range c {
			if c[i] != r.pattern[i] && !(r.pattern[i] == 'x' && isDigit(c[i])) {
				return false
			}
		}
		return true
	}
	lead := leadLetters(c)
	if lead != r.lead {
		return false
	}
	digits := c[len(lead):]
	for len(digits) > 0 && !isDigit(digits[len(digits)-1]) { // MX550a
		digits = digits[:len(digits)-1]
	}
	n := atoi(digits)
	return n >= r.lo && n <= r.hi
}
