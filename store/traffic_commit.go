package store

import (
	"context"
	"encoding/binary"
)

// spill writes the packed blocks. They do not count yet.
func (r *Recorder) spill() error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	r.s.place(r.ix, r.waiting)
	err := r.s.inTx(r.ctx, func(t *tx) error {
		if err := t.putData(r.waiting); err != nil {
			return err
		}
		for _, b := range r.waiting {
			if _, err := t.exec("INSERT INTO traffic_spill (num) VALUES (?)", b.num); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, b := range r.waiting {
		r.spilled = append(r.spilled, b.block)
	}
	r.waiting, r.size = nil, 0
	return nil
}

// place gives blocks their numbers.
func (s *Store) place(ix *trafficIndex, blocks []packedBlock) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	for _, b := range blocks {
		b.num = ix.next
		ix.next++
	}
}

// Commit makes all of it count.
func (r *Recorder) Commit(ctx context.Context) error {
	if r.ended {
		return errRecorderEnded
	}
	r.packSessions()
	r.packSums()
	r.s.place(r.ix, r.waiting)
	known := r.spilled
	for _, b := range r.waiting {
		known = append(known, b.block)
	}
	if err := r.s.exchangeBlocks(ctx, r.ix, r.waiting, known, nil); err != nil {
		return err
	}
	r.ended, r.waiting, r.spilled, r.pairs, r.byPair = true, nil, nil, nil, nil
	if len(known) > 0 {
		r.s.changed(TopicTraffic, r.id)
	}
	return nil
}

// Discard forgets all of it. After Commit it does nothing.
func (r *Recorder) Discard() {
	if r.ended {
		return
	}
	r.ended = true
	r.waiting, r.rows, r.pairs, r.byPair = nil, nil, nil, nil
	if len(r.spilled) == 0 {
		return
	}
	// What cannot be removed now is removed by the next start.
	_ = r.s.inTx(context.WithoutCancel(r.ctx), func(t *tx) error { return t.dropSpilled(r.spilled) })
}

func (t *tx) dropSpilled(blocks []*block) error {
	for _, b := range blocks {
		for _, q := range []string{"DELETE FROM traffic_data WHERE num = ?", "DELETE FROM traffic_spill WHERE num = ?"} {
			if _, err := t.exec(q, b.num); err != nil {
				return err
			}
		}
	}
	return nil
}

// exchangeBlocks makes blocks known and forgets others, in one transaction. fresh
// are those of known that are not written yet.
func (s *Store) exchangeBlocks(ctx context.Context, ix *trafficIndex, fresh []packedBlock, known, old []*block) error {
	ix.commit.Lock()
	defer ix.commit.Unlock()
	return s.exchangeLocked(ctx, ix, fresh, known, old)
}

func (s *Store) exchangeLocked(ctx context.Context, ix *trafficIndex, fresh []packedBlock, known, old []*block) error {
	ix.mu.RLock()
	parties, services, saved := ix.parties, ix.services, ix.saved
	ix.mu.RUnlock()
	err := s.inTx(ctx, func(t *tx) error {
		if err := t.putWords(parties, services, saved.parties, saved.services); err != nil {
			return err
		}
		if err := t.putData(fresh); err != nil {
			return err
		}
		if err := t.putBlocks(known); err != nil {
			return err
		}
		for _, b := range old {
			for _, q := range []string{"DELETE FROM traffic_block WHERE num = ?", "DELETE FROM traffic_data WHERE num = ?"} {
				if _, err := t.exec(q, b.num); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	ix.mu.Lock()
	defer ix.mu.Unlock()
	ix.saved.parties, ix.saved.services = len(parties), len(services)
	ix.blocks = without(ix.blocks, old, known)
	return nil
}

// without gives a new list: what is in a and not in old, and more.
func without(a, old, more []*block) []*block {
	if len(old) == 0 {
		return append(a, more...)
	}
	gone := make(map[*block]bool, len(old))
	for _, b := range old {
		gone[b] = true
	}
	out := make([]*block, 0, len(a)-len(old)+len(more))
	for _, b := range a {
		if !gone[b] {
			out = append(out, b)
		}
	}
	return append(out, more...)
}

// putWords saves the parties and services that are new.
func (t *tx) putWords(parties []partyKey, services []service, fromParty, fromService int) error {
	rows := make([][]any, 0, rowsAtOnce)
	for i := fromParty; i < len(parties); i++ {
		k := parties[i]
		rows = append(rows, []any{i, append([]byte{}, k.mac[:]...), append([]byte{}, k.addr[:k.size]...), ""})
		if len(rows) == rowsAtOnce || i == len(parties)-1 {
			if err := t.insert("traffic_party (num, mac, address, device)", "", rows); err != nil {
				return err
			}
			rows = rows[:0]
		}
	}
	for i := fromService; i < len(services); i++ {
		if _, err := t.exec("INSERT INTO traffic_service (num, name, port) VALUES (?, ?, ?)", i, text(services[i].name), services[i].port); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) putData(blocks []packedBlock) error {
	for _, b := range blocks {
		if _, err := t.exec("INSERT INTO traffic_data (num, data) VALUES (?, ?)", b.num, b.data); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) putBlocks(blocks []*block) error {
	for _, b := range blocks {
		var imports []byte
		for _, n := range b.imports {
			imports = binary.LittleEndian.AppendUint32(imports, n)
		}
		if _, err := t.exec(`INSERT INTO traffic_block (num, level, count, bytes, first, last, low, high, imports, services, bloom)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, b.num, int64(b.level), b.rows, b.bytes, b.first, b.last, int64(b.low), int64(b.high),
			append([]byte{}, imports...), append([]byte{}, b.services...), append([]byte{}, b.bloom...)); err != nil {
			return err
		}
		if _, err := t.exec("DELETE FROM traffic_spill WHERE num = ?", b.num); err != nil {
			return err
		}
	}
	return nil
}

// text is a name without the bytes that a database refuses (PostgreSQL: NUL and
// what is no UTF-8). The names are those of our codecs; logs may bring others.
func text(s string) string {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		if r != 0 {
			out = append(out, r)
		}
	}
	return string(out)
}
