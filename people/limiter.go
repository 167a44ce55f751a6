package people

import (
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limiterKeys bounds how many keys a Limiter remembers.
const limiterKeys = 10000

// Limiter lets each key do something so many times a minute, in a burst at
// first. It keeps a bounded number of keys and forgets idle ones first.
type Limiter struct {
	every rate.Limit
	burst int

	mu   sync.Mutex
	keys map[string]*allowance // guarded by mu
}

type allowance struct {
	*rate.Limiter
	used time.Time
}

// NewLimiter allows perMinute events a minute for each key, burst at once.
func NewLimiter(perMinute, burst int) *Limiter {
	return &Limiter{every: rate.Limit(float64(perMinute) / 60), burst: burst, keys: map[string]*allowance{}}
}

// Allow tells whether the key may do it now.
func (l *Limiter) Allow(key string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.keys[key]
	if a == nil {
		if len(l.keys) >= limiterKeys {
			l.forget(now)
		}
		a = &allowance{Limiter: rate.NewLimiter(l.every, l.burst)}
		l.keys[key] = a
	}
	a.used = now
	return a.AllowN(now, 1)
}

// forget makes room: it drops the keys that are full again and, where these are
// few, the tenth that was used least recently, so that a flood of new keys does
// not go through all of them each time. Callers hold mu.
func (l *Limiter) forget(now time.Time) {
	var used []time.Time
	for k, a := range l.keys {
		if a.TokensAt(now) >= float64(l.burst) {
			delete(l.keys, k)
			continue
		}
		used = append(used, a.used)
	}
	const tenth = limiterKeys / 10
	if len(l.keys) <= limiterKeys-tenth {
		return
	}
	slices.SortFunc(used, time.Time.Compare)
	limit, more := used[tenth-1], tenth
	for k, a := range l.keys {
		if more > 0 && !a.used.After(limit) {
			delete(l.keys, k)
			more--
		}
	}
}
