package store

import (
	"context"
	"time"

	"ward/traffic"
)

// DropSessionsBefore forgets blocks of whole sessions that ended before a time;
// their sums stay. It gives the bytes that became free.
func (s *Store) DropSessionsBefore(ctx context.Context, t time.Time) (int64, error) {
	return s.dropBlocks(ctx, func(b *block) bool { return b.level == sessionsLevel && b.last < micros(t) })
}

// DropRollupsBefore forgets the sums of days that ended before a time. It gives
// the bytes that became free.
func (s *Store) DropRollupsBefore(ctx context.Context, t time.Time) (int64, error) {
	today := int64(hourOf(t)) / traffic.HoursOfDay
	return s.dropBlocks(ctx, func(b *block) bool { return b.level != sessionsLevel && b.last/traffic.HoursOfDay < today })
}

func (s *Store) dropBlocks(ctx context.Context, old func(*block) bool) (freed int64, err error) {
	ix, err := s.traffics(ctx)
	if err != nil {
		return 0, err
	}
	ix.commit.Lock()
	defer ix.commit.Unlock()
	ix.mu.RLock()
	var drop []*block
	for _, b := range ix.blocks {
		if old(b) {
			drop = append(drop, b)
			freed += b.bytes
		}
	}
	ix.mu.RUnlock()
	if len(drop) == 0 {
		return 0, nil
	}
	if err := s.exchangeLocked(ctx, ix, nil, nil, drop); err != nil {
		return 0, err
	}
	s.changed(TopicTraffic, "")
	return freed, nil
}

// TrafficUsage tells the space that traffic takes.
func (s *Store) TrafficUsage(ctx context.Context) (Usage, error) {
	v, err := s.view(ctx)
	if err != nil {
		return Usage{}, err
	}
	u := Usage{Parties: len(v.parties), PartiesFull: len(v.parties) >= MaxParties, Blocks: len(v.blocks)}
	for _, b := range v.blocks {
		if b.level == sessionsLevel {
			u.Sessions += int64(b.rows)
			u.SessionBytes += b.bytes
		} else {
			u.SumBytes += b.bytes
		}
	}
	return u, nil
}

// ForgetSessions forgets all sessions of an import, e.g. before it is read once
// more. Taking an import back needs no call: its state tells.
func (s *Store) ForgetSessions(ctx context.Context, importID string) error {
	ix, err := s.traffics(ctx)
	if err != nil {
		return err
	}
	ix.commit.Lock()
	defer ix.commit.Unlock()
	ix.mu.RLock()
	n, ok := ix.byImport[importID]
	ix.mu.RUnlock()
	if !ok {
		return nil
	}
	err = s.inTx(ctx, func(t *tx) error {
		_, err := t.exec("UPDATE traffic_import SET gone = 1 WHERE num = ?", n)
		return err
	})
	if err != nil {
		return err
	}
	ix.mu.Lock()
	delete(ix.byImport, importID)
	ix.gone[n] = true
	ix.mu.Unlock()
	ix.undoneMu.Lock()
	ix.taken = -1
	ix.undoneMu.Unlock()
	s.changed(TopicTraffic, "")
	return nil
}
