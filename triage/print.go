package triage

import (
	"encoding/binary"
	"hash/maphash"
	"math"
	"slices"

	"ward/store"
)

// print is the fingerprint of a finding that was stored: what it is, and what
// it weighs. With it only what changed is stored again.
type print struct{ identity, weight uint64 }

// seed is that of all prints of this process.
var seed = maphash.MakeSeed()

// printOf gives the fingerprint of a finding.
func printOf(f *store.Finding) print {
	var h maphash.Hash
	h.SetSeed(seed)
	words := func(list ...string) {
		for _, s := range list {
			h.WriteString(s)
			h.WriteByte(0)
		}
	}
	words(f.Vulnerability, f.Advisory, string(f.Status))
	identity := h.Sum64()
	a := &f.Assessment
	words(string(f.Match), f.Product, f.ProductID, f.Flag, f.Decision, a.FindOut, a.Sentence, string(a.Band), string(a.BandLow), string(a.BandHigh))
	for i := range f.Evidence {
		e := &f.Evidence[i]
		words(e.Rule, e.Text, e.File, e.Place)
	}
	var b [8]byte
	numbers := func(list ...float64) {
		for _, n := range list {
			binary.LittleEndian.PutUint64(b[:], math.Float64bits(n))
			h.Write(b[:])
		}
	}
	numbers(a.R, a.L, a.K, a.Score, a.Low, a.High)
	for i := range a.Why {
		r := &a.Why[i]
		words(r.Factor, r.Text, r.Evidence)
		numbers(r.Value)
		h.WriteByte(map[bool]byte{true: 1}[r.Unknown])
	}
	return print{identity, h.Sum64()}
}

// fresh compares what was assessed with what is stored: all tells that findings
// came, went or changed their status; else changed are those to be stored again.
func (m *member) fresh(a *store.Assessed) (changed []store.Finding, all bool, prints []print) {
	for i := range a.Findings {
		prints = append(prints, printOf(&a.Findings[i]))
	}
	if m.stored == nil || len(m.stored) != len(prints) {
		return nil, true, prints
	}
	for i, p := range prints {
		at := slices.IndexFunc(m.stored, func(q print) bool { return q.identity == p.identity })
		if at < 0 {
			return nil, true, prints
		}
		if m.stored[at] != p {
			changed = append(changed, a.Findings[i])
		}
	}
	return changed, false, prints
}
