package exposure

import (
	"slices"
	"sort"
	"strings"
	"sync"

	"ward/asset/device"
	"ward/vuln/advisory"
)

// Matcher joins devices with a set of advisories. It is safe for concurrent
// use; equal spellings of devices are worked out once.
type Matcher struct {
	speller *Speller
	entries []entry
	byWord  map[string][]int32   // a word every reading of the entry can need -> entries
	byMaker map[vendorID][]int32 // entries whose names have no word to look up
	vocab   []string             // brand words, for misspellings
	inVocab map[string]bool
	byCPE   map[string][]int32 // CPE vendor and product -> entries
	byPURL  map[string][]int32 // purl without version -> entries

	mu    sync.Mutex
	memo  map[*spelling]outcome
	typos map[string]string
}

// Speller reads names of makers and products; it keeps what it has read, so
// several Matchers over the same devices share the work.
type Speller struct {
	lex  *lexicon
	mu   sync.Mutex
	memo map[identity]*spelling
}

// maxMemo bounds remembered spellings; above it new ones are read each time.
const maxMemo = 200_000

// NewSpeller loads the embedded tables of makers, words and products.
func NewSpeller() *Speller {
	return &Speller{lex: loadLexicon(), memo: map[identity]*spelling{}}
}

// spell reads an identity once.
func (s *Speller) spell(id identity) *spelling {
	s.mu.Lock()
	defer s.mu.Unlock()
	if sp, ok := s.memo[id]; ok {
		return sp
	}
	sp := s.lex.spell(id)
	if len(s.memo) < maxMemo {
		s.memo[id] = sp
	}
	return sp
}

// New understands the advisories. The slice must not change afterwards.
func New(advisories []advisory.Advisory) *Matcher { return NewSpeller().Match(advisories) }

// Match makes a Matcher that shares this Speller: one changed advisory is
// matched against known devices without reading their names again.
func (s *Speller) Match(advisories []advisory.Advisory) *Matcher {
	m := &Matcher{speller: s, byWord: map[string][]int32{}, byMaker: map[vendorID][]int32{}, inVocab: map[string]bool{},
		byCPE: map[string][]int32{}, byPURL: map[string][]int32{}, memo: map[*spelling]outcome{}, typos: map[string]string{}}
	for i := range advisories {
		m.entries = append(m.entries, s.lex.entries(&advisories[i])...)
	}
	for i := range m.entries {
		m.index(int32(i))
	}
	sort.Strings(m.vocab)
	return m
}

// index enters one entry under the words a device must say to match it.
func (m *Matcher) index(i int32) {
	e := &m.entries[i]
	if e.cpe.ok {
		key := string(e.cpe.name.Vendor + ":" + e.cpe.name.Product)
		m.byCPE[key] = append(m.byCPE[key], i)
	}
	for _, u := range purlsOf(e.product) {
		name, _ := cutPURL(u)
		m.byPURL[name] = append(m.byPURL[name], i)
	}
	if e.skip != "" {
		return
	}
	for j := range e.names {
		keys := e.names[j].keys()
		for _, k := range keys {
			m.byWord[k] = appendLast(m.byWord[k], i)
		}
		if len(keys) == 0 || e.names[j].ranged() {
			for _, v := range e.makers {
				m.byMaker[v] = appendLast(m.byMaker[v], i)
			}
		}
		for _, w := range e.names[j].words {
			if w.class == brand && len(w.any[0]) >= 5 && !m.inVocab[w.any[0]] {
				m.inVocab[w.any[0]] = true
				m.vocab = append(m.vocab, w.any[0])
			}
		}
	}
}

// keys are the brand words and codes of a name, also glued with a neighbour.
func (n *name) keys() []string {
	var out []string
	for i, w := range n.words {
		if w.class == brand && !w.kind || w.class == code {
			out = append(out, w.any...)
			if i > 0 {
				out = append(out, n.words[i-1].any[0]+w.any[0])
			}
			if i+1 < len(n.words) {
				out = append(out, w.any[0]+n.words[i+1].any[0])
			}
		}
	}
	return out
}

func (n *name) ranged() bool {
	for _, w := range n.words {
		if len(w.ranges) > 0 {
			return true
		}
	}
	return false
}

func appendLast(list []int32, i int32) []int32 {
	if n := len(list); n > 0 && list[n-1] == i {
		return list
	}
	return append(list, i)
}

// candidates are the entries worth comparing with a spelling, in order.
func (m *Matcher) candidates(s *spelling) []int32 {
	var out []int32
	add := func(list []int32) { out = append(out, list...) }
	for f := range s.forms {
		add(m.byWord[f])
	}
	for _, w := range s.words {
		if w.class == code {
			add(m.byWord[leadLetters(w.text)])
		}
		if near := m.typo(w.text); near != "" {
			add(m.byWord[near])
		}
	}
	for _, v := range s.makers {
		add(m.byMaker[v])
		for _, o := range m.speller.lex.vendors.owners[v] {
			add(m.byMaker[o])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// typo gives the one brand word of the advisories that w misspells, "" if w is
// such a word itself or could be several.
func (m *Matcher) typo(w string) string {
	if len(w) < 5 || hasDigit(w) || m.inVocab[w] || m.speller.lex.classOf(w) != brand {
		return ""
	}
	if t, ok := m.typos[w]; ok {
		return t
	}
	found := ""
	for _, v := range m.vocab {
		if nearWord(w, v) {
			if found != "" {
				found = ""
				break
			}
			found = v
		}
	}
	m.typos[w] = found
	return found
}

// outcome is what the advisories say of one spelling.
type outcome struct {
	hits     []hit
	findings []Finding // as for a device that nothing else is known of
	serials  bool      // some product is limited to serial numbers
}

// outcome works out one spelling, once.
func (m *Matcher) outcome(s *spelling) outcome {
	m.mu.Lock()
	defer m.mu.Unlock()
	if o, ok := m.memo[s]; ok {
		return o
	}
	var o outcome
	if o.hits = m.hits(s); len(o.hits) > 0 {
		o.findings = m.findings(&device.Device{}, o.hits)
	}
	for _, h := range o.hits {
		o.serials = o.serials || len(h.entry.serials) > 0
	}
	if len(m.memo) < maxMemo {
		m.memo[s] = o
	}
	return o
}

// of gives the findings their device; the evidence is shared and must not be
// changed.
func (o outcome) of(d *device.Device) []Finding {
	if len(o.findings) == 0 {
		return nil
	}
	out := slices.Clone(o.findings)
	for i := range out {
		out[i].Device, out[i].Dev = d.ID, d
	}
	return out
}

// hits gives the products that fit one spelling.
func (m *Matcher) hits(s *spelling) []hit {
	var out []hit
	ruled := map[*advisory.Advisory]int{} // words of the best product ruled out by its version
	for _, i := range m.candidates(s) {
		switch h := m.try(&m.entries[i], s); {
		case h.grade == noFit:
		case h.verdict != outside:
			out = append(out, h)
		case h.grade == productFit:
			ruled[h.entry.adv] = max(ruled[h.entry.adv], h.words)
		}
	}
	out = slices.DeleteFunc(out, func(h hit) bool { return h.grade < productFit && h.words <= ruled[h.entry.adv] })
	return out
}

// Findings tells what the advisories say of one device: at most one Finding
// per vulnerability and advisory, the surest. A device whose version is proven
// outside has none; Explain tells why.
func (m *Matcher) Findings(d *device.Device) []Finding {
	if len(d.Software) == 0 && len(d.Claims) == 0 {
		if o := m.outcome(m.speller.spell(m.speller.bestIdentity(d))); !o.serials {
			return o.of(d)
		}
	}
	ids := m.speller.identities(d)
	if len(ids) == 1 && len(d.Software) == 0 {
		if o := m.outcome(m.speller.spell(ids[0])); !o.serials {
			return o.of(d)
		}
	}
	var all []hit
	for _, id := range ids {
		all = append(all, m.outcome(m.speller.spell(id)).hits...)
	}
	if len(d.Software) > 0 {
		all = append(all, m.softwareHits(d)...)
	}
	if len(all) == 0 {
		return nil
	}
	return m.findings(d, all)
}

func purlsOf(p *advisory.Product) []string {
	var out []string
	if p.PURL != "" {
		out = append(out, p.PURL)
	}
	return append(out, p.PURLs...)
}

// cutPURL splits a package URL into its name and version, qualifiers dropped.
func cutPURL(u string) (name, version string) {
	u, _, _ = strings.Cut(u, "?")
	u, _, _ = strings.Cut(u, "#")
	if i := strings.LastIndexByte(u, '@'); i > 0 {
		return strings.ToLower(u[:i]), u[i+1:]
	}
	return strings.ToLower(u), ""
}
