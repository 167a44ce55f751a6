package cpeindex

import (
	"slices"
	"sort"
	"strings"

	"ward/spec/cpe"
	"ward/vuln/advisory"
)

// Builder gathers configurations for an Index.
type Builder struct {
	cves     []string
	cveAt    map[string]uint32
	products map[string]uint32
	names    []string
	versions map[string]uint32
	texts    []string // of versions
	extras   []extra
	extraAt  map[extra]uint32
	rules    []rule
	rows     [][]draft // in blocks, so that growing copies nothing
	total    int
	skipped  int
	scratch  []byte
}

// draft is a row whose version bounds are still texts.
type draft struct {
	row
	product uint32
	lo, hi  bound
}

// bound is one end of a range: twice 1 + the place of its version in texts, one
// more if the version itself does not count; 0: none.
type bound uint32

// block is the number of drafts that stand together.
const block = 1 << 14

// NewBuilder makes an empty Builder.
func NewBuilder() *Builder {
	return &Builder{cveAt: map[string]uint32{}, products: map[string]uint32{}, versions: map[string]uint32{},
		extras: []extra{{}}, extraAt: map[extra]uint32{}}
}

// Add takes the configurations of one CVE; the same CVE may come again.
func (b *Builder) Add(id string, list []advisory.Configuration) {
	if len(list) == 0 {
		return
	}
	at, ok := b.cveAt[id]
	if !ok {
		at = uint32(len(b.cves))
		b.cves = append(b.cves, id)
		b.cveAt[id] = at
	}
	for _, c := range list {
		b.configuration(at, c)
	}
}

// Skipped is the number of matches that could not be used: broken names, no
// definite product, too many nodes.
func (b *Builder) Skipped() int { return b.skipped }

func (b *Builder) configuration(at uint32, c advisory.Configuration) {
	if len(c.Nodes) == 1 && !c.Nodes[0].Negate {
		for _, m := range c.Nodes[0].Matches {
			if m.Vulnerable {
				b.match(at, 0, m)
			}
		}
		return
	}
	r := rule{cve: at}
	for i, n := range c.Nodes[:min(len(c.Nodes), maxNodes)] {
		if n.Negate {
			r.negative |= 1 << i
		} else {
			r.positive |= 1 << i
		}
	}
	if len(c.Nodes) > maxNodes || r.positive == 0 || len(b.rules) == maxRules {
		b.skipped += len(c.Nodes)
		return
	}
	number := len(b.rules)
	b.rules = append(b.rules, r)
	for i, n := range c.Nodes {
		for _, m := range n.Matches {
			b.match(at, newRule(number, i, m.Vulnerable && !n.Negate), m)
		}
	}
}

func (b *Builder) match(at, rule uint32, m advisory.CPEMatch) {
	name, err := cpe.Parse(m.CPE)
	var ok bool
	b.scratch, ok = appendKey(b.scratch[:0], name)
	if err != nil || !ok || b.total >= maxRows {
		b.skipped++
		return
	}
	d := draft{row: row{cve: at, rule: rule}, product: b.product(b.scratch)}
	e := attributes(name)
	switch v := name.Version; {
	case v.Any():
		d.lo, d.hi = b.limits(m)
	case v == cpe.NA:
		if name.Part == "h" {
			e[0] = cpe.Any
		}
	case v.Wild():
	default:
		d.lo = b.bound(v.Text(), false)
		d.hi = d.lo
		e[0] = cpe.Any
	}
	d.extra = b.extra(e)
	if b.total%block == 0 {
		b.rows = append(b.rows, make([]draft, 0, block))
	}
	tail := &b.rows[len(b.rows)-1]
	*tail = append(*tail, d)
	b.total++
}

func (b *Builder) limits(m advisory.CPEMatch) (lo, hi bound) {
	switch {
	case m.StartIncluding != "":
		lo = b.bound(m.StartIncluding, false)
	case m.StartExcluding != "":
		lo = b.bound(m.StartExcluding, true)
	}
	switch {
	case m.EndIncluding != "":
		hi = b.bound(m.EndIncluding, false)
	case m.EndExcluding != "":
		hi = b.bound(m.EndExcluding, true)
	}
	return lo, hi
}

func (b *Builder) product(key []byte) uint32 {
	at, ok := b.products[string(key)]
	if !ok {
		at = uint32(len(b.names))
		b.names = append(b.names, string(key))
		b.products[string(key)] = at
	}
	return at
}

func (b *Builder) bound(version string, open bool) bound {
	at, ok := b.versions[version]
	if !ok {
		version = strings.Clone(version) // not the whole name it was part of
		b.texts = append(b.texts, version)
		at = uint32(len(b.texts))
		b.versions[version] = at
	}
	if open {
		return bound(2*at + 1)
	}
	return bound(2 * at)
}

func (b *Builder) extra(e extra) uint32 {
	if e.any() {
		return 0
	}
	at, ok := b.extraAt[e]
	if !ok {
		for i, v := range e {
			e[i] = cpe.Value(strings.Clone(string(v)))
		}
		at = uint32(len(b.extras))
		b.extras = append(b.extras, e)
		b.extraAt[e] = at
	}
	return at
}

// Index sorts what was added. The Builder is used up.
func (b *Builder) Index() *Index {
	b.versions, b.extraAt, b.cveAt = nil, nil, nil
	ix := &Index{cves: b.cves, products: b.products, names: b.names, extras: b.extras, rules: b.rules}
	places := b.sortVersions(ix)
	ix.starts = make([]uint32, len(ix.names)+1)
	for _, rows := range b.rows {
		for i := range rows {
			ix.starts[rows[i].product+1]++
		}
	}
	for i := range ix.names {
		ix.starts[i+1] += ix.starts[i]
	}
	ix.spans, ix.rows = make([]span, b.total), make([]row, b.total)
	next := append([]uint32(nil), ix.starts...)
	for n, rows := range b.rows {
		for _, d := range rows {
			at := next[d.product]
			next[d.product]++
			ix.spans[at], ix.rows[at] = d.span(places), d.row
		}
		b.rows[n] = nil
	}
	return ix
}

// sortVersions puts the bounds in order and gives the place of each text.
func (b *Builder) sortVersions(ix *Index) []uint32 {
	order, keys := make([]uint32, len(b.texts)), make([]uint64, len(b.texts))
	for i := range order {
		order[i], keys[i] = uint32(i), key(b.texts[i])
	}
	sort.Slice(order, func(i, j int) bool {
		x, y := order[i], order[j]
		if keys[x] != keys[y] {
			return keys[x] < keys[y]
		}
		return Compare(b.texts[x], b.texts[y]) < 0
	})
	places := make([]uint32, len(b.texts))
	for i, at := range order {
		if i == 0 || Compare(b.texts[order[i-1]], b.texts[at]) != 0 {
			ix.versions = append(ix.versions, b.texts[at])
			ix.keys = append(ix.keys, keys[at])
		}
		places[at] = 2 * uint32(len(ix.versions)) // 2i+2 for bound i
	}
	return places
}

func (d *draft) span(places []uint32) span {
	if d.lo == 0 && d.hi == 0 {
		return everything
	}
	s := span{first, last}
	if d.lo > 0 {
		s.lo = places[d.lo/2-1] + uint32(d.lo&1)
	}
	if d.hi > 0 {
		s.hi = places[d.hi/2-1] - uint32(d.hi&1)
	}
	return s
}

// place gives the place of a version among the bounds.
func (ix *Index) place(v cpe.Value) uint32 {
	switch {
	case v.Any() || v.Wild():
		return unknown
	case v == cpe.NA:
		return absent
	}
	text := v.Text()
	k := key(text)
	i, _ := slices.BinarySearch(ix.keys, k)
	for ; i < len(ix.keys) && ix.keys[i] == k; i++ {
		switch c := Compare(ix.versions[i], text); {
		case c == 0:
			return 2*uint32(i) + 2
		case c > 0:
			return 2*uint32(i) + 1
		}
	}
	return 2*uint32(i) + 1
}
