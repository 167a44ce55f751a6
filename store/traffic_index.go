package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"

	"ward/asset/device"
	"ward/traffic"
)

// trafficIndex is what the store keeps of the traffic in memory: dictionaries
// and where each block lies. It is read from the database at the first use; one
// process writes a database, so it stays true.
type trafficIndex struct {
	commit sync.Mutex // one commit, compaction or removal at a time

	mu       sync.RWMutex
	loaded   bool
	next     int64 // number of the next block
	parties  []partyKey
	owners   []int32 // by party: place in devices, 0 nobody
	byParty  map[partyKey]uint32
	devices  []device.ID
	byDevice map[device.ID]int32
	services []service
	bySrv    map[service]uint32
	imports  []string // by number - 1
	byImport map[string]uint32
	gone     map[uint32]bool // imports whose sessions were forgotten
	saved    struct{ parties, services int }
	blocks   []*block // replaced, never changed in place

	undoneMu sync.Mutex
	undone   map[uint32]bool // gone, or taken back; replaced, never changed
	taken    int64           // how many imports are taken back

	cache blockCache
}

// sessionsLevel is the level of blocks of whole sessions.
const sessionsLevel traffic.Level = 0

// block is where a block lies and what is in it.
type block struct {
	num             int64
	level           traffic.Level
	rows            int
	bytes           int64
	first, last     int64 // microseconds of whole sessions, hours of sums
	low, high       uint32
	imports         []uint32
	services, bloom traffic.Bloom // whole sessions only
}

// traffics gives the index, loaded.
func (s *Store) traffics(ctx context.Context) (*trafficIndex, error) {
	ix := &s.traffic
	ix.mu.RLock()
	ok := ix.loaded
	ix.mu.RUnlock()
	if ok {
		return ix, nil
	}
	ix.mu.Lock()
	defer ix.mu.Unlock()
	if ix.loaded {
		return ix, nil
	}
	if err := s.loadTraffic(ctx, ix); err != nil {
		return nil, fmt.Errorf("store: read the traffic: %w", err)
	}
	ix.loaded = true
	return ix, nil
}

// loadTraffic reads the index. What a killed process had written before its
// commit is removed.
func (s *Store) loadTraffic(ctx context.Context, ix *trafficIndex) error {
	err := s.inTx(ctx, func(t *tx) error {
		if _, err := t.exec("DELETE FROM traffic_data WHERE num IN (SELECT num FROM traffic_spill)"); err != nil {
			return err
		}
		_, err := t.exec("DELETE FROM traffic_spill")
		return err
	})
	if err != nil {
		return err
	}
	ix.empty()
	if err := s.loadParties(ctx, ix); err != nil {
		return err
	}
	err = each(ctx, s, func(r *sql.Rows) error {
		var v service
		if err := r.Scan(&v.name, &v.port); err != nil {
			return err
		}
		ix.bySrv[v] = uint32(len(ix.services))
		ix.services = append(ix.services, v)
		return nil
	}, "SELECT name, port FROM traffic_service ORDER BY num")
	if err != nil {
		return err
	}
	ix.saved.parties, ix.saved.services = len(ix.parties), len(ix.services)
	ix.parties, ix.services = orOther(ix.parties, partyKey{}), orOther(ix.services, service{name: "other"})
	if len(ix.owners) == 0 {
		ix.owners = append(ix.owners, 0)
	}
	err = each(ctx, s, func(r *sql.Rows) error {
		var id string
		var gone bool
		if err := r.Scan(&id, numeral{&gone}); err != nil {
			return err
		}
		ix.imports = append(ix.imports, id)
		if n := uint32(len(ix.imports)); gone {
			ix.gone[n] = true
		} else {
			ix.byImport[id] = n
		}
		return nil
	}, "SELECT id, gone FROM traffic_import ORDER BY num")
	if err != nil {
		return err
	}
	return s.loadBlocks(ctx, ix)
}

func orOther[T any](list []T, other T) []T {
	if len(list) == 0 {
		return append(list, other)
	}
	return list
}

// numeral scans a number that is a yes or no.
type numeral struct{ into *bool }

// Scan reads the number (database/sql.Scanner).
func (n numeral) Scan(v any) error {
	i, _ := v.(int64)
	*n.into = i != 0
	return nil
}

func (ix *trafficIndex) empty() {
	ix.next, ix.taken = 1, -1
	ix.parties, ix.owners, ix.byParty = nil, nil, map[partyKey]uint32{}
	ix.devices, ix.byDevice = []device.ID{""}, map[device.ID]int32{"": 0}
	ix.services, ix.bySrv = nil, map[service]uint32{}
	ix.imports, ix.byImport, ix.gone = nil, map[string]uint32{}, map[uint32]bool{}
	ix.blocks = nil
}

func (s *Store) loadParties(ctx context.Context, ix *trafficIndex) error {
	return each(ctx, s, func(r *sql.Rows) error {
		var mac, addr []byte
		var id device.ID
		if err := r.Scan(&mac, &addr, &id); err != nil {
			return err
		}
		var k partyKey
		k.size = uint8(min(len(addr), len(k.addr)))
		copy(k.mac[:], mac)
		copy(k.addr[:], addr)
		if len(ix.parties) > other {
			ix.byParty[k] = uint32(len(ix.parties))
		}
		ix.parties = append(ix.parties, k)
		ix.owners = append(ix.owners, ix.device(id))
		return nil
	}, "SELECT mac, address, device FROM traffic_party ORDER BY num")
}

// device gives the number of a device. ix.mu is held.
func (ix *trafficIndex) device(id device.ID) int32 {
	n, ok := ix.byDevice[id]
	if !ok {
		n = int32(len(ix.devices))
		ix.devices, ix.byDevice[id] = append(ix.devices, id), n
	}
	return n
}

func (s *Store) loadBlocks(ctx context.Context, ix *trafficIndex) error {
	return each(ctx, s, func(r *sql.Rows) error {
		b := &block{}
		var imports []byte
		if err := r.Scan(&b.num, &b.level, &b.rows, &b.bytes, &b.first, &b.last, &b.low, &b.high, &imports, (*[]byte)(&b.services), (*[]byte)(&b.bloom)); err != nil {
			return err
		}
		for ; len(imports) >= 4; imports = imports[4:] {
			b.imports = append(b.imports, binary.LittleEndian.Uint32(imports))
		}
		ix.next = max(ix.next, b.num+1)
		ix.blocks = append(ix.blocks, b)
		return nil
	}, `SELECT num, level, count, bytes, first, last, low, high, imports, services, bloom FROM traffic_block ORDER BY num`)
}

// party gives the number of a party, and makes one.
func (ix *trafficIndex) party(p Party) uint32 {
	k := keyOf(p)
	ix.mu.RLock()
	n, ok := ix.byParty[k]
	full := len(ix.parties) >= MaxParties
	ix.mu.RUnlock()
	if ok || full {
		return n
	}
	ix.mu.Lock()
	defer ix.mu.Unlock()
	if n, ok = ix.byParty[k]; ok || len(ix.parties) >= MaxParties {
		return n
	}
	n = uint32(len(ix.parties))
	ix.byParty[k] = n
	ix.parties, ix.owners = append(ix.parties, k), append(ix.owners, 0)
	return n
}

// service gives the number of a service, and makes one. Ports beyond the bound
// count for the service without a port.
func (ix *trafficIndex) service(v service) uint32 {
	if len(v.name) > maxServiceName {
		v.name = "other"
	}
	ix.mu.RLock()
	n, ok := ix.bySrv[v]
	full := len(ix.services) >= MaxTrafficServices
	ix.mu.RUnlock()
	if ok {
		return n
	}
	if full {
		ix.mu.RLock()
		defer ix.mu.RUnlock()
		return ix.bySrv[service{name: v.name}]
	}
	ix.mu.Lock()
	defer ix.mu.Unlock()
	if n, ok = ix.bySrv[v]; ok {
		return n
	}
	n = uint32(len(ix.services))
	ix.bySrv[v], ix.services = n, append(ix.services, v)
	return n
}

// view is a state of the index that does not change while a query runs.
type view struct {
	s        *Store
	blocks   []*block
	parties  []partyKey
	owners   []int32
	devices  []device.ID
	services []service
	undone   map[uint32]bool
}

// view gives the state of now.
func (s *Store) view(ctx context.Context) (*view, error) {
	ix, err := s.traffics(ctx)
	if err != nil {
		return nil, err
	}
	undone, err := s.undone(ctx, ix)
	if err != nil {
		return nil, err
	}
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	return &view{s, ix.blocks, ix.parties, ix.owners, ix.devices, ix.services, undone}, nil
}

// undone gives the imports that do not count.
func (s *Store) undone(ctx context.Context, ix *trafficIndex) (map[uint32]bool, error) {
	var taken int64
	if err := s.row(ctx, "SELECT count(*) FROM import WHERE state = ?", string(ImportUndone)).Scan(&taken); err != nil {
		return nil, err
	}
	ix.undoneMu.Lock()
	defer ix.undoneMu.Unlock()
	if taken == ix.taken {
		return ix.undone, nil
	}
	nums, err := column[uint32](ctx, s, "SELECT t.num FROM import i JOIN traffic_import t ON t.id = i.id WHERE i.state = ?", string(ImportUndone))
	if err != nil {
		return nil, err
	}
	out := map[uint32]bool{}
	for _, n := range nums {
		out[n] = true
	}
	ix.mu.RLock()
	for n := range ix.gone {
		out[n] = true
	}
	ix.mu.RUnlock()
	ix.undone, ix.taken = out, taken
	return out, nil
}

// filter gives the imports to leave out of a block, nil where all count.
func (v *view) filter(b *block) map[uint32]bool {
	if len(v.undone) == 0 || !slices.ContainsFunc(b.imports, func(n uint32) bool { return v.undone[n] }) {
		return nil
	}
	return v.undone
}
