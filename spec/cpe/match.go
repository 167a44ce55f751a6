package cpe

// Relation is how a source name or value relates to a target (NISTIR 7696,
// Sections 6.1 and 7.2).
type Relation string

const (
	Undefined Relation = "undefined" // the standard gives no answer: mixed relations, or a wildcard in the target
	Disjoint  Relation = "disjoint"
	Equal     Relation = "equal"
	Subset    Relation = "subset"
	Superset  Relation = "superset"
)

// Covers tells whether the source names everything the target names.
func (r Relation) Covers() bool { return r == Equal || r == Superset }

// CompareValues compares two attribute values (NISTIR 7696, Table 6-2). A value
// with wildcards as target is Undefined, except that equal values are Equal.
func CompareValues(source, target Value) Relation {
	if source.Any() && target.Any() || source == target {
		return Equal
	}
	switch {
	case target.Wild():
		return Undefined
	case source.Any():
		return Superset
	case target.Any():
		return Subset
	case source == NA || target == NA:
		return Disjoint
	case source.Wild() && glob(string(source), string(target)):
		return Superset
	}
	return Disjoint
}

// Compare compares two names attribute by attribute (NISTIR 7696, Table 6-4).
func Compare(source, target Name) Relation {
	equal, subset, superset := true, true, true
	undefined := false
	s, t := source.values(), target.values()
	for i := range s {
		switch CompareValues(s[i], t[i]) {
		case Disjoint:
			return Disjoint
		case Undefined:
			undefined = true
		case Subset:
			equal, superset = false, false
		case Superset:
			equal, subset = false, false
		}
	}
	switch {
	case undefined:
		return Undefined
	case equal:
		return Equal
	case subset:
		return Subset
	case superset:
		return Superset
	}
	return Undefined
}

// glob matches a pattern with wildcards at its ends against a literal value.
// Each ? stands for one character or none, as trailing and leading ? do in
// NISTIR 7696, Section 6.3; * stands for any number.
func glob(pattern, text string) bool {
	start, end := wildcards(pattern)
	head, core, tail := pattern[:start], pattern[start:end], pattern[end:]
	positions := 1 + len(text) - len(core)
	for at := 0; at < positions; at++ {
		if text[at:at+len(core)] != core || !boundary(text, at) {
			continue
		}
		if reach(head, text[:at]) && reach(tail, text[at+len(core):]) {
			return true
		}
	}
	return false
}

// boundary tells whether a character starts here, not the middle of a quoted one.
func boundary(text string, at int) bool {
	slashes := 0
	for i := at - 1; i >= 0 && text[i] == '\\'; i-- {
		slashes++
	}
	return slashes%2 == 0
}

// reach tells whether wildcards can stand for the rest of the text.
func reach(wild, rest string) bool {
	if wild == "*" {
		return true
	}
	characters := 0
	for i := 0; i < len(rest); i++ {
		if rest[i] == '\\' {
			i++
		}
		characters++
	}
	return characters <= len(wild)
}
