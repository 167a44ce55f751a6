package exposure

import (
	_ "embed"
	"strings"
)

//go:embed data/vendors.tsv
var vendorData string

// vendorID names a maker; makers outside the table are named by their own
// words, so that an unknown maker still equals itself.
type vendorID string

// vendors is the alias table.
type vendors struct {
	alias    map[string]vendorID // folded words joined by one blank
	brand    map[string]bool     // aliases that stay part of the model
	dealer   map[string]bool
	owners   map[vendorID][]vendorID
	squeezed map[string]string // aliases without blanks, from 6 letters on
	longest  int               // words in the longest alias
	single   []string
}

// legal are words of company names that tell nothing apart.
var legal = map[string]bool{"inc": true, "incorporated": true, "gmbh": true, "ag": true, "corp": true, "corporation": true, "co": true,
	"company": true, "ltd": true, "limited": true, "llc": true, "plc": true, "bv": true, "nv": true, "sa": true, "se": true, "kg": true,
	"kgaa": true, "oy": true, "ab": true, "srl": true, "spa": true, "pty": true, "usa": true, "us": true, "the": true, "of": true,
	"america": true, "americas": true, "international": true, "intl": true, "group": true, "holdings": true, "div": true, "division": true,
	"mfg": true, "manufacturing": true, "technologies": true, "technology": true, "sarl": true, "as": true, "a": true}

// weak are words many makers share: alone they make two names equal only if
// nothing else stands beside them.
var weak = map[string]bool{"medical": true, "healthcare": true, "health": true, "systems": true, "diagnostics": true, "devices": true,
	"imaging": true, "care": true, "instruments": true, "instrument": true, "laboratories": true, "labs": true, "electronics": true,
	"software": true, "solutions": true, "products": true, "scientific": true, "and": true, "automation": true, "electric": true,
	"general": true, "communications": true, "security": true, "systeme": true, "network": true, "networks": true, "industrial": true}

func loadVendors(data string) *vendors {
	v := &vendors{alias: map[string]vendorID{}, squeezed: map[string]string{}, brand: map[string]bool{}, dealer: map[string]bool{}, owners: map[vendorID][]vendorID{}}
	for line := range strings.Lines(data) {
		line = strings.TrimSpace(line)
		f := strings.Fields(line)
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '!':
			v.dealer[strings.Join(f[1:], " ")] = true
		case line[0] == '~' && len(f) == 3:
			a, b := vendorID(f[1]), vendorID(f[2])
			v.owners[a], v.owners[b] = append(v.owners[a], b), append(v.owners[b], a)
		default:
			id, names, _ := strings.Cut(line, "\t")
			v.add(vendorID(id), strings.Split(names, ";"))
		}
	}
	return v
}

func (v *vendors) add(id vendorID, names []string) {
	for _, n := range names {
		bare := strings.TrimPrefix(n, "*")
		v.alias[bare] = id
		if bare != n {
			v.brand[bare] = true
		}
		if tight := strings.ReplaceAll(bare, " ", ""); len(tight) >= 6 {
			v.squeezed[tight] = bare
		}
		v.longest = max(v.longest, strings.Count(bare, " ")+1)
		if !strings.Contains(bare, " ") && len(bare) >= 6 {
			v.single = append(v.single, bare)
		}
	}
}

// maker is what a manufacturer text says.
type maker struct {
	ids    []vendorID
	brands []string // words of it that are product brands too
	core   []string // its words without legal ones, for makers outside the table
	dealer bool
	note   string // `"GEHC" is read as ge`
}

// read understands a manufacturer column: aliases, legal words, brackets,
// several makers in one text, small misspellings.
func (v *vendors) read(s string) maker {
	var m maker
	words := wordsOf(s)
	joined := strings.Join(words, " ")
	m.core = coreOf(words)
	if v.dealer[joined] || v.dealer[strings.Join(m.core, " ")] {
		m.dealer = true
	}
	m.ids, m.brands = v.find(words)
	if len(m.ids) == 0 {
		for _, w := range m.core {
			if near := v.misspelt(w); near != "" {
				m.ids = append(m.ids, v.alias[near])
				m.note = quote(w) + " is read as " + quote(near)
				break
			}
		}
	}
	if len(m.ids) == 0 {
		if id, name := v.begun(m.core); id != "" {
			m.ids, m.note = []vendorID{id}, quote(joined)+" is read as "+quote(name)
		}
	}
	if len(m.ids) == 0 && len(m.core) > 0 && !m.dealer {
		m.ids = []vendorID{vendorID("=" + strings.Join(m.core, " "))}
	}
	return m
}

// begun gives the one maker whose name the words cut short: "Instrumentation
// Lab", "Nova", "Spacelab Med".
func (v *vendors) begun(words []string) (found vendorID, name string) {
	if len(words) == 0 || len(words[0]) < 4 || weak[words[0]] {
		return "", ""
	}
	for alias, id := range v.alias {
		if !begins(strings.Fields(alias), words) {
			continue
		}
		if found != "" && found != id {
			return "", ""
		}
		if found == "" || alias < name {
			found, name = id, alias
		}
	}
	return found, name
}

// begins tells whether each of words is the beginning of the name's word at its
// place, the first the whole of it.
func begins(name, words []string) bool {
	if len(words) > len(name) || name[0] != words[0] {
		return false
	}
	for i, w := range words {
		if len(w) < 3 || !strings.HasPrefix(name[i], w) {
			return false
		}
	}
	return true
}

// find lists the makers whose names stand in words, longest names first.
func (v *vendors) find(words []string) (ids []vendorID, brands []string) {
	for i := 0; i < len(words); {
		n, name := v.at(words, i)
		if n == 0 {
			i++
			continue
		}
		ids = appendNew(ids, v.alias[name])
		if v.brand[name] {
			brands = append(brands, words[i:i+n]...)
		}
		i += n
	}
	return ids, brands
}

// brandOnly tells whether text names a maker only through one of its brands.
func (v *vendors) brandOnly(id vendorID, text string) bool {
	words := wordsOf(text)
	for i := range words {
		if n, name := v.at(words, i); n > 0 && v.alias[name] == id && !v.brand[name] {
			return false
		}
	}
	return true
}

// at gives how many words from i on are a maker's name, and the name; blanks
// may stand elsewhere than in the table ("Micro Dicom", "Hillrom").
func (v *vendors) at(words []string, i int) (n int, name string) {
	for n := min(v.longest, len(words)-i); n > 0; n-- {
		name := strings.Join(words[i:i+n], " ")
		if _, ok := v.alias[name]; ok {
			return n, name
		}
		if alias, ok := v.squeezed[strings.ReplaceAll(name, " ", "")]; ok {
			return n, alias
		}
	}
	return 0, ""
}

// misspelt gives the one alias within a small edit distance of w.
func (v *vendors) misspelt(w string) string {
	if len(w) < 6 {
		return ""
	}
	found := ""
	for _, a := range v.single {
		if nearWord(w, a) && a != found {
			if found != "" && v.alias[found] != v.alias[a] {
				return ""
			}
			found = a
		}
	}
	return found
}

// meet tells how two makers agree: same, an owner of the other's line, or not.
func (v *vendors) meet(a, b []vendorID) (string, bool) {
	for _, x := range a {
		for _, y := range b {
			if x == y || alike(x, y) {
				return "vendor.alias", true
			}
		}
	}
	for _, x := range a {
		for _, y := range v.owners[x] {
			for _, z := range b {
				if y == z {
					return "vendor.owner", true
				}
			}
		}
	}
	return "", false
}

// alike compares makers outside the table: one name's words begin the other's.
func alike(x, y vendorID) bool {
	if x == "" || y == "" || x[0] != '=' || y[0] != '=' {
		return false
	}
	a, b := strings.Fields(string(x[1:])), strings.Fields(string(y[1:]))
	if len(a) > len(b) {
		a, b = b, a
	}
	if x, y := squeeze(a), squeeze(b); x == y && len(x) >= 5 {
		return true
	}
	strong := false
	for i := range a {
		if a[i] != b[i] && !nearWord(a[i], b[i]) {
			return strong && weak[a[i]] && weak[b[i]]
		}
		strong = strong || !weak[a[i]]
	}
	return strong
}

// squeeze joins the words that tell a maker from others: "bio rad" and
// "biorad laboratories" both give "biorad".
func squeeze(words []string) string {
	out := ""
	for _, w := range words {
		if !weak[w] {
			out += w
		}
	}
	return out
}

func wordsOf(s string) []string {
	var out []string
	for _, t := range tokens(strings.ReplaceAll(strings.ReplaceAll(fold(s), "&", " and "), ".", " ")) {
		out = append(out, t.text)
	}
	return out
}

func coreOf(words []string) []string {
	var out []string
	for _, w := range words {
		if !legal[w] {
			out = append(out, w)
		}
	}
	return out
}

func appendNew[T comparable](list []T, x T) []T {
	for _, y := range list {
		if y == x {
			return list
		}
	}
	return append(list, x)
}

// nearWord tells whether two words differ by one edit (from 5 letters on) or
// two (from 9 on), not in the first letter; words with digits never do.
func nearWord(a, b string) bool {
	if len(a) < 5 || len(b) < 5 || hasDigit(a) || hasDigit(b) {
		return false
	}
	if a[0] != b[0] { // HiSeq is no MiSeq; a first letter is seldom mistyped
		return false
	}
	if a == b+"s" || b == a+"s" {
		return true // Spacelab
	}
	if strings.HasPrefix(a, b) || strings.HasPrefix(b, a) {
		return false // "Servo-i" and "Servo-u" are no misspellings of "Servo"
	}
	limit := 1
	if min(len(a), len(b)) >= 9 {
		limit = 2
	}
	return distance(a, b, limit) <= limit
}

// distance is the edit distance with swaps of neighbours (optimal string
// alignment), given up above limit.
func distance(a, b string, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	prev2, prev, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		best := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], prev2[j-2]+1)
			}
			best = min(best, row[j])
		}
		if best > limit {
			return limit + 1
		}
		prev2, prev, row = prev, row, prev2
	}
	return prev[len(b)]
}
