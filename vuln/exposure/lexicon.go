package exposure

import (
	_ "embed"
	"slices"
	"sort"
	"strings"
)

//go:embed data/words.tsv
var wordData string

//go:embed data/phrases.tsv
var phraseData string

//go:embed data/products.tsv
var productData string

// class is how a word of a product name counts (data/words.tsv).
type class byte

const (
	brand    class = iota // any word the table does not know: it must match
	code                  // has a digit or is a single letter: "mx800", "8015", "i"
	variant               // "plus", "iq": another product of the same name
	role                  // "monitor", "server"
	modality              // "ct": can name a product alone
	soft                  // describes
	family                // "series"
	noise                 // says nothing
)

var classNames = map[string]class{"noise": noise, "soft": soft, "role": role, "variant": variant, "family": family, "class": modality}

// phrase reads one word sequence as another.
type phrase struct{ from, to []string }

// lexicon is the embedded vocabulary.
type lexicon struct {
	class   map[string]class
	phrases map[string][]phrase // by first word, longest first
	repair  map[string][]string // maker TAB folded product name -> names
	vendors *vendors
	describing
}

func loadLexicon() *lexicon {
	l := &lexicon{class: map[string]class{}, phrases: map[string][]phrase{}, repair: map[string][]string{}, vendors: loadVendors(vendorData), describing: loadDescribing()}
	for f := range rows(wordData) {
		for _, w := range strings.Fields(f[1]) {
			if _, ok := l.class[w]; !ok {
				l.class[w] = classNames[f[0]]
			}
		}
	}
	for f := range rows(phraseData) {
		p := phrase{strings.Fields(f[0]), strings.Fields(f[1])}
		l.phrases[p.from[0]] = append(l.phrases[p.from[0]], p)
	}
	for _, ps := range l.phrases {
		sort.SliceStable(ps, func(i, j int) bool { return len(ps[i].from) > len(ps[j].from) })
	}
	for f := range rows(productData) {
		if len(f) == 3 {
			l.repair[f[0]+"\t"+f[1]] = strings.Split(f[2], ";")
		}
	}
	return l
}

// rows yields the tab-separated fields of each line that is no comment.
func rows(data string) func(func([]string) bool) {
	return func(yield func([]string) bool) {
		for line := range strings.Lines(data) {
			line = strings.TrimRight(line, "\r\n")
			if f := strings.Split(line, "\t"); line != "" && line[0] != '#' && len(f) >= 2 && !yield(f) {
				return
			}
		}
	}
}

// classOf tells how a word counts.
func (l *lexicon) classOf(w string) class {
	if c, ok := l.class[w]; ok {
		return c
	}
	if hasDigit(w) || len(w) == 1 {
		return code
	}
	return brand
}

// normalise replaces known phrases.
func (l *lexicon) normalise(ts []token) []token {
	var out []token
	for i := 0; i < len(ts); {
		p, ok := l.phraseAt(ts, i)
		if !ok {
			out = append(out, ts[i])
			i++
			continue
		}
		for k, w := range p.to {
			sep := byte(' ')
			if k == 0 {
				sep = ts[i].sep
			}
			out = append(out, token{text: w, sep: sep})
		}
		i += len(p.from)
	}
	return out
}

func (l *lexicon) phraseAt(ts []token, i int) (phrase, bool) {
	for _, p := range l.phrases[ts[i].text] {
		if len(p.from) > len(ts)-i {
			continue
		}
		same := true
		for k, w := range p.from {
			same = same && ts[i+k].text == w
		}
		if same {
			return p, true
		}
	}
	return phrase{}, false
}

// withoutVendors drops makers' names from a product or model text and says
// which makers they were. Names that are brands too stay; short names and
// plain words go only at the start or where own, the known makers, have them.
func (l *lexicon) withoutVendors(ts []token, own ...vendorID) (rest []token, ids []vendorID) {
	words := make([]string, len(ts))
	for i, t := range ts {
		words[i] = t.text
	}
	for i := 0; i < len(ts); {
		n, name := l.vendors.at(words, i)
		doubt := n == 1 && i > 0 && (len(name) <= 3 || ambiguousAlias[name]) && !slices.Contains(own, l.vendors.alias[name]) && !slices.Contains(ids, l.vendors.alias[name])
		if n == 0 || doubt {
			rest = append(rest, ts[i])
			i++
			continue
		}
		ids = appendNew(ids, l.vendors.alias[name])
		if l.vendors.brand[name] {
			rest = append(rest, ts[i:i+n]...)
		}
		for i += n; i < len(ts) && legal[words[i]] && len(words[i]) > 1; i++ {
		}
	}
	return rest, ids
}

// ambiguousAlias are one-word makers that are also plain words of product names.
var ambiguousAlias = map[string]bool{"vital": true, "hamilton": true, "merge": true, "change": true, "icu": true, "smiths": true,
	"axis": true, "canon": true, "fuji": true, "digi": true, "bayer": true, "kodak": true, "atl": true, "hp": true, "braun": true}
