package device

import (
	"cmp"

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
	if g.claims == nil {
		g.claims = map[claimKey]*Claim{}
	}
	addClaim(g.claims, c)
}

// addClaim merges c into set. A full set keeps the smallest keys, which is the
// same set in any order of arrival.
func addClaim(set map[claimKey]*Claim, c Claim) {
	k := keyOf(&c)
	have, ok := set[k]
	if !ok {
		kept := c
		set[k] = &kept
		if len(set) > MaxClaims {
			delete(set, largest(set))
		}
		return
	}
	n, conf := have.Count+c.Count, max(have.Confidence, c.Confidence)
	if precedes(&c, have) {
		*have = c
	}
	have.Count, have.Confidence = n, conf
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

func largest(set map[claimKey]*Claim) claimKey {
	var out claimKey
	for k := range set {
		if k.compare(out) > 0 {
			out = k
		}
	}
	return out
}
