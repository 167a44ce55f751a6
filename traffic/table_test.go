package traffic

import (
	"testing"

	"pgregory.net/rapid"
)

func TestATableGivesBackWhatItWasGiven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.IntRange(1, 2500).Draw(t, "rows")
		width := rapid.IntRange(0, 64).Draw(t, "bits")
		columns := make([][]uint64, 3)
		for c := range columns {
			columns[c] = make([]uint64, rows)
			seed := rapid.Uint64().Draw(t, "seed")
			for i := range columns[c] {
				seed = seed*6364136223846793005 + 1442695040888963407
				columns[c][i] = seed >> 32 * seed & (1<<width - 1)
			}
		}
		b, err := Open(Pack(columns))
		if err != nil {
			t.Fatal(err)
		}
		for c := range columns {
			all := b.Column(c, 0, rows, nil)
			for i, want := range columns[c] {
				if b.At(c, i) != want || all[i] != want {
					t.Fatalf("column %d row %d: %d and %d, want %d", c, i, b.At(c, i), all[i], want)
				}
			}
		}
	})
}

func FuzzOpen(f *testing.F) {
	f.Add(PackSessions([]Session{{Start: 5, Up: 1 << 63}, {Start: 9, Orig: 3}}))
	f.Add(PackSums([]Sum{{Key: Key{Party: 1, Hour: 7}, Sessions: 2}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := OpenSessions(b); err == nil {
			s.Newest(func(uint32) bool { return true }, &Scratch{}, func(i int) bool { s.Row(i); return true })
		}
		if s, err := OpenSums(b); err == nil {
			from, to := s.Range(1)
			for i := range s.Rows() {
				s.Row(i)
			}
			if from > to {
				t.Fatal("a range that ends before it begins")
			}
		}
	})
}
