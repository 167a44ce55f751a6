package pipeline

import (
	"strconv"
	"strings"
	"time"

	"ward/wire/capture"
)

const (
	// longestPause is the longest time without a frame that still counts as
	// watched: some device of a hospital network speaks at least every hour.
	longestPause = time.Hour
	// sameTap is how far the files of one tap may overlap: a capture program
	// that begins a new file may write its last frames late.
	sameTap = time.Second
)

// watchedTime adds up how long was watched, in the time of the frames. It runs
// only while frames come: two captures a month apart are not a month of
// watching, and neither is a clock that was set while capturing.
type watchedTime struct {
	last int64 // nanoseconds since 1970
	sum  time.Duration
}

// add takes the time of the next frame.
func (w *watchedTime) add(t int64) {
	d := time.Duration(t - w.last)
	if d > 0 && d <= longestPause {
		w.sum += d
	}
	if d > 0 || d < -longestPause { // else only out of order
		w.last = t
	}
}

func (w *watchedTime) frames(list []capture.Frame) {
	for i := range list {
		w.add(list[i].Time)
	}
}

// cover sums up how long and on how many taps was watched. Logs give only
// their first and last time; the longest of them counts.
func (g *gathering) cover() {
	longest, any := g.watched.sum, false
	for i := range g.Inputs {
		in := &g.Inputs[i]
		if !in.seen() {
			continue
		}
		any = true
		if in.Kind == "zeek" || in.Kind == "eve" {
			longest = max(longest, in.Last.Sub(in.First))
		}
	}
	if any {
		longest = max(longest, time.Second) // one frame is a moment, not nothing
	}
	g.Coverage.Hours = longest.Hours()
	g.Coverage.Taps = taps(g.Inputs)
}

// taps counts the inputs that ran at the same time; files that follow each
// other come from one tap.
func taps(inputs []Input) int {
	most := 0
	for i := range inputs {
		if !inputs[i].seen() {
			continue
		}
		n, at := 1, inputs[i].First
		for j := range inputs {
			if other := &inputs[j]; j != i && other.seen() && !other.First.After(at) && other.Last.Sub(at) > sameTap {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// seen tells whether anything with a time was in the input.
func (in *Input) seen() bool { return in.Frames > 0 && !in.First.IsZero() }

// lossText is the warning that counts holes.
const lossText = "holes in sessions whose content was read: the tap lost packets"

// Holes reads back how many holes the warnings of a run tell of.
func Holes(warnings []string) uint64 {
	var n uint64
	for _, w := range warnings {
		if count, ok := strings.CutSuffix(w, " "+lossText); ok {
			holes, _ := strconv.ParseUint(count, 10, 64)
			n += holes
		}
	}
	return n
}
