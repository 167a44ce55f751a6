package store

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"ward/asset/device"
	"ward/traffic"
)

// viewRetries is how often a query begins again because a compaction took a
// block away under it.
const viewRetries = 5

// retried runs a query on a view of now.
func retried[T any](ctx context.Context, s *Store, query func(*view) (T, error)) (out T, err error) {
	for range viewRetries {
		var v *view
		if v, err = s.view(ctx); err != nil {
			return out, err
		}
		if out, err = query(v); !errors.Is(err, ErrNotFound) {
			return out, err
		}
	}
	return out, err
}

// DeviceSessions gives the last sessions of a device that are kept whole.
func (s *Store) DeviceSessions(ctx context.Context, id device.ID, limit int) ([]Recent, error) {
	return retried(ctx, s, func(v *view) ([]Recent, error) {
		parties := v.partiesOf(id)
		if len(parties) == 0 {
			return []Recent{}, nil
		}
		is := oneOf(parties)
		n := newest{v: v, limit: limit, has: func(b *block) bool { return b.mayHave(b.bloom, parties) },
			rows: func(t *traffic.Sessions, x *traffic.Scratch, f func(int) bool) { t.Newest(is, x, f) }}
		return n.find(ctx)
	})
}

// ServiceSessions gives the last sessions of a service since a time.
func (s *Store) ServiceSessions(ctx context.Context, name string, since time.Time, limit int) ([]Recent, error) {
	return retried(ctx, s, func(v *view) ([]Recent, error) {
		var services []uint32
		for i := range v.services {
			if v.services[i].name == name {
				services = append(services, uint32(i))
			}
		}
		is := oneOf(services)
		n := newest{v: v, limit: limit, since: max(0, micros(since)), has: func(b *block) bool { return b.mayHave(b.services, services) },
			rows: func(t *traffic.Sessions, x *traffic.Scratch, f func(int) bool) { t.NewestOf(is, x, f) }}
		return n.find(ctx)
	})
}

// mayHave tells whether one of some numbers may be in a block.
func (b *block) mayHave(in traffic.Bloom, numbers []uint32) bool {
	if len(numbers) > b.rows {
		return true
	}
	return slices.ContainsFunc(numbers, in.Has)
}

// oneOf tells whether a number is one of those given, in order.
func oneOf(numbers []uint32) func(uint32) bool {
	if len(numbers) == 1 {
		only := numbers[0]
		return func(n uint32) bool { return n == only }
	}
	if len(numbers) == 0 {
		return func(uint32) bool { return false }
	}
	low := numbers[0]
	set := make([]bool, numbers[len(numbers)-1]-low+1)
	for _, n := range numbers {
		set[n-low] = true
	}
	return func(n uint32) bool { return n >= low && n-low < uint32(len(set)) && set[n-low] }
}

// newest looks for the last rows of some kind in the blocks of whole sessions.
type newest struct {
	v     *view
	limit int
	since int64
	has   func(*block) bool
	rows  func(*traffic.Sessions, *traffic.Scratch, func(row int) bool)
	found []traffic.Session // at most limit, the newest first, when sorted
}

func (n *newest) find(ctx context.Context) ([]Recent, error) {
	if n.limit <= 0 {
		return []Recent{}, nil
	}
	var scratch traffic.Scratch
	for _, b := range n.v.recentBlocks() {
		if b.last < n.since {
			break // the others ended even earlier
		}
		if b.last < n.bound() {
			break
		}
		if !n.has(b) {
			continue
		}
		if err := n.block(ctx, b, &scratch); err != nil {
			return nil, err
		}
	}
	out := make([]Recent, len(n.found))
	for i := range n.found {
		out[i] = n.v.recent(&n.found[i])
	}
	return out, nil
}

// bound is the start that a row must reach to be among the newest.
func (n *newest) bound() int64 {
	if len(n.found) < n.limit {
		return math.MinInt64
	}
	return n.found[len(n.found)-1].Start
}

func (n *newest) block(ctx context.Context, b *block, scratch *traffic.Scratch) error {
	data, err := n.v.s.blockData(ctx, b)
	if err != nil {
		return err
	}
	t, err := traffic.OpenSessions(data)
	if err != nil {
		return err
	}
	skip, bound, more := n.v.filter(b), n.bound(), n.limit
	n.rows(&t, scratch, func(row int) bool {
		if start := t.Start(row); start < n.since || start < bound {
			return false
		}
		if skip[t.Import(row)] {
			return true
		}
		n.found = append(n.found, t.Row(row))
		more--
		return more > 0
	})
	slices.SortStableFunc(n.found, func(a, b traffic.Session) int { return cmp.Compare(b.Start, a.Start) })
	n.found = n.found[:min(len(n.found), n.limit)]
	return nil
}

// recentBlocks gives the blocks of whole sessions, those that end last first.
func (v *view) recentBlocks() []*block {
	out := make([]*block, 0, len(v.blocks))
	for _, b := range v.blocks {
		if b.level == sessionsLevel {
			out = append(out, b)
		}
	}
	slices.SortFunc(out, func(a, b *block) int { return cmp.Compare(b.last, a.last) })
	return out
}

func (v *view) recent(r *traffic.Session) Recent {
	out := Recent{Start: fromMicros(r.Start), Duration: time.Duration(min(r.Duration, math.MaxInt64/1000)) * time.Microsecond, OrigPort: r.OrigPort,
		BytesUp: r.Up, BytesDown: r.Down, Packets: r.Packets}
	out.Orig, _ = v.party(r.Orig)
	out.Resp, _ = v.party(r.Resp)
	s := v.service(r.Service)
	out.Service, out.RespPort = s.name, s.port
	out.Transport, out.State = wordsOf(r.Kind)
	return out
}
