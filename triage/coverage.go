package triage

import (
	"cmp"
	"context"
	"slices"
	"time"

	"ward/pipeline"
	"ward/store"
	"ward/vuln/risk"
)

const (
	// maxImports is how many imports the coverage is summed over, the newest.
	maxImports = 20_000
	// importPage is how many are read at a time.
	importPage = 500
	// sameTap is how far the files of one tap may overlap.
	sameTap = time.Second
)

// coverage sums up how long and on how many taps was watched, over all imports
// that are done and told of traffic.
func (t *Triage) coverage(ctx context.Context) (risk.Coverage, error) {
	var spans []span
	var holes, frames uint64
	for offset := 0; offset < maxImports; offset += importPage {
		list, _, err := t.deps.Store.Imports(ctx, []store.ImportState{store.ImportDone}, offset, importPage)
		if err != nil {
			return risk.Coverage{}, err
		}
		for i := range list {
			x := &list[i]
			if x.Kind == "assets" || x.First.IsZero() || x.Last.Before(x.First) || x.Same != "" {
				continue
			}
			spans = append(spans, span{x.First, x.Last, x.Tap})
			holes, frames = holes+pipeline.Holes(x.Warnings), frames+x.Frames
		}
		if len(list) < importPage {
			break
		}
	}
	out := cover(spans)
	if frames > 0 {
		out.Loss = min(1, float64(holes)/float64(frames))
	}
	return out, nil
}

// span is the time of one import.
type span struct {
	first, last time.Time
	tap         string
}

// cover adds up the time in which at least one tap watched, and counts the taps
// that watched at once: named ones by their names, others by overlap.
func cover(spans []span) risk.Coverage {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Or(a.first.Compare(b.first), a.last.Compare(b.last)) })
	var sum time.Duration
	var end time.Time
	var open []span // that may overlap with the next
	most := 0
	for _, x := range spans {
		from := x.first
		if end.After(from) {
			from = end
		}
		if x.last.After(from) {
			sum += x.last.Sub(from)
			end = x.last
		}
		open = slices.DeleteFunc(open, func(o span) bool { return o.last.Sub(x.first) <= sameTap || o.tap != "" && o.tap == x.tap })
		open = append(open, x)
		most = max(most, len(open))
	}
	if len(spans) > 0 {
		sum = max(sum, time.Second) // one frame is a moment, not nothing
	}
	return risk.Coverage{Hours: sum.Hours(), Taps: most}
}
