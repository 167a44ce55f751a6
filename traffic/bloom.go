package traffic

// bloomBits is how many bits of a Bloom each party gets: 2 % false hits.
const bloomBits = 8

// Bloom tells that a party is certainly not in a block.
type Bloom []byte

// NewBloom is large enough for n parties.
func NewBloom(n int) Bloom { return make(Bloom, max(8, n*bloomBits/8)) }

func bloomHash(party uint32) (h, step uint64) {
	x := (uint64(party) + 0x9e3779b97f4a7c15) * 0xbf58476d1ce4e5b9
	x ^= x >> 31
	x *= 0x94d049bb133111eb
	x ^= x >> 29
	return x & 0xffffffff, x>>32 | 1
}

// Add adds a party.
func (b Bloom) Add(party uint32) {
	h, step := bloomHash(party)
	for range 4 {
		i := h % uint64(len(b)*8)
		b[i>>3] |= 1 << (i & 7)
		h += step
	}
}

// Has tells whether the party may be in it.
func (b Bloom) Has(party uint32) bool {
	if len(b) == 0 {
		return true
	}
	h, step := bloomHash(party)
	for range 4 {
		i := h % uint64(len(b)*8)
		if b[i>>3]&(1<<(i&7)) == 0 {
			return false
		}
		h += step
	}
	return true
}
