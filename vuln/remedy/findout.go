package remedy

import (
	"fmt"
	"slices"
	"sort"

	"ward/asset/device"
	"ward/vuln/risk"
)

// findOut makes one action for each make and model whose findings hang on
// something nobody knows yet: one visit answers all its questions.
func (p *Planner) findOut(assessments []risk.Assessment) []Action {
	groups := map[string][]int{}
	var keys []string
	for i := range assessments {
		a := &assessments[i]
		if a.FindOut == "" || a.L == 0 || a.Band == risk.Track && a.BandHigh == risk.Track {
			continue
		}
		key := groupOf(a.Finding.Dev)
		if groups[key] == nil {
			keys = append(keys, key)
		}
		groups[key] = append(groups[key], i)
	}
	sort.Strings(keys)
	var actions []Action
	for _, key := range keys {
		actions = append(actions, p.question(assessments, groups[key]))
	}
	return actions
}

func (p *Planner) question(assessments []risk.Assessment, members []int) Action {
	a := Action{Kind: FindOut, Band: risk.Track, Verify: rungOf(FindOut).verify, Findings: len(members)}
	sort.SliceStable(members, func(i, j int) bool { return assessments[members[i]].Score > assessments[members[j]].Score })
	asked := map[string]int{}
	var questions []string
	for _, i := range members {
		f := &assessments[i]
		if f.Band.AtLeast(a.Band) {
			a.Band = f.Band
		}
		a.Devices = append(a.Devices, f.Device)
		a.Removes += f.Score - f.Low
		if asked[f.FindOut] == 0 {
			questions = append(questions, f.FindOut)
		}
		asked[f.FindOut]++
		if len(a.Effects) < MaxEffects {
			a.Effects = append(a.Effects, Effect{f.Device, f.Vulnerability, f.Advisory, f.Score, f.Low})
		}
	}
	slices.Sort(a.Devices)
	a.Devices = slices.Compact(a.Devices)
	a.Removes = round1(a.Removes)
	a.Hours = FindOut.hours(len(a.Devices))
	worst := &assessments[members[0]]
	a.Action = fmt.Sprintf("%s: find out: %s", nameOf(worst.Finding.Dev, len(a.Devices)), questions[0])
	for _, q := range questions {
		a.Steps = append(a.Steps, Step{Kind: FindOut, Text: q, Source: Source{ID: "ward:uncertainty",
			Original: fmt.Sprintf("the answer decides %s", plural(asked[q], "finding"))}})
	}
	a.Why = []string{
		fmt.Sprintf("%s on %s: %s", worst.Vulnerability, worst.Device, worst.Sentence),
		fmt.Sprintf("the worst finding is %q, %q or %q depending on the answer", worst.BandLow.Words(), worst.Band.Words(), worst.BandHigh.Words()),
	}
	return a
}

// order ranks actions and links each change to the question that comes first.
func order(actions []Action) {
	sort.SliceStable(actions, func(i, j int) bool { return before(&actions[i], &actions[j]) })
	asked := map[device.ID]int{}
	for i := range actions {
		actions[i].Rank = i + 1
		if actions[i].Kind == FindOut {
			for _, d := range actions[i].Devices {
				asked[d] = i + 1
			}
		}
	}
	for i := range actions {
		if a := &actions[i]; a.Kind != FindOut && len(a.Devices) > 0 {
			a.After = asked[a.Devices[0]]
		}
	}
}

// before: the worse band; within it questions first; then what removes more for
// its hours; segmentation behind everything of its band.
func before(a, b *Action) bool {
	if a.Band != b.Band {
		return a.Band.AtLeast(b.Band)
	}
	if last := a.Kind.Segments(); last != b.Kind.Segments() {
		return !last
	}
	if ask := a.Kind == FindOut; ask != (b.Kind == FindOut) {
		return ask
	}
	ra, rb := a.Removes/max(0.25, a.Hours), b.Removes/max(0.25, b.Hours)
	if ra != rb {
		return ra > rb
	}
	return a.Action < b.Action
}
