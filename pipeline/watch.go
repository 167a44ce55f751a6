package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"

	"ward/wire/capture"
	"ward/wire/evelog"
	"ward/wire/session"
	"ward/wire/zeeklog"
)

// maxWorkers is where more packet workers stop helping: one goroutine reads.
const maxWorkers = 4

// watch reads every input: captures in time order all together, then logs.
func (a *analysis) watch(ctx context.Context) error {
	a.result.Inputs = make([]Input, len(a.Inputs))
	var readers []*capture.Reader
	var place []int // of each reader among the inputs
	readable := 0
	for i, path := range a.Inputs {
		a.result.Inputs[i].Path = path
		kind, err := recognise(path)
		switch {
		case err != nil:
			a.damage(err.Error())
			continue
		case kind == "zeek" || kind == "eve":
			err = a.log(ctx, i, kind)
		default:
			var r *capture.Reader
			if r, err = a.open(ctx, path); err == nil {
				readers, place = append(readers, r), append(place, i)
			}
		}
		if err != nil {
			a.damage(err.Error())
			continue
		}
		readable++
	}
	if len(readers) > 0 {
		a.captures(ctx, readers, place)
	}
	if a.lines != nil && a.lines.err != nil {
		return a.lines.err
	}
	if readable == 0 && len(a.Inputs) > 0 && a.Assets == "" {
		return fmt.Errorf("%w\n%s", ErrNothing, firstOf(a.result.Damage))
	}
	a.cover()
	return nil
}

// captures runs the frames of all captures through the session layer.
func (a *analysis) captures(ctx context.Context, readers []*capture.Reader, place []int) {
	merged := capture.Merge(readers)
	defer merged.Close()
	watched := &watched{Merged: merged, a: a}
	stats, err := session.Run(ctx, watched, session.Options{Workers: a.workers()}, func(s *session.Session) {
		s.Input = place[s.Input]
		a.session(s)
	})
	if err != nil {
		a.damage(stopped(err))
	}
	for i, r := range readers {
		in := &a.result.Inputs[place[i]]
		in.Kind = string(r.Kind())
		if i < len(stats.Inputs) {
			in.Frames, in.Bytes, in.First, in.Last = stats.Inputs[i].Frames, stats.Inputs[i].Bytes, stats.Inputs[i].First, stats.Inputs[i].Last
		}
		if a.Digest && ctx.Err() == nil {
			in.SHA256, _, _ = r.Sum()
		}
	}
	for _, failed := range merged.Errors() {
		switch {
		case failed == nil:
		case !errors.Is(failed, context.Canceled):
			a.damage(failed.Error())
		case err == nil: // else it was said above
			a.damage(stopped(failed))
		}
	}
	a.given(&stats)
}

func (a *analysis) open(ctx context.Context, path string) (*capture.Reader, error) {
	if a.Digest {
		return capture.Open(path, capture.Until(ctx), capture.WithDigest)
	}
	return capture.Open(path, capture.Until(ctx))
}

func (a *analysis) workers() int {
	if a.Workers > 0 {
		return a.Workers
	}
	return min(runtime.NumCPU(), maxWorkers)
}

// stopped says why reading ended before the end.
func stopped(err error) string {
	if errors.Is(err, context.Canceled) {
		return "stopped before the end of the input: this is the result so far"
	}
	return err.Error()
}

// watched reports progress while the session layer takes batches.
type watched struct {
	*capture.Merged
	a *analysis
}

func (w *watched) Batch(b *capture.Batch) error {
	done, total := w.Progress()
	w.a.progress("reading", done, total)
	err := w.Merged.Batch(b)
	if err == nil {
		w.a.watched.frames(b.Frames)
	}
	return err
}

// log reads one input of Zeek or Suricata.
func (a *analysis) log(ctx context.Context, i int, kind string) error {
	in := &a.result.Inputs[i]
	read := zeeklog.Read
	if kind == "eve" {
		read = evelog.Read
	}
	sum, err := read(ctx, in.Path, func(s *session.Session) {
		s.Input = i
		a.session(s)
	})
	in.Kind, in.Frames, in.Bytes, in.First, in.Last, in.SHA256 = kind, sum.Lines, sum.Bytes, sum.First, sum.Last, sum.SHA256
	for _, w := range sum.Warnings {
		a.damage(w)
	}
	return err
}

// recognise tells captures from logs by what is there.
func recognise(path string) (kind string, err error) {
	if path == "-" {
		return "capture", nil
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", err
	case info.IsDir():
		return "zeek", nil
	case !info.Mode().IsRegular(): // a pipe can be read only once
		return "capture", nil
	case zeeklog.Is(path):
		return "zeek", nil
	case evelog.Is(path):
		return "eve", nil
	}
	return "capture", nil
}

// given tells what the session layer had to give up.
func (a *analysis) given(s *session.Stats) {
	for _, c := range []struct {
		n    uint64
		text string
	}{
		{s.Truncated, "frames were cut by the snap length of the capture inside a header: capture with tcpdump -s 0"},
		{s.Malformed, "frames had lengths that contradict themselves and were passed over"},
		{s.Unknown, "frames had no header that Ward reads"},
		{s.Incomplete, "fragmented datagrams never became whole"},
		{s.Gaps, "holes in sessions whose content was read: the tap lost packets"},
		{s.Evicted, "sessions were ended early because too many were open at once"},
		{s.Unread, "sessions were only counted because the memory for content was full"},
		{s.Panics, "sessions made a codec fail: please report this"},
	} {
		if c.n > 0 {
			a.warn(fmt.Sprintf("%d %s", c.n, c.text))
		}
	}
	if s.Frames > 0 {
		a.result.Coverage.Loss = float64(s.Gaps) / float64(s.Frames)
	}
}

func firstOf(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	return texts[0]
}
