package exposure

import (
	"regexp"
	"strings"

	"ward/vuln/advisory"
)

// verdict is whether a device's version lies in what an advisory says.
// The zero value is the careful one: not known.
type verdict int

const (
	unknown verdict = iota
	outside
	maybe // inside or not depends on digits that were not given
	inside
)

// span is one piece of a version expression: everything from low to high, or
// one exact release.
type span struct {
	low, high         release
	lowOpen, highOpen bool // the bound itself is excluded
	exact             bool // low is the one release meant
}

// versions is a version expression as understood.
type versions struct {
	raw       string
	all       bool   // every version
	spans     []span // or any of these
	condition string // words that limit it further: "running on Windows XP"
	vague     string // why it could not be understood
}

// maxSpans bounds the pieces of one expression.
const maxSpans = 64

// wordings turn the phrases of advisories into the operators they mean, in order.
var wordings = []struct {
	re *regexp.Regexp
	to string
}{
	{regexp.MustCompile(`vers:[a-z0-9.+-]+/\*`), " * "},
	{regexp.MustCompile(`vers:[a-z0-9.+-]+/`), " "},
	{regexp.MustCompile(`\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? (\d{1,2}),? (\d{4})\b`), "$3-$1-$2"},
	{regexp.MustCompile(`\bbetween (\S+) \(including\) and (\S+) \(excluding\)`), ">= $1 < $2"},
	{regexp.MustCompile(`\bbetween (\S+) and (\S+)`), ">= $1 <= $2"},
	{regexp.MustCompile(`\bdistributed\b|\bmanufactured\b|\breleased\b`), " "},
	{regexp.MustCompile(`(\d) x\b`), "${1}x"},
	{regexp.MustCompile(`\b(prior to and including|up to and including|up to but not later than)\b`), " <= "},
	{regexp.MustCompile(`\b(?:and|or|&) (?:all )?(?:prior|earlier|below|lower|older|previous|before|under)\b(?: versions?)?`), " le "},
	{regexp.MustCompile(`\b(?:and|or|&) (?:all )?(?:later|newer|above|higher|greater|after|onwards)\b(?: versions?)?`), " ge "},
	{regexp.MustCompile(`\b(?:prior|previous) to\b|\bbefore\b|\b(?:earlier|lower|less|older|smaller) than\b|\bbelow\b`), " < "},
	{regexp.MustCompile(`\b(?:later|newer|greater|higher) than\b|\bafter\b`), " > "},
	{regexp.MustCompile(`\b(?:through to|through|thru|up to|to)\b`), " to "},
	{regexp.MustCompile(`\b(?:from|since|starting with|starting from|beginning with)\b`), " from "},
	{regexp.MustCompile(`\b(rev\.?|revision|revisions)?\s*\b([a-z])-([a-z])\b`), " $2 to $3 "},
	{regexp.MustCompile(` - `), " to "},
	{regexp.MustCompile(`=<`), "<="}, {regexp.MustCompile(`=>`), ">="}, {regexp.MustCompile(`==?`), "="},
	{regexp.MustCompile(`<=?\s*=`), " <= "}, {regexp.MustCompile(`>\s*=`), " >= "},
	{regexp.MustCompile(`\bservice pack\b`), " sfx:sp "},
	{regexp.MustCompile(`\bhot ?fix\b`), " sfx:hf "},
	{regexp.MustCompile(`\bupdate\b`), " sfx:upd "},
}

// versionsOf understands the version text of a product; the full product text
// is read too, because "9.33" with the text "Versions 9.33 and prior" is a range.
func versionsOf(p *advisory.Product) (main versions, text versions) {
	main = parseVersions(p.Version)
	if tail := textTail(p); tail != "" {
		text = parseVersions(tail)
	}
	if p.Version == "" {
		if !text.readable() {
			return versions{all: true, raw: p.Text}, versions{}
		}
		return text, versions{}
	}
	if !main.readable() && text.readable() {
		return text, versions{}
	}
	if text.bounds(main) {
		return text, versions{}
	}
	if text.condition != "" || len(text.spans) > len(main.spans)+1 {
		text = versions{} // speaks of other things too
	}
	return main, text
}

// textTail gives the part of the product text that speaks of versions.
func textTail(p *advisory.Product) string {
	text := p.Text
	if i := strings.LastIndex(text, p.Name); p.Name != "" && i >= 0 {
		text = text[i+len(p.Name):]
	} else if i := strings.LastIndexByte(text, ':'); i >= 0 {
		text = text[i+1:]
	} else {
		return ""
	}
	if !strings.HasPrefix(strings.TrimLeft(text, " "), ":") && !strings.HasPrefix(text, " ") && p.Name != "" {
		return ""
	}
	return strings.Trim(text, " :-")
}

// readable tells whether anything was understood.
func (v versions) readable() bool { return v.all || len(v.spans) > 0 }

// bounds tells whether v is one range that ends or begins at the one release
// that other names: "9.33 and prior" bounds "9.33".
func (v versions) bounds(other versions) bool {
	if len(v.spans) != 1 || len(other.spans) != 1 || v.spans[0].exact || !other.spans[0].exact {
		return false
	}
	for _, end := range []release{v.spans[0].low, v.spans[0].high} {
		if c, _, ok := compare(end, other.spans[0].low); ok && c == 0 && !end.empty() {
			return true
		}
	}
	return false
}

// parseVersions understands one expression as advisories write them.
func parseVersions(s string) versions {
	v := versions{raw: strings.TrimSpace(s)}
	text := " " + fold(s) + " "
	for _, w := range wordings {
		text = w.re.ReplaceAllString(text, w.to)
	}
	items, words := lexVersions(text)
	v.spans = buildSpans(items)
	v.condition = condition(words)
	if len(v.spans) > 0 {
		return v
	}
	for _, it := range items {
		if it.op == "*" {
			v.all = true
			return v
		}
	}
	trimmed := strings.TrimSpace(text)
	if trimmed == "" || trimmed == "-" || allWord(words) {
		v.all = true
		return v
	}
	v.vague = "the version text " + quote(v.raw) + " could not be read"
	return v
}

// buildSpans folds items into spans. A lower bound takes the upper bound that
// follows it, whatever separator stands between (">= 2.5 | <= 3.11").
func buildSpans(items []item) []span {
	var out []span
	for i := 0; i < len(items) && len(out) < maxSpans; i++ {
		next := func(k int) string {
			if i+k < len(items) {
				if items[i+k].op == "" {
					return "ver"
				}
				return items[i+k].op
			}
			return ""
		}
		switch op := items[i].op; {
		case (op == "<" || op == "<=" || op == "to") && next(1) == "ver":
			s := span{high: items[i+1].ver, highOpen: op == "<"}
			out, i = joinUpper(out, s), i+1
		case (op == ">" || op == ">=" || op == "from") && next(1) == "ver":
			out = append(out, span{low: items[i+1].ver, lowOpen: op == ">"})
			i++
		case op == "" && next(1) == "le":
			out, i = append(out, span{high: items[i].ver}), i+1
		case op == "" && next(1) == "ge":
			out, i = append(out, span{low: items[i].ver}), i+1
		case op == "" && (next(1) == "to" || next(1) == "<=" || next(1) == "<") && next(2) == "ver":
			out = append(out, span{low: items[i].ver, high: items[i+2].ver, highOpen: next(1) == "<"})
			i += 2
		case op == "":
			out = append(out, span{low: items[i].ver, exact: true})
		}
	}
	return out
}

// joinUpper closes an open lower bound with this upper one.
func joinUpper(out []span, s span) []span {
	if n := len(out) - 1; n >= 0 && !out[n].exact && out[n].high.empty() && !out[n].low.empty() {
		out[n].high, out[n].highOpen = s.high, s.highOpen
		return out
	}
	return append(out, s)
}
