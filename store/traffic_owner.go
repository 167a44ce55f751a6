package store

import (
	"context"
	"slices"

	"ward/asset/device"
)

// SetOwners stores which device each party belongs to; "" is nobody. Call it
// after each fold: sessions count for devices only by it.
func (s *Store) SetOwners(ctx context.Context, owner func(Party) device.ID) error {
	ix, err := s.traffics(ctx)
	if err != nil {
		return err
	}
	ix.commit.Lock()
	defer ix.commit.Unlock()
	ix.mu.Lock()
	parties, owners, saved := ix.parties, slices.Clone(ix.owners), ix.saved.parties
	ix.mu.Unlock()
	ids := make([]device.ID, len(parties))
	for i := range parties {
		if i != other {
			ids[i] = owner(parties[i].party())
		}
	}
	ix.mu.Lock()
	changed := []int{}
	for i, id := range ids {
		if n := ix.device(id); n != owners[i] {
			owners[i] = n
			changed = append(changed, i)
		}
	}
	ix.mu.Unlock()
	if len(changed) == 0 {
		return nil
	}
	err = s.inTx(ctx, func(t *tx) error {
		if err := t.putWords(parties, nil, saved, 0); err != nil {
			return err
		}
		rows := make([][]any, len(changed))
		for n, i := range changed {
			k := parties[i]
			rows[n] = []any{i, append([]byte{}, k.mac[:]...), append([]byte{}, k.addr[:k.size]...), string(ids[i])}
		}
		return t.insert("traffic_party (num, mac, address, device)", "ON CONFLICT (num) DO UPDATE SET device = excluded.device", rows)
	})
	if err != nil {
		return err
	}
	ix.mu.Lock()
	ix.saved.parties = len(parties)
	ix.owners = append(owners, ix.owners[len(owners):]...) // newcomers since
	ix.mu.Unlock()
	s.changed(TopicTraffic, "")
	return nil
}
