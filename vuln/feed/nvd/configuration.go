package nvd

import (
	"strings"

	"ward/vuln/advisory"
)

// Configuration is an applicability statement of format 2.0; CVE JSON 5 uses
// the same shape as cpeApplicability.
type Configuration struct {
	Operator string `json:"operator"`
	Negate   bool   `json:"negate"`
	Nodes    []Node `json:"nodes"`
}

// Node is one part of a Configuration.
type Node struct {
	Operator string  `json:"operator"`
	Negate   bool    `json:"negate"`
	Matches  []Match `json:"cpeMatch"`
}

// Match is a CPE name with a version range.
type Match struct {
	Vulnerable     bool   `json:"vulnerable"`
	Criteria       string `json:"criteria"`
	StartIncluding string `json:"versionStartIncluding"`
	StartExcluding string `json:"versionStartExcluding"`
	EndIncluding   string `json:"versionEndIncluding"`
	EndExcluding   string `json:"versionEndExcluding"`
}

func (m Match) convert(name string) advisory.CPEMatch {
	return advisory.CPEMatch{CPE: name, Vulnerable: m.Vulnerable, StartIncluding: m.StartIncluding,
		StartExcluding: m.StartExcluding, EndIncluding: m.EndIncluding, EndExcluding: m.EndExcluding}
}

// Limits of one applicability statement.
const (
	maxDepth   = 8    // nested nodes; NVD uses two levels
	maxClauses = 1000 // after AND over OR is written out
)

// Convert writes statements as a list of which one must hold, each a list of
// nodes that must all hold.
func Convert(list []Configuration) []advisory.Configuration {
	var out []advisory.Configuration
	for _, c := range list {
		e := expression{and: strings.EqualFold(c.Operator, "AND"), negate: c.Negate}
		for _, n := range c.Nodes {
			child := expression{and: strings.EqualFold(n.Operator, "AND"), negate: n.Negate}
			for _, m := range n.Matches {
				child.matches = append(child.matches, m.convert(m.Criteria))
			}
			e.children = append(e.children, child)
		}
		out = append(out, configurations(e)...)
	}
	return out
}

// expression is a tree of AND, OR and NOT over CPE matches.
type expression struct {
	and, negate bool
	matches     []advisory.CPEMatch
	children    []expression
}

func configurations(e expression) []advisory.Configuration {
	var out []advisory.Configuration
	for _, nodes := range e.clauses(false) {
		if len(nodes) > 0 {
			out = append(out, advisory.Configuration{Nodes: nodes})
		}
	}
	return out
}

// clauses writes the tree as OR over AND; NOT moves down to the nodes. Beyond
// maxClauses the rest is left out, which only loses matches.
func (e expression) clauses(negate bool) [][]advisory.Node {
	negate = negate != e.negate
	if e.and != negate { // AND, or NOT over OR
		out := [][]advisory.Node{nil}
		if negate && len(e.matches) > 0 {
			out = [][]advisory.Node{{{Negate: true, Matches: e.matches}}}
		} else {
			for _, m := range e.matches {
				out = cross(out, [][]advisory.Node{{{Matches: []advisory.CPEMatch{m}}}})
			}
		}
		for _, child := range e.children {
			out = cross(out, child.clauses(negate))
		}
		return out
	}
	var out [][]advisory.Node
	switch {
	case negate: // NOT over AND: one of the matches must fail
		for _, m := range e.matches {
			out = append(out, []advisory.Node{{Negate: true, Matches: []advisory.CPEMatch{m}}})
		}
	case len(e.matches) > 0:
		out = append(out, []advisory.Node{{Matches: e.matches}})
	}
	for _, child := range e.children {
		out = append(out, child.clauses(negate)...)
	}
	return out[:min(len(out), maxClauses)]
}

func cross(a, b [][]advisory.Node) [][]advisory.Node {
	var out [][]advisory.Node
	for _, x := range a {
		for _, y := range b {
			if len(out) == maxClauses {
				return out
			}
			out = append(out, append(x[:len(x):len(x)], y...))
		}
	}
	return out
}
