package people

import (
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

// forget drops the keys that are full again; if none is, the least recently
// used one. Callers hold mu.
func (l *Limiter) forget(now time.Time) {
	var oldest string
	for k, a := range l.keys {
		if a.TokensAt(now) >= float64(l.burst) {
			delete(l.keys, k)
		} else if oldest == "" || a.used.Before(l.keys[oldest].used) {
			oldest = k
		}
	}
	if len(l.keys) >= limiterKeys {
		delete(l.keys, oldest)
	}
}
