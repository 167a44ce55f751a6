package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"ward/asset/device"
	"ward/traffic"
)

// hourOf is the hour of a time since 1970; of no time, 0.
func hourOf(t time.Time) uint32 { return uint32(max(0, micros(t)) / microsPerHour) }

func timeOf(hour uint32) time.Time { return time.Unix(int64(hour)*3600, 0).UTC() }

// partiesOf gives the parties of a device, in order. Without an owner that
// SetOwners named, a party is nobody's.
func (v *view) partiesOf(id device.ID) []uint32 {
	var out []uint32
	if id == "" {
		return out
	}
	for i, o := range v.owners {
		if o != 0 && v.devices[o] == id {
			out = append(out, uint32(i))
		}
	}
	return out
}

// sums calls f with each block of a level that has rows since an hour and of
// parties from low to high.
func (v *view) sums(ctx context.Context, level traffic.Level, since, low, high uint32, f func(*block, *traffic.Sums) error) error {
	for _, b := range v.blocks {
		if b.level != level || b.last < int64(since) || b.low > high || b.high < low {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		data, err := v.s.blockData(ctx, b)
		if err != nil {
			return err
		}
		t, err := traffic.OpenSums(data)
		if err != nil {
			return err
		}
		if err := f(b, &t); err != nil {
			return err
		}
	}
	return nil
}

// ofParties calls f with each sum of some parties (in order) since an hour.
func (v *view) ofParties(ctx context.Context, level traffic.Level, parties []uint32, since uint32, f func(*traffic.Sum)) error {
	if len(parties) == 0 {
		return nil
	}
	return v.sums(ctx, level, since, parties[0], parties[len(parties)-1], func(b *block, t *traffic.Sums) error {
		skip := v.filter(b)
		i, _ := slices.BinarySearch(parties, b.low)
		for ; i < len(parties) && parties[i] <= b.high; i++ {
			for at, end := t.Range(parties[i]); at < end; at++ {
				if r := t.Row(at); r.Hour >= since && !skip[r.Import] {
					f(&r)
				}
			}
		}
		return nil
	})
}

// party gives a party and its device.
func (v *view) party(n uint32) (Party, device.ID) {
	if int(n) >= len(v.parties) {
		return Party{}, ""
	}
	return v.parties[n].party(), v.devices[v.owners[n]]
}

func (v *view) service(n uint32) service {
	if int(n) >= len(v.services) {
		return service{}
	}
	return v.services[n]
}

// DevicePairs tells whom a device talked to since a time, most bytes first.
func (s *Store) DevicePairs(ctx context.Context, id device.ID, since time.Time, limit int) ([]Pair, error) {
	return retried(ctx, s, func(v *view) ([]Pair, error) { return v.devicePairs(ctx, id, hourOf(since), limit) })
}

func (v *view) devicePairs(ctx context.Context, id device.ID, since uint32, limit int) ([]Pair, error) {
	type key struct {
		peer, service uint32
		in            bool
	}
	type span struct {
		traffic.Sum
		first, last uint32
	}
	found := map[key]*span{}
	err := v.ofParties(ctx, traffic.Pairs, v.partiesOf(id), since, func(r *traffic.Sum) {
		k := key{r.Peer, r.Service, r.In}
		p := found[k]
		if p == nil {
			p = &span{first: r.Hour, last: r.Hour}
			found[k] = p
		}
		p.Add(r.Sessions, r.Up, r.Down)
		p.first, p.last = min(p.first, r.Hour), max(p.last, r.Hour)
	})
	if err != nil {
		return nil, err
	}
	out := make([]Pair, 0, len(found))
	for k, p := range found {
		x := Pair{Inbound: k.in, Sessions: p.Sessions, BytesUp: p.Up, BytesDown: p.Down, First: timeOf(p.first), Last: timeOf(p.last)}
		x.Peer, x.Device = v.party(k.peer)
		sv := v.service(k.service)
		x.Service, x.Port = sv.name, sv.port
		out = append(out, x)
	}
	slices.SortFunc(out, comparePairs)
	out = out[:min(len(out), limit)]
	ids := make([]device.ID, len(out))
	for i := range out {
		ids[i] = out[i].Device
	}
	names, err := v.s.deviceNames(ctx, ids)
	for i := range out {
		out[i].Name = names[out[i].Device]
	}
	return out, err
}

func comparePairs(a, b Pair) int {
	return cmp.Or(cmp.Compare(b.BytesUp+b.BytesDown, a.BytesUp+a.BytesDown), cmp.Compare(b.Sessions, a.Sessions), a.Peer.Addr.Compare(b.Peer.Addr),
		slices.Compare(a.Peer.MAC[:], b.Peer.MAC[:]), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Port, b.Port), cmp.Compare(bit(a.Inbound), bit(b.Inbound)))
}

// deviceNames gives the names of devices.
func (s *Store) deviceNames(ctx context.Context, ids []device.ID) (map[device.ID]string, error) {
	out := map[device.ID]string{}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for len(ids) > 0 {
		n := min(len(ids), rowsAtOnce)
		args := make([]any, n)
		for i := range n {
			args[i] = string(ids[i])
		}
		rows, err := s.query(ctx, "SELECT id, name FROM device WHERE id IN ("+marks(n)+")", args...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var id device.ID
			var name string
			if err := rows.Scan(&id, &name); err != nil {
				rows.Close()
				return nil, err
			}
			out[id] = name
		}
		if err := rows.Close(); err != nil {
			return nil, err
		}
		ids = ids[n:]
	}
	return out, nil
}

// hoursOfWeek and mondayHour: 1970-01-01 was a Thursday.
const (
	hoursOfWeek = 168
	mondayHour  = 3 * traffic.HoursOfDay
)

// DeviceWeek sums a device's sessions by hour of the week (Monday 00:00 UTC = 0).
func (s *Store) DeviceWeek(ctx context.Context, id device.ID, since time.Time) ([168]uint64, error) {
	return retried(ctx, s, func(v *view) (week [hoursOfWeek]uint64, err error) {
		err = v.ofParties(ctx, traffic.Parties, v.partiesOf(id), hourOf(since), func(r *traffic.Sum) {
			week[(r.Hour+mondayHour)%hoursOfWeek] += r.Sessions
		})
		return week, err
	})
}
