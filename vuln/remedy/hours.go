package remedy

import (
	"cmp"
	"math"
	"slices"
)

// quarter is the unit of working time in hours.
const quarter = 0.25

// maxBudget bounds the hours that Choose plans for: a year of one person.
const maxBudget = 2000

// bundle is an action with those that may only be taken together with it: a
// question and the changes that hang on its answer.
type bundle struct {
	first int // index of the action
	later []int
}

// Choose marks the set of actions that removes most risk within the hours of
// work, exactly (0/1 knapsack in quarter hours). A change whose question comes
// first counts only together with the question.
func Choose(actions []Action, hours float64) {
	for i := range actions {
		actions[i].Chosen = false
	}
	slots := int(math.Min(math.Max(hours, 0), maxBudget) / quarter)
	if slots <= 0 || math.IsNaN(hours) {
		return
	}
	best := make([]float64, slots+1)
	bundles := bundlesOf(actions)
	taken := make([][]bits, len(bundles))
	for i, b := range bundles {
		best, taken[i] = b.add(actions, best)
	}
	s := slots
	for i := len(bundles) - 1; i >= 0; i-- {
		s = bundles[i].mark(actions, taken[i], s)
	}
}

// bundlesOf puts each change with its question.
func bundlesOf(actions []Action) []bundle {
	place := map[int]int{} // rank of a question -> its bundle
	var out []bundle
	for i := range actions {
		if actions[i].After == 0 {
			place[actions[i].Rank] = len(out)
			out = append(out, bundle{first: i})
		}
	}
	for i := range actions {
		if after := actions[i].After; after != 0 {
			if at, ok := place[after]; ok {
				out[at].later = append(out[at].later, i)
			} else {
				out = append(out, bundle{first: i})
			}
		}
	}
	return out
}

// add extends the table by one bundle: either nothing of it is taken, or its
// first action and any of the later ones. taken[0] tells where the bundle is
// taken, taken[n] where its n-th later action is.
func (b *bundle) add(actions []Action, best []float64) ([]float64, []bits) {
	slots := len(best) - 1
	taken := []bits{newBits(slots)}
	need, worth := slotsOf(&actions[b.first]), worthOf(&actions[b.first])
	with := make([]float64, slots+1)
	for s := range with {
		with[s] = math.Inf(-1)
		if s >= need {
			with[s] = best[s-need] + worth
		}
	}
	for _, i := range b.later {
		need, worth := slotsOf(&actions[i]), worthOf(&actions[i])
		chosen := newBits(slots)
		for s := slots; s >= need; s-- {
			if more := with[s-need] + worth; more > with[s] {
				with[s] = more
				chosen.set(s)
			}
		}
		taken = append(taken, chosen)
	}
	for s := range with {
		if with[s] > best[s] {
			taken[0].set(s)
		} else {
			with[s] = best[s]
		}
	}
	return with, taken
}

// mark reads back what was taken with s slots and gives the slots that are left.
func (b *bundle) mark(actions []Action, taken []bits, s int) int {
	if !taken[0].has(s) {
		return s
	}
	for n := len(b.later) - 1; n >= 0; n-- {
		if a := &actions[b.later[n]]; taken[n+1].has(s) {
			a.Chosen = true
			s -= slotsOf(a)
		}
	}
	actions[b.first].Chosen = true
	return s - slotsOf(&actions[b.first])
}

func slotsOf(a *Action) int { return int(math.Ceil(a.Hours/quarter - 1e-9)) }

// worthOf is what an action removes. A question removes nothing by itself: half
// of what the good answer would take away.
func worthOf(a *Action) float64 {
	if a.Kind == FindOut {
		return a.Removes / 2
	}
	return a.Removes
}

// bits is a set of slots.
type bits []uint64

func newBits(n int) bits      { return make(bits, n/64+1) }
func (b bits) set(i int)      { b[i/64] |= 1 << (i % 64) }
func (b bits) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }

func sortedDistinct[T cmp.Ordered](list []T) []T {
	slices.Sort(list)
	return slices.Compact(list)
}
