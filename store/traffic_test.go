package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"ward/asset/device"
	"ward/wire/packet"
	"ward/wire/session"
)

var trafficStart = time.Date(2026, 11, 2, 22, 30, 0, 0, time.UTC)

func trafficStore(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(context.Background(), Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func randomSessions(rng *rand.Rand, n, hosts int) []session.Session {
	out := make([]session.Session, n)
	end := func(i int) session.Endpoint {
		return session.Endpoint{MAC: packet.MAC{2, 0, 0, 0, 0, byte(i)}, Addr: netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}), Bytes: rng.Uint64N(1 << 20), Packets: rng.Uint64N(99)}
	}
	names := []string{"hl7", "dicom", "", "https"}
	for i := range out {
		a := rng.IntN(hosts)
		b := (a + 1 + rng.IntN(hosts-1)) % hosts
		o, r := end(a+1), end(b+1)
		o.Port, r.Port = uint16(rng.Uint32()), uint16(rng.IntN(3))
		at := trafficStart.Add(time.Duration(rng.Int64N(int64(40 * time.Hour)))).Truncate(time.Microsecond)
		out[i] = session.Session{Transport: session.TCP, State: session.SF, Orig: o, Resp: r, Start: at, Last: at.Add(time.Second), Service: names[rng.IntN(len(names))]}
	}
	return out
}

func record(t *testing.T, s *Store, id string, sessions []session.Session) {
	t.Helper()
	r, err := s.Record(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	for i := range sessions {
		if err := r.Session(&sessions[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Commit(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func macOwner(p Party) device.ID { return device.ID("mac:" + p.MAC.String()) }

// checkTraffic compares every answer with a plain count over the sessions.
func checkTraffic(t *testing.T, s *Store, all []session.Session, hosts int) {
	t.Helper()
	ctx := context.Background()
	if err := s.SetOwners(ctx, macOwner); err != nil {
		t.Fatal(err)
	}
	since := trafficStart.Add(5 * time.Hour).Truncate(time.Hour)
	top := map[device.ID]uint64{}
	peers := map[device.ID]map[device.ID]bool{}
	for h := 1; h <= hosts; h++ {
		mac := packet.MAC{2, 0, 0, 0, 0, byte(h)}
		id := device.ID("mac:" + mac.String())
		pairs, mine := map[string][3]uint64{}, []session.Session{}
		for _, x := range all {
			me, peer, in := x.Orig, x.Resp, false
			if x.Resp.MAC == mac {
				me, peer, in = x.Resp, x.Orig, true
			}
			if me.MAC != mac {
				continue
			}
			mine = append(mine, x)
			if x.Start.Before(since) {
				continue
			}
			top[id] += x.Orig.Bytes + x.Resp.Bytes
			if peers[id] == nil {
				peers[id] = map[device.ID]bool{}
			}
			peers[id][device.ID(peer.MAC.String())] = true
			k := fmt.Sprint(peer.Addr, x.Service, x.Resp.Port, in)
			v := pairs[k]
			pairs[k] = [3]uint64{v[0] + 1, v[1] + me.Bytes, v[2] + peer.Bytes}
		}
		got, err := s.DevicePairs(ctx, id, since, 1<<30)
		if err != nil {
			t.Fatal(err)
		}
		have := map[string][3]uint64{}
		for _, p := range got {
			have[fmt.Sprint(p.Peer.Addr, p.Service, p.Port, p.Inbound)] = [3]uint64{p.Sessions, p.BytesUp, p.BytesDown}
		}
		if !reflect.DeepEqual(have, pairs) {
			t.Fatalf("pairs of %s: %d, want %d", id, len(have), len(pairs))
		}
		checkRecent(t, s, id, mine)
	}
	talkers, err := s.TopTalkers(ctx, since, 1000)
	if err != nil || len(talkers) != len(top) {
		t.Fatalf("%d talkers, want %d: %v", len(talkers), len(top), err)
	}
	for _, x := range talkers {
		if x.Bytes != top[x.Device] || x.Peers != len(peers[x.Device]) {
			t.Fatalf("talker %+v, want %d bytes and %d peers", x, top[x.Device], len(peers[x.Device]))
		}
	}
}

func checkRecent(t *testing.T, s *Store, id device.ID, mine []session.Session) {
	t.Helper()
	slices.SortFunc(mine, func(a, b session.Session) int { return b.Start.Compare(a.Start) })
	recent, err := s.DeviceSessions(context.Background(), id, 20)
	if err != nil {
		t.Fatal(err)
	}
	if len(recent) != min(20, len(mine)) {
		t.Fatalf("%d recent of %s, want %d", len(recent), id, min(20, len(mine)))
	}
	for i, r := range recent {
		w := mine[i]
		want := Recent{Start: w.Start, Duration: time.Second, Orig: Party{w.Orig.MAC, w.Orig.Addr}, Resp: Party{w.Resp.MAC, w.Resp.Addr}, OrigPort: w.Orig.Port,
			RespPort: w.Resp.Port, Transport: w.Transport, Service: w.Service, State: w.State, BytesUp: w.Orig.Bytes, BytesDown: w.Resp.Bytes, Packets: w.Orig.Packets + w.Resp.Packets}
		if r != want {
			t.Fatalf("recent %d of %s\n got %+v\nwant %+v", i, id, r, want)
		}
	}
}

func TestTrafficAnswersLikeAPlainCount(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	path := filepath.Join(t.TempDir(), "ward.db")
	s := trafficStore(t, path)
	a, b := randomSessions(rng, 20000, 9), randomSessions(rng, 3000, 9)
	record(t, s, "one", a)
	record(t, s, "two", b)
	all := slices.Concat(a, b)
	checkTraffic(t, s, all, 9)
	r, err := s.Record(context.Background(), "two") // killed before its commit
	if err != nil {
		t.Fatal(err)
	}
	for i := range a {
		if err := r.Session(&a[i]); err != nil {
			t.Fatal(err)
		}
	}
	r.packSessions()
	r.packSums()
	if err := r.spill(); err != nil {
		t.Fatal(err)
	}
	checkTraffic(t, s, all, 9)
	s.Close()
	s = trafficStore(t, path)
	checkTraffic(t, s, all, 9)
	var orphans int
	if err := s.row(context.Background(), "SELECT count(*) FROM traffic_data WHERE num NOT IN (SELECT num FROM traffic_block)").Scan(&orphans); err != nil || orphans != 0 {
		t.Fatalf("%d orphans, %v", orphans, err)
	}
	if err := s.ForgetSessions(context.Background(), "one"); err != nil {
		t.Fatal(err)
	}
	checkTraffic(t, s, b, 9)
}
