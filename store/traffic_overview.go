package store

import (
	"cmp"
	"context"
	"math"
	"net/netip"
	"slices"
	"time"

	"ward/asset/device"
	"ward/traffic"
)

// anyParty is the highest number of a party.
const anyParty = math.MaxUint32

// TopTalkers gives the devices with most bytes since a time.
func (s *Store) TopTalkers(ctx context.Context, since time.Time, limit int) ([]Talker, error) {
	return retried(ctx, s, func(v *view) ([]Talker, error) { return v.topTalkers(ctx, hourOf(since), limit) })
}

func (v *view) topTalkers(ctx context.Context, since uint32, limit int) ([]Talker, error) {
	sums := make([]traffic.Sum, len(v.devices)) // Party is the device
	var c traffic.Rows
	err := v.sums(ctx, traffic.Parties, since, 0, anyParty, func(b *block, t *traffic.Sums) error {
		skip := v.filter(b)
		t.Keys(&c)
		t.Amounts(&c)
		for i, p := range c.Party {
			if p < uint64(len(v.owners)) && c.Hour[i] >= uint64(since) && !skip[uint32(c.Import[i])] {
				sums[v.owners[p]].Add(c.Sessions[i], c.Up[i], c.Down[i])
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := []Talker{}
	for i := 1; i < len(sums); i++ {
		if sums[i].Sessions|sums[i].Up|sums[i].Down != 0 {
			out = append(out, Talker{Device: v.devices[i], Bytes: sums[i].Up + sums[i].Down, Sessions: sums[i].Sessions})
		}
	}
	slices.SortFunc(out, func(a, b Talker) int { return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Device, b.Device)) })
	out = out[:min(len(out), limit)]
	return out, v.describe(ctx, out, since)
}

// describe adds names and the number of peers.
func (v *view) describe(ctx context.Context, talkers []Talker, since uint32) error {
	ids := make([]device.ID, len(talkers))
	wanted := map[device.ID]bool{}
	for i := range talkers {
		ids[i], wanted[talkers[i].Device] = talkers[i].Device, true
	}
	names, err := v.s.deviceNames(ctx, ids)
	if err != nil {
		return err
	}
	peers, err := v.peerCounts(ctx, since, func(d int32) bool { return wanted[v.devices[d]] })
	for i := range talkers {
		talkers[i].Name, talkers[i].Peers = names[talkers[i].Device], peers[talkers[i].Device]
	}
	return err
}

// PeerCounts gives how many different others each device talked to since a time.
func (s *Store) PeerCounts(ctx context.Context, since time.Time) (map[device.ID]int, error) {
	return retried(ctx, s, func(v *view) (map[device.ID]int, error) {
		return v.peerCounts(ctx, hourOf(since), func(d int32) bool { return d != 0 })
	})
}

// peerCounts counts for the chosen devices. Another is a device, or a party that
// is nobody's.
func (v *view) peerCounts(ctx context.Context, since uint32, chosen func(device int32) bool) (map[device.ID]int, error) {
	seen := traffic.NewSet(1 << 12)
	wanted := make([]bool, len(v.devices))
	for i := range wanted {
		wanted[i] = i > 0 && chosen(int32(i))
	}
	low, high := uint32(anyParty), uint32(0)
	for p, d := range v.owners {
		if wanted[d] {
			low, high = min(low, uint32(p)), max(high, uint32(p))
		}
	}
	counts := make([]int, len(v.devices))
	var c traffic.Rows
	err := v.sums(ctx, traffic.Pairs, since, low, high, func(b *block, t *traffic.Sums) error {
		skip := v.filter(b)
		t.Keys(&c)
		t.PeersAndWays(&c)
		before := uint64(math.MaxUint64)
		for i, p := range c.Party {
			pair := p<<32 | c.Peer[i]
			if pair == before || c.Hour[i] < uint64(since) || p >= uint64(len(v.owners)) || c.Peer[i] >= uint64(len(v.owners)) || skip[uint32(c.Import[i])] {
				continue
			}
			before = pair
			d, peer := v.owners[p], c.Peer[i]
			if !wanted[d] {
				continue
			}
			if o := v.owners[peer]; o != 0 {
				peer = uint64(o) | 1<<31
			}
			if seen.Add(uint64(d)<<32 | peer) {
				counts[d]++
			}
		}
		return nil
	})
	out := map[device.ID]int{}
	for d, n := range counts {
		if n > 0 {
			out[v.devices[d]] = n
		}
	}
	return out, err
}

// ServiceHours gives the traffic of each service by hour.
func (s *Store) ServiceHours(ctx context.Context, since time.Time) ([]ServiceHour, error) {
	return retried(ctx, s, func(v *view) ([]ServiceHour, error) {
		type key struct {
			hour uint32
			name string
		}
		from, found := hourOf(since), map[key]*traffic.Sum{}
		err := v.sums(ctx, traffic.Services, from, 0, anyParty, func(b *block, t *traffic.Sums) error {
			skip := v.filter(b)
			for i := range t.Rows() {
				r := t.Row(i)
				if r.Hour < from || skip[r.Import] {
					continue
				}
				k := key{r.Hour, v.service(r.Service).name}
				if found[k] == nil {
					found[k] = &traffic.Sum{}
				}
				found[k].Add(r.Sessions, r.Up, r.Down)
			}
			return nil
		})
		out := make([]ServiceHour, 0, len(found))
		for k, r := range found {
			out = append(out, ServiceHour{Hour: timeOf(k.hour), Service: k.name, Sessions: r.Sessions, Bytes: r.Up + r.Down})
		}
		slices.SortFunc(out, func(a, b ServiceHour) int { return cmp.Or(a.Hour.Compare(b.Hour), cmp.Compare(a.Service, b.Service)) })
		return out, err
	})
}

// AddressSessions counts the sessions that an address opened and answered since
// a time, to the hour.
func (s *Store) AddressSessions(ctx context.Context, a netip.Addr, since time.Time) (opened, answered uint64, err error) {
	both, err := retried(ctx, s, func(v *view) (n [2]uint64, err error) {
		var parties []uint32
		want := keyOf(Party{Addr: a})
		for i := range v.parties {
			if p := &v.parties[i]; p.size == want.size && p.addr == want.addr {
				parties = append(parties, uint32(i))
			}
		}
		err = v.ofParties(ctx, traffic.Parties, parties, hourOf(since), func(r *traffic.Sum) { n[bit(r.In)] += r.Sessions })
		return n, err
	})
	return both[0], both[1], err
}

// Span gives the first and last hour of the traffic that is known.
func (s *Store) Span(ctx context.Context) (first, last time.Time, err error) {
	v, err := s.view(ctx)
	if err != nil {
		return first, last, err
	}
	low, high := int64(math.MaxInt64), int64(-1)
	for _, b := range v.blocks {
		if b.level == traffic.Services && !v.dead(b) {
			low, high = min(low, b.first), max(high, b.last)
		}
	}
	if high < 0 {
		return first, last, nil
	}
	return timeOf(uint32(low)), timeOf(uint32(high)), nil
}

// dead tells that all of a block is taken back.
func (v *view) dead(b *block) bool {
	return !slices.ContainsFunc(b.imports, func(n uint32) bool { return !v.undone[n] })
}
