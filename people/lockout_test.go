package people

import (
	"fmt"
	"testing"
	"time"
)

func TestLockout(t *testing.T) {
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		failures int
		ago      time.Duration // of the last one; the others are a second apart
		wait     time.Duration
	}{
		{0, 0, 0}, {5, 0, 0},
		{6, 0, 30 * time.Second}, {6, 10 * time.Second, 20 * time.Second}, {6, 30 * time.Second, 0},
		{7, 0, time.Minute}, {8, 0, 2 * time.Minute}, {9, 0, 4 * time.Minute}, {10, 0, 8 * time.Minute},
		{11, 0, 15 * time.Minute}, {100, 0, 15 * time.Minute}, {100, 15 * time.Minute, 0}, // never for good
		{100, 25 * time.Hour, 0},
	} {
		var failures []time.Time
		for i := range c.failures {
			failures = append(failures, now.Add(-c.ago-time.Duration(i)*time.Second))
		}
		var wait time.Duration
		if until := AccountLockout.Until(failures, now); !until.IsZero() {
			wait = until.Sub(now)
		}
		if wait != c.wait {
			t.Errorf("%d failures, the last %v ago: wait %v, want %v", c.failures, c.ago, wait, c.wait)
		}
	}
}

func TestAddressKey(t *testing.T) {
	for from, want := range map[string]string{"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "192.0.2.7",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64", "@": "@"} {
		if got := AddressKey(from); got != want {
			t.Errorf("%s: %s, want %s", from, got, want)
		}
	}
}

func TestLimiter(t *testing.T) {
	l, now := NewLimiter(60, 3), time.Unix(0, 0)
	for i := range 5 {
		if got := l.Allow("a", now); got != (i < 3) {
			t.Errorf("event %d: %v", i, got)
		}
	}
	if !l.Allow("b", now) {
		t.Error("another key pays for the first")
	}
	if !l.Allow("a", now.Add(time.Second)) || l.Allow("a", now.Add(time.Second)) {
		t.Error("a second gives one event")
	}
	for i := range 2 * limiterKeys {
		l.Allow(fmt.Sprint(i), now)
	}
	if len(l.keys) > limiterKeys {
		t.Error(len(l.keys), "keys are kept")
	}
}
