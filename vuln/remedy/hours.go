package remedy

import (
	"math"
	"slices"

	"ward/asset/device"
)

// quarter is the unit of working time in hours.
const quarter = 0.25

// maxBudget bounds the hours that Choose plans for: a year of one person.
const maxBudget = 2000

// Choose marks the set of actions that removes most risk within the hours of
// work, exactly (0/1 knapsack in quarter hours).
func Choose(actions []Action, hours float64) {
	slots := int(math.Min(hours, maxBudget) / quarter)
	if slots <= 0 {
		return
	}
	best := make([]float64, slots+1)
	taken := make([][]bool, len(actions))
	for i := range actions {
		taken[i] = make([]bool, slots+1)
		need := int(math.Ceil(actions[i].Hours / quarter))
		worth := worthOf(&actions[i])
		for s := slots; s >= need; s-- {
			if with := best[s-need] + worth; with > best[s] {
				best[s], taken[i][s] = with, true
			}
		}
	}
	for i, s := len(actions)-1, slots; i >= 0; i-- {
		if taken[i][s] {
			actions[i].Chosen = true
			s -= int(math.Ceil(actions[i].Hours / quarter))
		}
	}
}

// worthOf is what an action removes. A question removes nothing by itself: half
// of what the good answer would take away.
func worthOf(a *Action) float64 {
	if a.Kind == FindOut {
		return a.Removes / 2
	}
	return a.Removes
}

func sortedIDs(ids []device.ID) []device.ID {
	slices.Sort(ids)
	return slices.Compact(ids)
}
