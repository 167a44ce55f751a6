package traffic

// Set is a set of numbers, much faster than a map. Use NewSet.
type Set struct {
	slots []uint64 // number + 1; 0 is free
	used  int
}

// NewSet gives an empty set for about n numbers.
func NewSet(n int) *Set {
	size := 16
	for size < 2*n {
		size *= 2
	}
	return &Set{slots: make([]uint64, size)}
}

// Add adds a number below 2^64-1 and tells whether it is new.
func (s *Set) Add(n uint64) bool {
	if 2*s.used >= len(s.slots) {
		s.grow()
	}
	mask := uint64(len(s.slots) - 1)
	for i := scatter(n) & mask; ; i = (i + 1) & mask {
		switch s.slots[i] {
		case 0:
			s.slots[i] = n + 1
			s.used++
			return true
		case n + 1:
			return false
		}
	}
}

func (s *Set) grow() {
	old := s.slots
	s.slots, s.used = make([]uint64, 2*len(old)), 0
	for _, v := range old {
		if v != 0 {
			s.Add(v - 1)
		}
	}
}

func scatter(n uint64) uint64 {
	n *= 0x9e3779b97f4a7c15
	return n ^ n>>32
}
