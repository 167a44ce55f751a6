package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"ward/wire/session"
)

func TestCompactKeepsEveryAnswer(t *testing.T) {
	ctx := context.Background()
	rng := rand.New(rand.NewPCG(3, 4))
	path := filepath.Join(t.TempDir(), "ward.db")
	s := trafficStore(t, path)
	var kept []session.Session
	for i := range 60 {
		batch := randomSessions(rng, 100, 7)
		record(t, s, fmt.Sprint("sensor ", i%4), batch)
		if i%4 != 1 {
			kept = slices.Concat(kept, batch)
		}
	}
	if err := s.PutImport(ctx, Import{ID: "sensor 1", State: ImportUndone, At: trafficStart}); err != nil {
		t.Fatal(err)
	}
	checkTraffic(t, s, kept, 7)
	before, err := s.TrafficUsage(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Compact(ctx); err != nil {
		t.Fatal(err)
	}
	after, err := s.TrafficUsage(ctx)
	if err != nil || after.Blocks*10 > before.Blocks || after.Sessions != int64(len(kept)) {
		t.Fatalf("%+v, before %+v, %d kept, %v", after, before, len(kept), err)
	}
	checkTraffic(t, s, kept, 7)
	s.Close()
	s = trafficStore(t, path)
	checkTraffic(t, s, kept, 7)
	if freed, err := s.DropSessionsBefore(ctx, trafficStart.AddDate(0, 0, 3)); err != nil || freed != after.SessionBytes {
		t.Fatalf("freed %d of %d: %v", freed, after.SessionBytes, err)
	}
}
