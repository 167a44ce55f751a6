package store

import (
	"cmp"
	"context"
	"slices"

	"ward/traffic"
)

// compactRows bounds the rows that one step of Compact holds; smallToday is how
// many small blocks of sums a running day may have.
const (
	compactRows = 1 << 18
	smallToday  = 16
)

// Compact joins the small blocks that live batches leave, and removes what was
// taken back. Each step is one transaction; a kill between them loses nothing,
// and a second call finds nothing to do.
func (s *Store) Compact(ctx context.Context) error {
	ix, err := s.traffics(ctx)
	if err != nil {
		return err
	}
	for {
		did, err := s.compactStep(ctx, ix)
		if err != nil || !did {
			return err
		}
	}
}

func (s *Store) compactStep(ctx context.Context, ix *trafficIndex) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	ix.commit.Lock()
	defer ix.commit.Unlock()
	v, err := s.view(ctx)
	if err != nil {
		return false, err
	}
	old := v.worthJoining(micros(s.Now()) / microsPerHour)
	if len(old) == 0 {
		return false, nil
	}
	var fresh []packedBlock
	if old[0].level == sessionsLevel {
		fresh, err = v.joinSessions(ctx, old)
	} else {
		fresh, err = v.joinSums(ctx, old)
	}
	if err != nil {
		return false, err
	}
	s.place(ix, fresh)
	known := make([]*block, len(fresh))
	for i := range fresh {
		known[i] = fresh[i].block
	}
	return true, s.exchangeLocked(ctx, ix, fresh, known, old)
}

// worthJoining chooses blocks of one level and day; none when all is well.
func (v *view) worthJoining(thisHour int64) []*block {
	type group struct {
		level traffic.Level
		day   int64
	}
	small := map[group][]*block{}
	for _, b := range v.blocks {
		if v.filter(b) != nil {
			return []*block{b} // it holds what was taken back
		}
		g, full, last := group{b.level, b.first / traffic.HoursOfDay}, sumBlockRows, b.last
		if b.level == sessionsLevel {
			g.day, full, last = b.first/microsPerHour/traffic.HoursOfDay, sessionBlockRows, b.last/microsPerHour
		}
		if b.rows < full/2 && (b.level != sessionsLevel || last < thisHour) {
			small[g] = append(small[g], b)
		}
	}
	for g, blocks := range small {
		if len(blocks) < 2 || g.level != sessionsLevel && g.day >= thisHour/traffic.HoursOfDay && len(blocks) <= smallToday {
			continue
		}
		slices.SortFunc(blocks, func(a, b *block) int { return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.num, b.num)) })
		n, rows := 0, 0
		for ; n < len(blocks) && (n < 2 || rows+blocks[n].rows <= compactRows); n++ {
			rows += blocks[n].rows
		}
		return blocks[:n]
	}
	return nil
}

func (v *view) joinSessions(ctx context.Context, old []*block) ([]packedBlock, error) {
	var rows []traffic.Session
	for _, b := range old {
		data, err := v.s.blockData(ctx, b)
		if err != nil {
			return nil, err
		}
		t, err := traffic.OpenSessions(data)
		if err != nil {
			return nil, err
		}
		for i := range t.Rows() {
			if r := t.Row(i); !v.undone[r.Import] {
				rows = append(rows, r)
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b traffic.Session) int { return cmp.Compare(a.Start, b.Start) })
	var out []packedBlock
	for part := range slices.Chunk(rows, sessionBlockRows) {
		out = append(out, sessionBlock(part))
	}
	return out, nil
}

func (v *view) joinSums(ctx context.Context, old []*block) ([]packedBlock, error) {
	var rows []traffic.Sum
	for _, b := range old {
		data, err := v.s.blockData(ctx, b)
		if err != nil {
			return nil, err
		}
		t, err := traffic.OpenSums(data)
		if err != nil {
			return nil, err
		}
		for i := range t.Rows() {
			if r := t.Row(i); !v.undone[r.Import] {
				rows = append(rows, r)
			}
		}
	}
	return sumBlocks(old[0].level, traffic.Sort(rows)), nil
}
