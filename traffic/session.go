package traffic

import (
	"cmp"
	"slices"
)

// Session is one session in numbers: parties, services and imports are those of
// dictionaries that the caller keeps.
type Session struct {
	Start      int64 // microseconds since 1970
	Duration   uint64
	Orig, Resp uint32
	OrigPort   uint16
	Service    uint32 // name and port of the responder
	Kind       uint32 // transport and state
	Up, Down   uint64
	Packets    uint64
	Import     uint32
}

// Columns of a block of sessions.
const (
	colStart = iota
	colDuration
	colOrig
	colResp
	colOrigPort
	colService
	colKind
	colUp
	colDown
	colPackets
	colImport
	sessionColumns
)

// Sessions is a block of sessions, ordered by start.
type Sessions struct{ Table }

// PackSessions sorts rows by start and packs them.
func PackSessions(rows []Session) []byte {
	byStart := func(a, b Session) int { return cmp.Compare(a.Start, b.Start) }
	if !slices.IsSortedFunc(rows, byStart) {
		slices.SortStableFunc(rows, byStart)
	}
	columns := newColumns(sessionColumns, len(rows))
	for i := range rows {
		r := &rows[i]
		columns[colStart][i] = uint64(r.Start)
		columns[colDuration][i] = r.Duration
		columns[colOrig][i] = uint64(r.Orig)
		columns[colResp][i] = uint64(r.Resp)
		columns[colOrigPort][i] = uint64(r.OrigPort)
		columns[colService][i] = uint64(r.Service)
		columns[colKind][i] = uint64(r.Kind)
		columns[colUp][i] = r.Up
		columns[colDown][i] = r.Down
		columns[colPackets][i] = r.Packets
		columns[colImport][i] = uint64(r.Import)
	}
	return Pack(columns)
}

func newColumns(n, rows int) [][]uint64 {
	all := make([]uint64, n*rows)
	columns := make([][]uint64, n)
	for i := range columns {
		columns[i] = all[i*rows : (i+1)*rows]
	}
	return columns
}

// OpenSessions opens a block of sessions.
func OpenSessions(b []byte) (Sessions, error) {
	t, err := Open(b)
	if err != nil || t.columns != sessionColumns {
		return Sessions{}, ErrDamaged
	}
	return Sessions{t}, nil
}

// Row reads one session.
func (s *Sessions) Row(i int) Session {
	return Session{Start: int64(s.At(colStart, i)), Duration: s.At(colDuration, i), Orig: uint32(s.At(colOrig, i)), Resp: uint32(s.At(colResp, i)),
		OrigPort: uint16(s.At(colOrigPort, i)), Service: uint32(s.At(colService, i)), Kind: uint32(s.At(colKind, i)),
		Up: s.At(colUp, i), Down: s.At(colDown, i), Packets: s.At(colPackets, i), Import: uint32(s.At(colImport, i))}
}

// Newest calls f with the rows that have one of the parties on either side, the
// newest first, until f says no. scratch is reused between calls.
func (s *Sessions) Newest(is func(party uint32) bool, scratch *Scratch, f func(row int) bool) {
	for to := s.rows; to > 0; {
		from := (to - 1) / frameRows * frameRows
		scratch.a = s.Column(colOrig, from, to, scratch.a)
		scratch.b = s.Column(colResp, from, to, scratch.b)
		for i := to - from - 1; i >= 0; i-- {
			if (is(uint32(scratch.a[i])) || is(uint32(scratch.b[i]))) && !f(from+i) {
				return
			}
		}
		to = from
	}
}

// NewestOf does so with the rows of some services.
func (s *Sessions) NewestOf(is func(service uint32) bool, scratch *Scratch, f func(row int) bool) {
	for to := s.rows; to > 0; {
		from := (to - 1) / frameRows * frameRows
		scratch.a = s.Column(colService, from, to, scratch.a)
		for i := to - from - 1; i >= 0; i-- {
			if is(uint32(scratch.a[i])) && !f(from+i) {
				return
			}
		}
		to = from
	}
}

// Scratch is memory that reading uses again.
type Scratch struct{ a, b []uint64 }

// Start reads when a session began.
func (s *Sessions) Start(row int) int64 { return int64(s.At(colStart, row)) }

// Import reads whose session it is.
func (s *Sessions) Import(row int) uint32 { return uint32(s.At(colImport, row)) }
