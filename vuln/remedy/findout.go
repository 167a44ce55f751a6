package remedy

import (
	"fmt"
	"sort"

	"ward/asset/device"
	"ward/vuln/risk"
)

// question makes the one action that asks what nobody knows yet about a group:
// one visit answers all its questions. It stands at least as high as the changes
// that its answers may spare.
func (p *Planner) question(g *group, changes []Action) (Action, bool) {
	a := Action{Kind: FindOut, Band: risk.Track, Verify: rungOf(FindOut).verify, group: g.name}
	devices := map[device.ID]bool{}
	asked := map[string]int{}
	var questions []string
	var worst *class
	for _, c := range g.classes { // the worst first
		f := c.like
		if f.FindOut == "" || f.Band == risk.Track && f.BandHigh == risk.Track {
			continue
		}
		if worst == nil {
			worst = c
		}
		if f.Band.AtLeast(a.Band) {
			a.Band = f.Band
		}
		if asked[f.FindOut] == 0 {
			questions = append(questions, f.FindOut)
		}
		asked[f.FindOut] += len(c.devices)
		a.Findings += len(c.devices)
		a.Removes += (f.Score - f.Low) * float64(len(c.devices))
		a.addEffects(c, f.Score, f.Low)
		a.Vulnerabilities = append(a.Vulnerabilities, f.Vulnerability)
		for _, id := range c.devices {
			devices[id] = true
		}
	}
	if worst == nil {
		return a, false
	}
	for _, change := range changes {
		if change.asks && change.Band.AtLeast(a.Band) {
			a.Band = change.Band
		}
	}
	sort.SliceStable(questions, func(i, j int) bool { return asked[questions[i]] > asked[questions[j]] })
	for _, q := range questions {
		a.Steps = append(a.Steps, Step{Kind: FindOut, Text: q, Source: Source{ID: "ward:uncertainty",
			Original: fmt.Sprintf("the answer decides %s", plural(asked[q], "finding"))}})
	}
	a.Devices = sortedKeys(devices)
	a.finish(g, worst)
	a.Action = fmt.Sprintf("%s: find out: %s", nameOf(g.dev, len(a.Devices)), questions[0])
	f := worst.like
	a.Why = []string{
		fmt.Sprintf("%s on %s: %s", f.Vulnerability, worst.devices[0], f.Sentence),
		fmt.Sprintf("the worst finding is %q, %q or %q depending on the answer", f.BandLow.Words(), f.Band.Words(), f.BandHigh.Words()),
	}
	return a, true
}
