package store

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	pgtest "ward/internal/postgres"
)

func TestTrafficOnPostgreSQL(t *testing.T) {
	ctx := context.Background()
	s, err := Open(ctx, Options{URL: pgtest.New(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	rng := rand.New(rand.NewPCG(5, 6))
	a, b := randomSessions(rng, 3000, 7), randomSessions(rng, 300, 7)
	record(t, s, "one", a)
	record(t, s, "two", b)
	checkTraffic(t, s, slices.Concat(a, b), 7)
	if err := s.ForgetSessions(ctx, "one"); err != nil {
		t.Fatal(err)
	}
	if err := s.Compact(ctx); err != nil {
		t.Fatal(err)
	}
	checkTraffic(t, s, b, 7)
}
