package remedy

import (
	"container/heap"

	"ward/vuln/risk"
)

// queue gives the best option next. What an option is worth only falls as others
// are applied, so a stale value is an upper bound and one re-evaluation at the
// top is enough (lazy greedy).
type queue struct {
	items []candidate
	value func(*option) (risk.Band, float64)
}

type candidate struct {
	o     *option
	band  risk.Band
	ratio float64
}

func newQueue(options []*option, value func(*option) (risk.Band, float64)) *queue {
	q := &queue{value: value}
	for _, o := range options {
		if band, ratio := value(o); ratio > 0 {
			q.items = append(q.items, candidate{o, band, ratio})
		}
	}
	heap.Init(q)
	return q
}

// best takes the option that is worth most now, or nil when none is worth anything.
func (q *queue) best() *option {
	for len(q.items) > 0 {
		top := &q.items[0]
		band, ratio := q.value(top.o)
		if ratio <= 0 {
			heap.Pop(q)
			continue
		}
		if band == top.band && ratio == top.ratio {
			return heap.Pop(q).(candidate).o
		}
		top.band, top.ratio = band, ratio
		heap.Fix(q, 0)
	}
	return nil
}

func (q *queue) Len() int { return len(q.items) }

func (q *queue) Less(i, j int) bool {
	a, b := q.items[i], q.items[j]
	if a.band != b.band {
		return a.band.AtLeast(b.band)
	}
	if a.ratio != b.ratio {
		return a.ratio > b.ratio
	}
	return a.o.key < b.o.key
}

func (q *queue) Swap(i, j int) { q.items[i], q.items[j] = q.items[j], q.items[i] }
func (q *queue) Push(x any)    { q.items = append(q.items, x.(candidate)) }

func (q *queue) Pop() any {
	last := q.items[len(q.items)-1]
	q.items = q.items[:len(q.items)-1]
	return last
}
