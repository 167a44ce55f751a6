package exposure

import (
	"maps"
	"strings"
)

// cutBrackets takes the bracketed pieces out, missing brackets forgiven.
func cutBrackets(s string) (rest string, inner []string) {
	for {
		i := strings.IndexByte(s, '(')
		if i < 0 {
			return strings.ReplaceAll(rest+s, ")", " "), inner
		}
		j := strings.IndexByte(s[i:], ')')
		if j < 0 {
			j = len(s) - i
		}
		inner = append(inner, strings.Trim(s[i+1:i+j], "( )"))
		rest += s[:i] + " "
		s = s[min(i+j+1, len(s)):]
	}
}

func allDotted(ws []word) bool {
	for _, w := range ws {
		if !isDotted(w.any[0]) {
			return false
		}
	}
	return true
}

// bracket reads one bracketed piece: an abbreviation or a part number is
// another name of the product, a code list without codes before it belongs to
// the name, anything else only comments.
func (l *lexicon) bracket(names []name, inner string, own []string) []name {
	part := ""
	if m := partRe.FindStringSubmatch(inner); m != nil {
		part = m[1]
	}
	if part == "" {
		part = inner
	}
	ws := l.words(l.normalise(tokens(part)))
	for i := range names {
		for _, w := range ws {
			for _, a := range w.any {
				names[i].optional[a] = true
			}
		}
	}
	if strings.HasPrefix(inner, "incl") {
		for i := range names {
			names[i].family = true
		}
		if w := codesOf(ws); len(w) > 0 {
			names = append(names, names[0].aliased(inner, oneOf(w)))
		}
		return names
	}
	if len(ws) > 0 && allDotted(ws) {
		v := parseVersions(inner)
		for i := range names {
			names[i].versions = &v // "Spectrum IQ (v9.x)"
		}
		return names
	}
	first := inner
	if i := strings.IndexByte(inner, ' '); i > 0 {
		first = inner[:i]
	}
	if bracketNotes[first] && part == inner {
		if first == "with" || first == "enabled" {
			for i := range names {
				names[i].needs = inner
			}
		}
		return names
	}
	codes := codesOf(ws)
	switch {
	case len(codes) > 0 && !names[len(names)-1].hasCode() && !longCodes(codes):
		for i := range names {
			names[i].words = append(names[i].words, oneOf(codes))
		}
	case len(codes) > 0:
		return append(names, names[0].aliased(inner, oneOf(codes)))
	case len(ws) == 1 && ws[0].class == brand && len(ws[0].any[0]) >= 3 && len(ws[0].any[0]) <= 8 && len(names) > 0:
		return append(names, names[0].aliased(inner, ws...))
	}
	return names
}

var bracketNotes = map[string]bool{"with": true, "enabled": true, "integrated": true, "incl": true, "incl.": true, "including": true, "non-medical": true,

	"all": true, "part": true, "used": true, "for": true, "turnkey": true, "wlan": true, "if": true, "only": true, "model": true}

// aliased makes another name of the same product; the words of the first may
// stand beside it.
func (n *name) aliased(text string, ws ...word) name {
	out := name{text: text, words: ws, alias: true, needs: n.needs, os: n.os, exclude: n.exclude, optional: maps.Clone(n.optional)}
	for _, w := range n.words {
		for _, a := range w.any {
			out.optional[a] = true
		}
	}
	return out
}

// codesOf keeps the model codes.
func codesOf(ws []word) []word {
	var codes []word
	for _, w := range ws {
		if w.class == code && !siemensRe.MatchString(w.any[0]) && !isDotted(w.any[0]) {
			codes = append(codes, w)
		}
	}
	return codes
}

func (n *name) hasCode() bool {
	for _, w := range n.words {
		if w.class == code {
			return true
		}
	}
	return false
}

// longCodes tells part numbers ("718095", "vlft10gen") from model codes.
func longCodes(ws []word) bool {
	for _, w := range ws {
		for _, a := range w.any {
			if len(w.ranges) > 0 || allDigits(a) && len(a) < 5 || !allDigits(a) && len(a) < 6 {
				return false
			}
		}
	}
	return true
}

// oneOf merges words into one that any of them satisfies.
func oneOf(ws []word) word {
	out := word{class: code}
	for _, w := range ws {
		out.any = append(out.any, w.any...)
		out.ranges = append(out.ranges, w.ranges...)
	}
	return out
}
