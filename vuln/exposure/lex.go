package exposure

import (
	"regexp"
	"strings"
)

func allWord(words []string) bool {
	for _, w := range words {
		if w == "all" || w == "any" {
			return true
		}
	}
	return false
}

// condition keeps the words that are neither version vocabulary nor filler.
func condition(words []string) string {
	var kept []string
	for _, w := range words {
		if !versionNoise[w] && !versionFiller[w] {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " ")
}

var versionFiller = map[string]bool{"all": true, "any": true, "the": true, "of": true, "are": true, "is": true, "affected": true,

	"following": true, "products": true, "product": true, "models": true, "model": true, "prior": true, "earlier": true,
	"only": true, "running": true, "a": true, "an": true, "ruo": true, "mode": true, "devices": true, "code": true, "vers": true}

// item is one word of an expression: an operator, a release or a separator.
type item struct {
	op  string // "<", "<=", ">", ">=", "le", "ge", "to", "from", "*", "sep"; empty: a release
	ver release
}

// lexVersions cuts the normalised text into items; the words it does not know
// come back beside them. Text in parentheses counts as words.
func lexVersions(text string) (items []item, words []string) {
	level, before := 0, false
	fields := strings.Fields(spread(text))
	for i, f := range fields {
		switch {
		case conditionStart[f] && (len(items) > 0 || len(words) == 0 || allWord(words)):
			if len(items) == 0 {
				items = append(items, item{op: "*"})
			}
			return items, append(words, fields[i:]...)
		case f == "(":
			level++
			before = len(items) > 0
		case f == ")":
			level = max(level-1, 0)
		case level > 0 && before:
			words = append(words, f)
		case f == "|" || f == "," || f == ";" || f == "and" || f == "&" || f == "or":
			items = append(items, item{op: "sep"})
		case f == "<" || f == "<=" || f == ">" || f == ">=" || f == "=" || f == "le" || f == "ge" || f == "to" || f == "from" || f == "*":
			if f != "=" {
				items = append(items, item{op: f})
			}
		default:
			items, words = lexWord(items, words, f)
			if n := len(items) - 1; n >= 0 && items[n].op == "" && items[n].ver.empty() {
				items = items[:n]
			}
		}
		if len(items) > maxSpans*4 {
			break
		}
	}
	return items, words
}

// conditionStart are words after which an expression speaks of circumstances.
var conditionStart = map[string]bool{"with": true, "when": true, "running": true, "using": true, "included": true, "integrated": true,

	"installed": true, "on": true, "if": true, "that": true, "which": true, "windows": true, "first": true}

// spread puts blanks around signs so that fields are single items.
func spread(s string) string {
	return opSigns.ReplaceAllString(s, " $1 ")
}

var opSigns = regexp.MustCompile(`(<=|>=|<|>|=|\||,|;|\(|\)|&|\*)`)

// lexWord adds one word: a release, the continuation of one, or plain text.
func lexWord(items []item, words []string, f string) ([]item, []string) {
	f = strings.Trim(f, `:."'`)
	last := len(items) - 1
	after := last >= 0 && items[last].op == ""
	switch name, isSuffix := strings.CutPrefix(f, "sfx:"); {
	case f == "":
	case after && (isSuffix || suffixes[leadLetters(f)] || continues(f)):
		items[last].ver = parseRelease(items[last].ver.raw + " " + name)
	case isMonth(f) || after && !items[last].ver.date.IsZero() && hasDigit(f):
		items = lexDate(items, f)
	case versionLike(f):
		if after {
			items = append(items, item{op: "sep"})
		}
		items = append(items, item{ver: parseRelease(f)})
	default:
		words = append(words, f)
	}
	return items, words
}

// continues tells whether a word directly behind a release belongs to it:
// "3.0 D15", "4.20 SR1", "2.9 17030709".
func continues(f string) bool {
	lead := leadLetters(f)
	return hasDigit(f) && !strings.Contains(f, ".") && len(lead) <= 3 && (lead != "v" && lead != "r")
}

// lexDate collects the words of a date into one release.
func lexDate(items []item, f string) []item {
	last := len(items) - 1
	if last >= 0 && items[last].op == "" {
		if r := parseRelease(items[last].ver.raw + " " + f); !r.date.IsZero() {
			items[last].ver = r
			return items
		}
	}
	return append(items, item{ver: parseRelease(f)})
}

func isMonth(f string) bool {
	_, ok := monthOf(f)
	return ok
}

// versionLike tells whether a word can be a release on its own.
func versionLike(f string) bool {
	if len(f) == 1 {
		return isAlnum(f[0]) && f != "a" || f == "a"
	}
	return hasDigit(f) && len(leadLetters(f)) <= 5
}
