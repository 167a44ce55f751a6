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
func (g *gathering) watch(ctx context.Context) error {
	g.Inputs = make([]Input, len(g.paths))
	var readers []*capture.Reader
	var place []int // of each reader among the inputs
	readable := 0
	for i, path := range g.paths {
		g.Inputs[i].Path = path
		kind, err := recognise(path)
		switch {
		case err != nil:
			g.damage(err.Error())
			continue
		case kind == "zeek" || kind == "eve":
			err = g.log(ctx, i, kind)
		default:
			var r *capture.Reader
			if r, err = g.open(ctx, path); err == nil {
				readers, place = append(readers, r), append(place, i)
			}
		}
		if err != nil {
			g.damage(err.Error())
			continue
		}
		readable++
	}
	if len(readers) > 0 {
		g.captures(ctx, readers, place)
	}
	g.cover()
	if g.failed != nil {
		return g.failed
	}
	if readable == 0 && len(g.paths) > 0 {
		return fmt.Errorf("%w\n%s", ErrNothing, firstOf(g.Damage))
	}
	return nil
}

// captures runs the frames of all captures through the session layer.
func (g *gathering) captures(ctx context.Context, readers []*capture.Reader, place []int) {
	merged := capture.Merge(readers)
	defer merged.Close()
	watched := &watched{Merged: merged, g: g}
	stats, err := session.Run(ctx, watched, session.Options{Workers: g.workers()}, func(s *session.Session) {
		s.Input = place[s.Input]
		g.session(s)
	})
	if err != nil {
		g.damage(stopped(err))
	}
	for i, r := range readers {
		in := &g.Inputs[place[i]]
		in.Kind = string(r.Kind())
		if i < len(stats.Inputs) {
			in.Frames, in.Bytes, in.First, in.Last = stats.Inputs[i].Frames, stats.Inputs[i].Bytes, stats.Inputs[i].First, stats.Inputs[i].Last
		}
		if g.request.Digest && ctx.Err() == nil {
			in.SHA256, _, _ = r.Sum()
		}
	}
	for _, failed := range merged.Errors() {
		switch {
		case failed == nil:
		case !errors.Is(failed, context.Canceled):
			g.damage(failed.Error())
		case err == nil: // else it was said above
			g.damage(stopped(failed))
		}
	}
	g.given(&stats)
}

func (g *gathering) open(ctx context.Context, path string) (*capture.Reader, error) {
	if g.request.Digest {
		return capture.Open(path, capture.Until(ctx), capture.WithDigest)
	}
	return capture.Open(path, capture.Until(ctx))
}

func (g *gathering) workers() int {
	if g.request.Workers > 0 {
		return g.request.Workers
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
	g *gathering
}

func (w *watched) Batch(b *capture.Batch) error {
	done, total := w.Progress()
	w.g.progress("reading", done, total)
	err := w.Merged.Batch(b)
	if err == nil {
		w.g.watched.frames(b.Frames)
	}
	return err
}

// log reads one input of Zeek or Suricata.
func (g *gathering) log(ctx context.Context, i int, kind string) error {
	in := &g.Inputs[i]
	read := zeeklog.Read
	if kind == "eve" {
		read = evelog.Read
	}
	sum, err := read(ctx, in.Path, func(s *session.Session) {
		s.Input = i
		g.session(s)
	})
	in.Kind, in.Frames, in.Bytes, in.First, in.Last, in.SHA256 = kind, sum.Lines, sum.Bytes, sum.First, sum.Last, sum.SHA256
	for _, w := range sum.Warnings {
		g.damage(w)
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
func (g *gathering) given(s *session.Stats) {
	for _, c := range []struct {
		n    uint64
		text string
	}{
		{s.Truncated, "frames were cut by the snap length of the capture inside a header: capture with tcpdump -s 0"},
		{s.Malformed, "frames had lengths that contradict themselves and were passed over"},
		{s.Unknown, "frames had no header that Ward reads"},
		{s.Incomplete, "fragmented datagrams never became whole"},
		{s.Gaps, lossText},
		{s.Evicted, "sessions were ended early because too many were open at once"},
		{s.Unread, "sessions were only counted because the memory for content was full"},
		{s.Panics, "sessions made a codec fail: please report this"},
	} {
		if c.n > 0 {
			g.warn(fmt.Sprintf("%d %s", c.n, c.text))
		}
	}
	if s.Frames > 0 {
		g.Coverage.Loss = float64(s.Gaps) / float64(s.Frames)
	}
}

func firstOf(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	return texts[0]
}
