package store

import (
	lru "container/list"
	"context"
	"fmt"
	"sync"
)

// trafficCache bounds the blocks that are kept in memory, in bytes.
const trafficCache = 96 << 20

// blockCache keeps the blocks that were read last. The zero value is ready.
type blockCache struct {
	mu    sync.Mutex
	order lru.List // the latest first; guarded by mu
	by    map[int64]*lru.Element
	size  int64
}

type cached struct {
	num  int64
	data []byte
}

func (c *blockCache) get(num int64) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.by[num]
	if e == nil {
		return nil
	}
	c.order.MoveToFront(e)
	return e.Value.(*cached).data
}

func (c *blockCache) put(num int64, data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by == nil {
		c.by = map[int64]*lru.Element{}
	}
	if c.by[num] != nil {
		return
	}
	c.by[num] = c.order.PushFront(&cached{num, data})
	c.size += int64(len(data))
	for c.size > trafficCache && c.order.Len() > 1 {
		last := c.order.Back()
		v := c.order.Remove(last).(*cached)
		delete(c.by, v.num)
		c.size -= int64(len(v.data))
	}
}

// blockData reads a block. Nobody may change it.
func (s *Store) blockData(ctx context.Context, b *block) ([]byte, error) {
	if data := s.traffic.cache.get(b.num); data != nil {
		return data, nil
	}
	var data []byte
	if err := one(s.row(ctx, "SELECT data FROM traffic_data WHERE num = ?", b.num), &data); err != nil {
		return nil, fmt.Errorf("store: block %d of the traffic: %w", b.num, err)
	}
	s.traffic.cache.put(b.num, data)
	return data, nil
}
