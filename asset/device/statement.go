package device

import (
	"cmp"
	"slices"

	"ward/wire/session"
)

// claimKey is what makes two claims the same statement.
type claimKey struct {
	field             Field
	name, value, rule string
}

func keyOf(c *Claim) claimKey { return claimKey{c.Field, c.Name, c.Value, c.Source.Rule} }

func (k claimKey) compare(o claimKey) int {
	return cmp.Or(cmp.Compare(k.field, o.field), cmp.Compare(k.name, o.name),
		cmp.Compare(k.value, o.value), cmp.Compare(k.rule, o.rule))
}

// state keeps one claim, or adds to the count of the same claim made before.
func (v *Inventory) state(s *session.Session, at Subject, said *Claim) {
	i := v.sight(at)
	if i < 0 || said.Value == "" {
		return
	}
	g := &v.sightings[i]
	c := *said
	if c.Source.Input == "" {
		c.Source.Input = v.input(s.Input)
	}
	if c.Session == 0 {
		c.Session = s.ID
	}
	c.Count = 1
	g.claims.add(c)
}

// claimSet is different statements, sorted by their keys.
type claimSet []*Claim

// add merges c into the set. A full set keeps the smallest keys, which is the
// same set in any order of arrival.
func (set *claimSet) add(c Claim) {
	k := keyOf(&c)
	i, found := slices.BinarySearchFunc(*set, k, func(have *Claim, k claimKey) int { return keyOf(have).compare(k) })
	switch {
	case found:
		(*set)[i].again(&c)
	case i < MaxClaims:
		kept := c
		*set = slices.Insert(*set, i, &kept)
		if len(*set) > MaxClaims {
			*set = slices.Delete(*set, MaxClaims, len(*set))
		}
	}
}

// again counts the same statement made once more; the earliest evidence stays.
func (have *Claim) again(c *Claim) {
	n, sure := have.Count+c.Count, max(have.Confidence, c.Confidence)
	if precedes(c, have) {
		*have = *c
	}
	have.Count, have.Confidence = n, sure
}

func precedes(a, b *Claim) bool {
	if !a.Seen.Equal(b.Seen) {
		return a.Seen.Before(b.Seen)
	}
	if n := a.Source.compare(b.Source); n != 0 {
		return n < 0
	}
	if a.Source.Saw != b.Source.Saw {
		return a.Source.Saw < b.Source.Saw
	}
	return a.Session < b.Session
}
