// Package cpeindex matches the CPE names of many devices against the CPE
// configurations of several hundred thousand CVEs.
//
// Build sorts every version bound of all configurations once; a version then is
// a number, its place among the bounds, and a range test is two integer
// compares. The matches of one product stand together. AND over nodes and
// negated nodes are checked for each device over all its names, so a firmware
// flaw needs the hardware too.
//
// Rules beyond NISTIR 7696, each in favour of what is true on a device:
//   - a device name without version meets a bounded match as Likely;
//   - version "-" of hardware (part h) in a match means every version;
//   - an unknown update, edition or target of the device is Likely, not a miss.
//
// Names whose vendor or product is ANY are not matched: they name nothing.
package cpeindex

import (
	"ward/spec/cpe"
	"ward/vuln/advisory"
)

// How is how sure a match is.
type How string

const (
	Confirmed How = "confirmed" // every attribute the CVE asks for is known and fits
	Likely    How = "likely"    // nothing contradicts, but a version or attribute is unknown
)

// span is a range of places, both ends included; see place.
type span struct{ lo, hi uint32 }

// Places of versions. A version between the bounds i-1 and i has place 2i+1,
// one equal to bound i has place 2i+2.
const (
	first   uint32 = 1          // the lowest place of a version
	last    uint32 = 1<<32 - 2  // the highest
	absent  uint32 = 1<<32 - 1  // the place of version "-"
	unknown uint32 = 0          // the place of version ANY in a device name
	maxRows        = 1<<31 - 16 // places and rows stay in 32 bits
)

// everything is the span of a match without version.
var everything = span{0, absent}

// row is one CPE match besides its span.
type row struct {
	cve   uint32
	rule  uint32 // 0: the match alone decides; else one more than rule number, see newRule
	extra uint32 // place in extras; 0: nothing more to compare
}

// Limits of one rule.
const (
	maxNodes = 64
	maxRules = 1 << 24
)

func newRule(rule, node int, vulnerable bool) uint32 {
	r := uint32(rule)<<7 | uint32(node)<<1
	if vulnerable {
		r |= 1
	}
	return r + 1
}

func splitRule(r uint32) (rule uint32, node uint, vulnerable bool) {
	r--
	return r >> 7, uint(r>>1) & 63, r&1 == 1
}

// rule is one configuration with more than one node: all positive nodes must
// be met, no negative one.
type rule struct {
	cve                uint32
	positive, negative uint64
}

// extra is what a match asks for besides product and version range: a version
// pattern and the attributes update, edition, language, software edition,
// target software, target hardware, other.
type extra [attributeCount]cpe.Value

const attributeCount = 8

func (e extra) any() bool {
	for _, v := range e {
		if !v.Any() {
			return false
		}
	}
	return true
}

// attributes gives the part of a name that extra compares.
func attributes(n cpe.Name) extra {
	return extra{n.Version, n.Update, n.Edition, n.Language, n.SWEdition, n.TargetSW, n.TargetHW, n.Other}
}

// fits compares what a match asks for with a device name, whose version stands
// beside its other attributes.
func (e *extra) fits(version cpe.Value, device *extra) (fits, certain bool) {
	certain = true
	for i, want := range e {
		have := device[i]
		if i == 0 {
			have = version
		}
		switch {
		case want.Any():
		case have.Any() || have.Wild():
			certain = false
		case !cpe.CompareValues(want, have).Covers():
			return false, false
		}
	}
	return true, certain
}

// Index is the configurations of many CVEs, ready to match. It does not change.
type Index struct {
	cves     []string
	products map[string]uint32 // by part:vendor:product:
	names    []string          // of products
	starts   []uint32          // first row of each product, and the end
	spans    []span
	rows     []row
	extras   []extra // [0] is empty
	rules    []rule
	versions []string // bounds in order, no two equal
	keys     []uint64 // of versions, see key
}

// Stats tells the size of an Index.
type Stats struct{ CVEs, Products, Matches, Rules, Versions int }

// Stats tells the size.
func (ix *Index) Stats() Stats {
	return Stats{len(ix.cves), len(ix.names), len(ix.rows), len(ix.rules), len(ix.versions)}
}

// Build makes an Index of advisories at once.
func Build(list []advisory.Advisory) *Index {
	b := NewBuilder()
	for _, a := range list {
		for _, v := range a.Vulnerabilities {
			b.Add(v.ID, v.Configurations)
		}
	}
	return b.Index()
}

// appendKey names a product; false where vendor or product is not definite.
func appendKey(b []byte, n cpe.Name) ([]byte, bool) {
	for _, v := range [...]cpe.Value{n.Part, n.Vendor, n.Product} {
		if v.Any() || v == cpe.NA || v.Wild() {
			return b, false
		}
		b = append(append(b, v...), ':')
	}
	return b, true
}
