package session

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"

	"ward/wire/capture"
	"ward/wire/packet"
	"ward/wire/proto"
)

// Source gives frames in batches and io.EOF after the last; capture.Reader and
// capture.Merged are Sources.
type Source interface {
	Batch(*capture.Batch) error
}

// Options of a run. The zero value is a good choice for one core.
type Options struct {
	Workers   int            // 0 and 1: everything in the caller's goroutine
	Codecs    []*proto.Codec // nil: Services; at most 64
	MaxFlows  int            // sessions followed at a time, 0: DefaultMaxFlows
	MaxMemory int            // bytes of payload held by detection, reassembly and parsers, 0: DefaultMaxMemory
}

// Bounds of a run, shared by its workers.
const (
	DefaultMaxFlows  = 1 << 18
	DefaultMaxMemory = 64 << 20
	maxParsers       = 1 << 16  // sessions with a parser at a time
	maxWaiting       = 32 << 20 // bytes, about, of facts that wait for the end of their sessions
	maxWorkers       = 64
)

// round is how many frames are read between two deliveries. Sessions end and
// are delivered at the end of rounds, so that what comes out, and in which
// order, depends on the frames only: not on the workers, nor on how the source
// cuts its batches. (Except where a bound of Options is hit: each worker has
// its share of it.)
const round = 512

// limits are one worker's share of the bounds.
type limits struct{ flows, held, parsers, facts int }

func (o *Options) settle() {
	o.Workers = min(max(o.Workers, 1), maxWorkers)
	if o.Codecs == nil {
		o.Codecs = Services()
	}
	if o.MaxFlows <= 0 {
		o.MaxFlows = DefaultMaxFlows
	}
	if o.MaxMemory <= 0 {
		o.MaxMemory = DefaultMaxMemory
	}
}

func (o *Options) share() limits {
	return limits{flows: max(1, o.MaxFlows/o.Workers), held: o.MaxMemory / o.Workers, parsers: maxParsers / o.Workers, facts: maxWaiting / o.Workers}
}

// Run reads src to its end and gives each session, or part of one, to emit in
// the caller's goroutine. The Session is valid only during the call; its Facts
// themselves may be kept.
//
// The stages: read a batch, decode each frame, put fragments together, find the
// flow, count, reassemble, detect or parse, end what has been idle, deliver.
//
// Run ends early with ctx's or src's error; what was read until then has been
// delivered.
func Run(ctx context.Context, src Source, opt Options, emit func(*Session)) (Stats, error) {
	opt.settle()
	tables := make([]*table, opt.Workers)
	for i := range tables {
		tables[i] = newTable(newCodecs(opt.Codecs), opt.share())
	}
	in := intake{ctx: ctx, src: src}
	out := outlet{emit: emit}
	if opt.Workers == 1 {
		in.alone(tables[0], &out)
	} else {
		in.spread(tables, &out)
	}
	out.rest(tables)
	in.stats.Sessions = out.count
	in.stats.Incomplete = in.incomplete()
	for _, t := range tables {
		in.stats.add(&t.stats)
	}
	in.stats.settle()
	if errors.Is(in.err, io.EOF) {
		in.err = nil
	}
	return in.stats, in.err
}

// intake turns frames into arrivals. It belongs to the reading goroutine.
type intake struct {
	ctx    context.Context
	src    Source
	stats  Stats
	defrag packet.Defrag
	clock  int64
	err    error
}

// maxBackstep is how far packet times may go back before the event clock does.
const maxBackstep = int64(3600e9)

// read fills a batch, not ok at the end.
func (in *intake) read(b *capture.Batch) bool {
	if in.err = in.ctx.Err(); in.err == nil {
		in.err = in.src.Batch(b)
	}
	return in.err == nil
}

// decode makes an arrival of a frame, not ok where no session is touched.
// Packet memory is the frame's, or the defragmenter's until the next call.
func (in *intake) decode(f *capture.Frame, a *arrival) bool {
	p := &a.packet
	p.Decode(f)
	in.stats.frame(p)
	if p.Time > in.clock || in.clock-p.Time > maxBackstep {
		in.clock = p.Time
	}
	a.now, a.number = in.clock, in.stats.Frames
	switch p.Kind {
	case packet.Unknown:
		return false
	case packet.Fragment:
		before := in.defrag.Stats.Whole
		whole, ok := in.defrag.Add(p)
		if ok && in.defrag.Stats.Whole != before {
			*p = *whole
		}
		return ok
	}
	return true
}

// incomplete counts the datagrams given up, and those that still wait at the
// end. (Some that were given up shortly before also wait: do not count twice.)
func (in *intake) incomplete() uint64 {
	s := &in.defrag.Stats
	dropped := s.Overlap + s.Truncated
	return s.Expired + s.Evicted + max(dropped, uint64(in.defrag.Waiting()))
}

// alone does every stage in one goroutine.
func (in *intake) alone(t *table, out *outlet) {
	var b capture.Batch
	var a arrival
	t.out = &batchOut{}
	for in.read(&b) {
		for i := range b.Frames {
			if in.decode(&b.Frames[i], &a) {
				t.take(&a)
			}
			if in.stats.Frames%round == 0 {
				t.advance(in.clock)
				out.deliver(t.out)
			}
		}
	}
	t.advance(in.clock)
	out.deliver(t.out)
}

// outlet gives sessions to the caller.
type outlet struct {
	emit  func(*Session)
	order []*delivery
	count uint64
}

// deliver emits what the workers have of one round.
func (o *outlet) deliver(outs ...*batchOut) {
	o.order = sorted(o.order, outs...)
	for _, d := range o.order {
		o.emit(&d.session)
	}
	o.count += uint64(len(o.order))
	clear(o.order)
	for _, out := range outs {
		out.reset()
	}
}

// rest ends every session that is left, in the order of their first packets.
func (o *outlet) rest(tables []*table) {
	type left struct {
		born uint64
		t    *table
		flow uint32
	}
	var all []left
	var out batchOut
	for _, t := range tables {
		t.out = &out
		for _, i := range t.index.all() {
			all = append(all, left{t.flows.at(i).born, t, i})
		}
	}
	slices.SortFunc(all, func(a, b left) int { return cmp.Compare(a.born, b.born) })
	for _, l := range all {
		l.t.close(l.flow)
		o.deliver(&out)
	}
}
