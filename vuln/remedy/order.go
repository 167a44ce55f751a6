package remedy

import (
	"cmp"
	"sort"

	"ward/vuln/risk"
)

// order ranks actions and links those for the same devices: the question that
// comes first (After) and what follows (Then).
func order(actions []Action) {
	type block struct {
		band  risk.Band
		group string
	}
	best := map[block]float64{}
	for i := range actions {
		a := &actions[i]
		key := block{a.Band, a.group}
		best[key] = max(best[key], a.ratio())
	}
	sort.SliceStable(actions, func(i, j int) bool {
		a, b := &actions[i], &actions[j]
		switch {
		case a.Band != b.Band:
			return a.Band.AtLeast(b.Band)
		case a.Kind.Segments() != b.Kind.Segments():
			return b.Kind.Segments()
		case a.group != b.group:
			x, y := best[block{a.Band, a.group}], best[block{b.Band, b.group}]
			return cmp.Or(-cmp.Compare(x, y), cmp.Compare(a.group, b.group)) < 0
		case (a.Kind == FindOut) != (b.Kind == FindOut):
			return a.Kind == FindOut
		}
		return cmp.Or(-cmp.Compare(a.ratio(), b.ratio()), cmp.Compare(a.Action, b.Action)) < 0
	})
	link(actions)
}

// ratio is what an action removes in an hour of work.
func (a *Action) ratio() float64 { return a.Removes / max(quarter, a.Hours) }

// link numbers the actions and notes what comes before and after.
func link(actions []Action) {
	question := map[string]int{}
	later := map[string][]int{}
	for i := range actions {
		a := &actions[i]
		a.Rank = i + 1
		if a.Kind == FindOut {
			question[a.group] = a.Rank
		}
		if !a.Kind.Segments() {
			later[a.group] = append(later[a.group], a.Rank)
		}
	}
	for i := range actions {
		a := &actions[i]
		if a.Kind.Segments() {
			continue
		}
		if q := question[a.group]; a.asks && q > 0 && q < a.Rank {
			a.After = q
		}
		for _, rank := range later[a.group] {
			if rank > a.Rank {
				a.Then = append(a.Then, rank)
			}
		}
	}
}
