package cpeindex

import "ward/spec/cpe"

// Matcher matches one device after the other. It is not for use by several
// goroutines at once; make one for each.
type Matcher struct {
	ix       *Index
	turn     uint32   // number of the device, twice
	seen     []uint32 // by CVE: the turn in which it was met, one more if with certainty
	met      []uint32 // CVEs of this turn
	rules    map[uint32]hits
	ruleList []uint32 // keys of rules, in the order met
}

// hits are the nodes of one rule that the device meets.
type hits struct {
	certain, any uint64
	vulnerable   bool // a vulnerable match was met
	sure         bool // with certainty
}

// NewMatcher makes a Matcher for the Index.
func (ix *Index) NewMatcher() *Matcher {
	return &Matcher{ix: ix, seen: make([]uint32, len(ix.cves)), rules: map[uint32]hits{}}
}

// Match tells every CVE that holds for a device with these names, once each.
func (ix *Index) Match(names []cpe.Name, emit func(cve string, how How)) {
	ix.NewMatcher().Match(names, emit)
}

// Match tells every CVE that holds for a device with these names, once each.
func (m *Matcher) Match(names []cpe.Name, emit func(cve string, how How)) {
	m.begin()
	var key []byte
	for _, n := range names {
		var ok bool
		if key, ok = appendKey(key[:0], n); !ok {
			continue
		}
		if product, ok := m.ix.products[string(key)]; ok {
			e := attributes(n)
			m.name(product, m.ix.place(n.Version), n.Version, &e)
		}
	}
	m.end(emit)
}

func (m *Matcher) begin() {
	m.turn += 2
	m.met = m.met[:0]
	if len(m.rules) > 0 {
		clear(m.rules)
		m.ruleList = m.ruleList[:0]
	}
	if m.turn == 0 { // after 2 billion devices
		clear(m.seen)
		m.turn = 2
	}
}

// name meets one CPE name of the device with the rows of its product.
func (m *Matcher) name(product, place uint32, version cpe.Value, device *extra) {
	start, stop := m.ix.starts[product], m.ix.starts[product+1]
	spans := m.ix.spans[start:stop]
	if place == unknown {
		for i, s := range spans {
			m.row(&m.ix.rows[start+uint32(i)], s == everything, version, device)
		}
		return
	}
	for i := range spans {
		if s := &spans[i]; s.lo <= place && place <= s.hi {
			m.row(&m.ix.rows[start+uint32(i)], true, version, device)
		}
	}
}

func (m *Matcher) row(r *row, certain bool, version cpe.Value, device *extra) {
	if r.extra != 0 {
		fits, sure := m.ix.extras[r.extra].fits(version, device)
		if !fits {
			return
		}
		certain = certain && sure
	}
	if r.rule == 0 {
		m.cve(r.cve, certain)
		return
	}
	number, node, vulnerable := splitRule(r.rule)
	h, again := m.rules[number]
	if !again {
		m.ruleList = append(m.ruleList, number)
	}
	h.any |= 1 << node
	h.vulnerable = h.vulnerable || vulnerable
	if certain {
		h.certain |= 1 << node
		h.sure = h.sure || vulnerable
	}
	m.rules[number] = h
}

func (m *Matcher) cve(at uint32, certain bool) {
	turn := m.turn
	if certain {
		turn++
	}
	if have := m.seen[at]; have < m.turn {
		m.met = append(m.met, at)
	} else if have > turn {
		return
	}
	m.seen[at] = turn
}

// end decides the rules and tells the CVEs in the order they were met.
func (m *Matcher) end(emit func(cve string, how How)) {
	for _, number := range m.ruleList {
		r, h := m.ix.rules[number], m.rules[number]
		if h.any&r.positive != r.positive || h.certain&r.negative != 0 || !h.vulnerable {
			continue
		}
		m.cve(r.cve, h.certain&r.positive == r.positive && h.any&r.negative == 0 && h.sure)
	}
	for _, at := range m.met {
		how := Likely
		if m.seen[at] > m.turn {
			how = Confirmed
		}
		emit(m.ix.cves[at], how)
	}
}
