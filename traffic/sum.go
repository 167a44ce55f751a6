package traffic

import (
	"cmp"
	"slices"
)

// Key is what sessions are summed by. Which fields are used, the Level says;
// the others are 0.
type Key struct {
	Party, Peer uint32
	In          bool   // the peer opened the sessions
	Service     uint32 // name and port of the responder
	Hour        uint32 // hours since 1970
	Import      uint32
}

// Level says what the rows of a block of sums stand for.
type Level uint8

// Levels.
const (
	Pairs    Level = 1 + iota // party, peer, direction, service, hour; each session stands with both its parties
	Parties                   // party, direction, hour; each session stands with both its parties
	Services                  // service, hour
	PairDays                  // who opened, who answered, service; Hour is the first of the day
)

// Sum is the traffic of a Key.
type Sum struct {
	Key
	Sessions uint64
	Up, Down uint64 // bytes from Party, to Party
}

// HoursOfDay are the hours of a day: Hour/HoursOfDay is the day.
const HoursOfDay = 24

// Columns of a block of sums.
const (
	colParty = iota
	colPeer
	colIn
	colSumService
	colHour
	colSumImport
	colSessions
	colSumUp
	colSumDown
	sumColumns
)

// Compare orders sums by day, party, peer, direction, service, hour, import.
func (k *Key) Compare(o *Key) int {
	if c := cmp.Compare(k.Hour/HoursOfDay, o.Hour/HoursOfDay); c != 0 {
		return c
	}
	if c := cmp.Compare(uint64(k.Party)<<32|uint64(k.Peer), uint64(o.Party)<<32|uint64(o.Peer)); c != 0 {
		return c
	}
	if k.In != o.In {
		return cmp.Compare(number(k.In), number(o.In))
	}
	if c := cmp.Compare(uint64(k.Service)<<32|uint64(k.Hour), uint64(o.Service)<<32|uint64(o.Hour)); c != 0 {
		return c
	}
	return cmp.Compare(k.Import, o.Import)
}

func number(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// Sort sorts sums and joins those of the same key.
func Sort(rows []Sum) []Sum {
	slices.SortFunc(rows, func(a, b Sum) int { return a.Compare(&b.Key) })
	out := rows[:0]
	for _, r := range rows {
		if n := len(out); n > 0 && out[n-1].Key == r.Key {
			out[n-1].Add(r.Sessions, r.Up, r.Down)
			continue
		}
		out = append(out, r)
	}
	return out
}

// Add adds to a sum; what does not fit stays at the largest number.
func (s *Sum) Add(sessions, up, down uint64) {
	s.Sessions, s.Up, s.Down = saturate(s.Sessions, sessions), saturate(s.Up, up), saturate(s.Down, down)
}

func saturate(a, b uint64) uint64 {
	if a+b < a {
		return 1<<64 - 1
	}
	return a + b
}

// Sums is a block of sums of one day, in the order of Compare.
type Sums struct{ Table }

// PackSums packs sorted rows.
func PackSums(rows []Sum) []byte {
	columns := newColumns(sumColumns, len(rows))
	for i := range rows {
		r := &rows[i]
		columns[colParty][i] = uint64(r.Party)
		columns[colPeer][i] = uint64(r.Peer)
		columns[colIn][i] = number(r.In)
		columns[colSumService][i] = uint64(r.Service)
		columns[colHour][i] = uint64(r.Hour)
		columns[colSumImport][i] = uint64(r.Import)
		columns[colSessions][i] = r.Sessions
		columns[colSumUp][i] = r.Up
		columns[colSumDown][i] = r.Down
	}
	return Pack(columns)
}

// OpenSums opens a block of sums.
func OpenSums(b []byte) (Sums, error) {
	t, err := Open(b)
	if err != nil || t.columns != sumColumns {
		return Sums{}, ErrDamaged
	}
	return Sums{t}, nil
}

// Row reads one sum.
func (s *Sums) Row(i int) Sum {
	return Sum{Key: Key{Party: uint32(s.At(colParty, i)), Peer: uint32(s.At(colPeer, i)), In: s.At(colIn, i) != 0,
		Service: uint32(s.At(colSumService, i)), Hour: uint32(s.At(colHour, i)), Import: uint32(s.At(colSumImport, i))},
		Sessions: s.At(colSessions, i), Up: s.At(colSumUp, i), Down: s.At(colSumDown, i)}
}

// Range gives the rows [from, to) of a party.
func (s *Sums) Range(party uint32) (from, to int) {
	return s.firstOf(uint64(party)), s.firstOf(uint64(party) + 1)
}

func (s *Sums) firstOf(party uint64) int {
	lo, hi := 0, s.rows
	for lo < hi {
		if mid := (lo + hi) / 2; s.At(colParty, mid) < party {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// Rows is all rows of a block of sums as columns; its memory is used again.
type Rows struct {
	Party, Peer, In, Service, Hour, Import, Sessions, Up, Down []uint64
}

// Keys unpacks the columns that say who, when and of which import.
func (s *Sums) Keys(r *Rows) {
	r.Party = s.Column(colParty, 0, s.rows, r.Party)
	r.Hour = s.Column(colHour, 0, s.rows, r.Hour)
	r.Import = s.Column(colSumImport, 0, s.rows, r.Import)
}

// PeersAndWays unpacks peers and directions.
func (s *Sums) PeersAndWays(r *Rows) {
	r.Peer = s.Column(colPeer, 0, s.rows, r.Peer)
	r.In = s.Column(colIn, 0, s.rows, r.In)
}

// ServicesOf unpacks the services.
func (s *Sums) ServicesOf(r *Rows) { r.Service = s.Column(colSumService, 0, s.rows, r.Service) }

// Amounts unpacks the sums.
func (s *Sums) Amounts(r *Rows) {
	r.Sessions = s.Column(colSessions, 0, s.rows, r.Sessions)
	r.Up = s.Column(colSumUp, 0, s.rows, r.Up)
	r.Down = s.Column(colSumDown, 0, s.rows, r.Down)
}

// Raise gives the sorted sums of a level from pairs of which Party opened the
// sessions.
func Raise(level Level, pairs []Sum) []Sum {
	out := make([]Sum, 0, 2*len(pairs))
	for i := range pairs {
		p := &pairs[i]
		here := Sum{Key: p.Key, Sessions: p.Sessions, Up: p.Up, Down: p.Down}
		switch level {
		case Pairs:
			there := Sum{Key: p.Key, Sessions: p.Sessions, Up: p.Down, Down: p.Up}
			there.Party, there.Peer, there.In = p.Peer, p.Party, true
			out = append(out, here, there)
		case Parties:
			there := Sum{Key: Key{Party: p.Peer, In: true, Hour: p.Hour, Import: p.Import}, Sessions: p.Sessions, Up: p.Down, Down: p.Up}
			here.Peer, here.Service = 0, 0
			out = append(out, here, there)
		case Services:
			here.Party, here.Peer = 0, 0
			out = append(out, here)
		case PairDays:
			here.Hour -= here.Hour % HoursOfDay
			out = append(out, here)
		}
	}
	return Sort(out)
}
