package exposure

import "fmt"

// within tells whether a device's release lies in the expression, and why.
//
// Precision: missing digits count as zero, but where they decide the answer is
// maybe. A device that says more than an inclusive bound is beyond it
// (9.33.1 is not "9.33 and prior"), unless the bound already has three parts:
// then the fourth is taken for a build (2.3.6.12 may be a build of 2.3.6).
func (v versions) within(r release) (verdict, string) {
	switch {
	case v.all:
		return inside, "all versions are named"
	case len(v.spans) == 0:
		return unknown, v.vague
	case r.empty() && r.raw == "":
		return unknown, "the device's version is not known"
	case r.empty():
		return unknown, fmt.Sprintf("the device's version %s could not be read", quote(r.raw))
	}
	best, why := verdict(unknown), ""
	for _, s := range v.spans {
		if got := s.holds(r); got > best {
			best = got
		}
	}
	switch best {
	case inside:
		why = fmt.Sprintf("version %s lies in %s", quote(r.raw), quote(v.raw))
	case maybe:
		why = fmt.Sprintf("version %s may lie in %s: one of them has fewer digits", quote(r.raw), quote(v.raw))
	case outside:
		why = fmt.Sprintf("version %s lies outside %s", quote(r.raw), quote(v.raw))
	default:
		why = fmt.Sprintf("version %s and %s are numbered in different ways", quote(r.raw), quote(v.raw))
	}
	return best, why
}

// holds checks one span.
func (s span) holds(r release) verdict {
	if s.exact {
		return exactly(r, s.low)
	}
	low, high := inside, inside
	if !s.low.empty() {
		low = above(r, s.low, s.lowOpen)
	}
	if !s.high.empty() {
		high = below(r, s.high, s.highOpen)
	}
	switch {
	case low == unknown || high == unknown:
		return unknown
	case low == outside || high == outside:
		return outside
	case low == maybe || high == maybe:
		return maybe
	}
	return inside
}

// exactly compares with one release. A short one ("8", "C.03") names its line.
func exactly(r, want release) verdict {
	c, d, ok := compare(r, want)
	switch {
	case !ok || want.empty():
		return unknown
	case c == 0:
		return inside
	case (d == deeper || d == lettersMore) && (len(want.parts) == 1 || want.parts[0].word != ""):
		return inside
	case d != same:
		return maybe
	}
	return outside
}

func above(r, low release, open bool) verdict {
	c, d, ok := compare(r, low)
	switch {
	case !ok:
		return unknown
	case c > 0 || c == 0 && !open:
		return inside
	case d == shorter:
		return maybe
	}
	return outside
}

func below(r, high release, open bool) verdict {
	c, d, ok := compare(r, high)
	switch {
	case !ok:
		return unknown
	case c < 0 && d == shorter && len(r.parts) < 2:
		return maybe
	case c < 0 && d == shorter:
		return inside
	case c < 0 || c == 0 && !open:
		return inside
	case d == deeper && !open && len(high.parts) >= 3:
		return maybe
	case (d == deeper && lettered(high) || d == lettersMore) && !open && c > 0:
		return maybe
	}
	return outside
}

// lettered tells whether a release is counted by a letter alone ("K", "N").
func lettered(r release) bool { return len(r.parts) == 1 && r.parts[0].word != "" }

func quote(s string) string { return `"` + s + `"` }
