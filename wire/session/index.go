package session

// index finds a flow by the hash of its key: open addressing with linear
// probing, so that a look-up touches one cache line and then the flow itself.
type index struct {
	slots []slot // a power of two
	n     int
}

// slot holds the low half of the hash, which also gives its home, and the flow.
type slot struct{ hash, flow uint32 }

const firstSlots = 1 << 10

func newIndex() index { return index{slots: make([]slot, firstSlots)} }

// find gives the flow of a key, 0 where there is none.
func (x *index) find(hash uint64, k *key, a *arena) uint32 {
	mask := uint32(len(x.slots) - 1)
	for i := uint32(hash) & mask; ; i = (i + 1) & mask {
		s := x.slots[i]
		if s.flow == 0 {
			return 0
		}
		if s.hash == uint32(hash) && a.at(s.flow).key == *k {
			return s.flow
		}
	}
}

// add enters a flow whose key is not in the index.
func (x *index) add(hash uint64, flow uint32) {
	if x.n >= len(x.slots)*3/4 {
		old := x.slots
		x.slots = make([]slot, 2*len(old))
		for _, s := range old {
			if s.flow != 0 {
				x.place(s)
			}
		}
	}
	x.place(slot{uint32(hash), flow})
	x.n++
}

func (x *index) place(s slot) {
	mask := uint32(len(x.slots) - 1)
	i := s.hash & mask
	for x.slots[i].flow != 0 {
		i = (i + 1) & mask
	}
	x.slots[i] = s
}

// remove takes a flow out and moves later slots of the same run back, so that
// no markers for removed ones are needed.
func (x *index) remove(hash uint64, flow uint32) {
	mask := uint32(len(x.slots) - 1)
	i := uint32(hash) & mask
	for x.slots[i].flow != flow {
		i = (i + 1) & mask
	}
	for j := i; ; {
		j = (j + 1) & mask
		s := x.slots[j]
		if s.flow == 0 {
			break
		}
		if (j-s.hash)&mask >= (j-i)&mask { // its home is at or before the hole
			x.slots[i] = s
			i = j
		}
	}
	x.slots[i] = slot{}
	x.n--
}

// all gives every flow in the index.
func (x *index) all() []uint32 {
	flows := make([]uint32, 0, x.n)
	for _, s := range x.slots {
		if s.flow != 0 {
			flows = append(flows, s.flow)
		}
	}
	return flows
}
