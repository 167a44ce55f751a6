package demo

import (
	"sync"
	"time"
)

// clock is the time of the simulated hospital: it stands still while the history
// is played and then runs faster than the real one. It never goes back.
type clock struct {
	mu    sync.Mutex
	at    time.Time // guarded by mu
	since time.Time // when at was right; zero: the clock stands
	speed float64
}

// Now is the store's clock.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *clock) now() time.Time {
	if c.since.IsZero() {
		return c.at
	}
	return c.at.Add(time.Duration(float64(time.Since(c.since)) * c.speed))
}

// set puts a clock that stands forward.
func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.After(c.at) {
		c.at = at
	}
}

// run lets the clock go.
func (c *clock) run(speed float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.since, c.speed = c.now(), time.Now(), speed
}

// until is how long it really takes until a time has come.
func (c *clock) until(at time.Time) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Duration(float64(at.Sub(c.now())) / c.speed)
}
