package store

import (
	"slices"

	"ward/vuln/exposure"
	"ward/vuln/risk"
)

// The codes below are how words stand in the rows of a million findings. A code
// is the place in its list; a released list only grows at its end.
var (
	bandCodes   = []risk.Band{"", risk.Track, risk.Schedule, risk.NextWindow, risk.ActNow} // in order of urgency
	statusCodes = []exposure.Status{"", exposure.Affected, exposure.UnderInvestigation, exposure.NotAffected, exposure.Fixed}
	matchCodes  = []exposure.Match{exposure.NoMatch, exposure.Possible, exposure.Likely, exposure.Confirmed}
)

// codeOf gives the code of a word, 0 for one that is not listed.
func codeOf[T comparable](codes []T, v T) int64 { return int64(max(0, slices.Index(codes, v))) }

// code scans a code into its word.
type code[T ~string] struct {
	codes []T
	into  *T
}

// Scan reads the number (database/sql.Scanner).
func (c code[T]) Scan(v any) error {
	n, _ := v.(int64)
	if n >= 0 && n < int64(len(c.codes)) {
		*c.into = c.codes[n]
	}
	return nil
}

// codesOf gives the codes of words, for a filter.
func codesOf[T comparable](codes []T, words []T) []int64 {
	out := make([]int64, len(words))
	for i, w := range words {
		out[i] = codeOf(codes, w)
	}
	return out
}

// band, status and match scan their codes.
func band(b *risk.Band) code[risk.Band] { return code[risk.Band]{bandCodes, b} }

func status(s *exposure.Status) code[exposure.Status] {
	return code[exposure.Status]{statusCodes, s}
}

func match(m *exposure.Match) code[exposure.Match] { return code[exposure.Match]{matchCodes, m} }
