package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ward/traffic"
	"ward/wire/session"
)

// Sizes of blocks and of what a Recorder holds in memory.
const (
	sessionBlockRows = 16384
	sumBlockRows     = 8192
	recorderPairs    = 1 << 18 // different (pair, service, hour)
	recorderBytes    = 4 << 20 // packed blocks that wait
)

const microsPerHour = int64(time.Hour / time.Microsecond)

// errRecorderEnded says that a Recorder was used after Commit or Discard.
var errRecorderEnded = errors.New("store: the recorder has ended")

// Recorder takes the sessions of one import. Nothing counts before Commit. It is
// for one goroutine.
type Recorder struct {
	s      *Store
	ix     *trafficIndex
	ctx    context.Context
	id     string
	number uint32
	ended  bool

	rows    []traffic.Session
	pairs   []traffic.Sum // who opened stands as Party
	byPair  map[traffic.Key]int32
	waiting []packedBlock // not written yet
	size    int
	spilled []*block // written, not known yet
}

// packedBlock is a block before it has a place.
type packedBlock struct {
	*block
	data []byte
}

// Record begins to take sessions for an import. Discard or Commit must follow.
// The sessions of one import may come in several recordings, one after another.
func (s *Store) Record(ctx context.Context, importID string) (*Recorder, error) {
	ix, err := s.traffics(ctx)
	if err != nil {
		return nil, err
	}
	if importID == "" {
		return nil, fmt.Errorf("%w: sessions belong to an import", ErrRefused)
	}
	number, err := s.importNumber(ctx, ix, importID)
	if err != nil {
		return nil, err
	}
	return &Recorder{s: s, ix: ix, ctx: ctx, id: importID, number: number, rows: make([]traffic.Session, 0, 1024), byPair: map[traffic.Key]int32{}}, nil
}

// importNumber gives the number of an import, and makes one.
func (s *Store) importNumber(ctx context.Context, ix *trafficIndex, id string) (uint32, error) {
	ix.commit.Lock()
	defer ix.commit.Unlock()
	ix.mu.RLock()
	n, ok := ix.byImport[id]
	count := len(ix.imports)
	ix.mu.RUnlock()
	if ok {
		return n, nil
	}
	n = uint32(count + 1)
	err := s.inTx(ctx, func(t *tx) error {
		_, err := t.exec("INSERT INTO traffic_import (num, id, gone) VALUES (?, ?, 0)", n, id)
		return err
	})
	if err != nil {
		return 0, err
	}
	ix.mu.Lock()
	ix.imports, ix.byImport[id] = append(ix.imports, id), n
	ix.mu.Unlock()
	return n, nil
}

// Session takes one session. v is valid only during the call.
func (r *Recorder) Session(v *session.Session) error {
	if r.ended {
		return errRecorderEnded
	}
	orig, resp := partiesOf(v)
	row := traffic.Session{Start: max(0, micros(v.Start)), Orig: r.ix.party(orig), Resp: r.ix.party(resp), OrigPort: v.Orig.Port,
		Service: r.ix.service(service{v.Service, v.Resp.Port}), Kind: kindOf(v), Up: v.Orig.Bytes, Down: v.Resp.Bytes,
		Packets: v.Orig.Packets + v.Resp.Packets, Import: r.number}
	if d := v.Last.Sub(v.Start); d > 0 && !v.Start.IsZero() {
		row.Duration = uint64(d.Microseconds())
	}
	r.rows = append(r.rows, row)
	if len(r.rows) == sessionBlockRows {
		r.packSessions()
	}
	r.sum(&row, v.Part == 0)
	if len(r.pairs) >= recorderPairs {
		r.packSums()
	}
	if r.size >= recorderBytes {
		return r.spill()
	}
	return nil
}

// sum adds a session to its pair. A later part of a session is no other session.
func (r *Recorder) sum(row *traffic.Session, whole bool) {
	k := traffic.Key{Party: row.Orig, Peer: row.Resp, Service: row.Service, Hour: uint32(row.Start / microsPerHour), Import: r.number}
	i, ok := r.byPair[k]
	if !ok {
		i = int32(len(r.pairs))
		r.byPair[k] = i
		r.pairs = append(r.pairs, traffic.Sum{Key: k})
	}
	var n uint64
	if whole {
		n = 1
	}
	r.pairs[i].Add(n, row.Up, row.Down)
}

// packSessions packs the whole sessions that wait.
func (r *Recorder) packSessions() {
	if len(r.rows) > 0 {
		r.add(sessionBlock(r.rows))
		r.rows = r.rows[:0]
	}
}

// sessionBlock packs sessions; it sorts them.
func sessionBlock(rows []traffic.Session) packedBlock {
	data := traffic.PackSessions(rows)
	b := &block{level: sessionsLevel, rows: len(rows), bytes: int64(len(data)), first: rows[0].Start, last: rows[len(rows)-1].Start, low: ^uint32(0)}
	parties, services := make(map[uint32]struct{}, 1024), map[uint32]struct{}{}
	for i := range rows {
		o, p := rows[i].Orig, rows[i].Resp
		parties[o], parties[p], services[rows[i].Service] = struct{}{}, struct{}{}, struct{}{}
		b.low, b.high = min(b.low, o, p), max(b.high, o, p)
		b.has(rows[i].Import)
	}
	b.bloom, b.services = bloomOf(parties), bloomOf(services)
	return packedBlock{b, data}
}

func bloomOf(of map[uint32]struct{}) traffic.Bloom {
	b := traffic.NewBloom(len(of))
	for n := range of {
		b.Add(n)
	}
	return b
}

// has notes that rows of an import are in the block.
func (b *block) has(number uint32) {
	if n := len(b.imports); n > 0 && b.imports[n-1] == number || slices.Contains(b.imports, number) {
		return
	}
	b.imports = append(b.imports, number)
}

// packSums packs all sums of what came since the last time.
func (r *Recorder) packSums() {
	if len(r.pairs) == 0 {
		return
	}
	for _, level := range []traffic.Level{traffic.Pairs, traffic.Parties, traffic.Services, traffic.PairDays} {
		for _, b := range sumBlocks(level, traffic.Raise(level, r.pairs)) {
			r.add(b)
		}
	}
	r.pairs = r.pairs[:0]
	clear(r.byPair)
}

// sumBlocks packs sorted sums: a block has rows of one day only.
func sumBlocks(level traffic.Level, rows []traffic.Sum) []packedBlock {
	var out []packedBlock
	for len(rows) > 0 {
		n := 1
		for day := rows[0].Hour / traffic.HoursOfDay; n < min(len(rows), sumBlockRows) && rows[n].Hour/traffic.HoursOfDay == day; n++ {
		}
		out = append(out, sumBlock(level, rows[:n]))
		rows = rows[n:]
	}
	return out
}

func sumBlock(level traffic.Level, rows []traffic.Sum) packedBlock {
	data := traffic.PackSums(rows)
	b := &block{level: level, rows: len(rows), bytes: int64(len(data)), low: rows[0].Party, high: rows[len(rows)-1].Party,
		first: int64(rows[0].Hour), last: int64(rows[0].Hour)}
	for i := range rows {
		b.first, b.last = min(b.first, int64(rows[i].Hour)), max(b.last, int64(rows[i].Hour))
		b.has(rows[i].Import)
	}
	return packedBlock{b, data}
}

func (r *Recorder) add(b packedBlock) {
	r.waiting = append(r.waiting, b)
	r.size += len(b.data)
}
