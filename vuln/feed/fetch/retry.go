package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// ErrTooBig is a file beyond what its kind may have.
var ErrTooBig = errors.New("fetch: larger than allowed")

// patience is how long a server may take.
type patience struct {
	header   time.Duration // until the answer begins
	text     time.Duration // for a document
	file     time.Duration // for one try at a large file, which is then resumed
	attempts int
	first    time.Duration // pause before the second try; it doubles
	longest  time.Duration // pause, also where the server asks for more
}

// patient are the values of the program. [E]
var patient = patience{header: time.Minute, text: 2 * time.Minute, file: 30 * time.Minute, attempts: 5, first: 2 * time.Second, longest: 5 * time.Minute}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// retryAfter reads seconds or a date (RFC 9110, Section 10.2.3).
func retryAfter(resp *http.Response) time.Duration {
	text := resp.Header.Get("Retry-After")
	if n, err := strconv.ParseInt(text, 10, 32); err == nil && n >= 0 {
		return time.Duration(n) * time.Second
	}
	at, err := http.ParseTime(text)
	now, err2 := http.ParseTime(resp.Header.Get("Date"))
	if err != nil || err2 != nil {
		return 0
	}
	return max(0, at.Sub(now))
}

// passing tells whether an error may be gone at the next try. The NVD API says
// 403 for too many requests.
func (g *getter) passing(err error) bool {
	var s *statusError
	if errors.As(err, &s) {
		switch s.code {
		case http.StatusTooManyRequests, http.StatusRequestTimeout, http.StatusInternalServerError,
			http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return true
		case http.StatusForbidden:
			return g.source.Kind == "nvd"
		}
		return false
	}
	for _, final := range []error{ErrAddress, ErrRedirect, ErrScheme, ErrTooBig} {
		if errors.Is(err, final) {
			return false
		}
	}
	return true
}

// retry calls try until it works, is refused for good, or patience ends. Each
// pause doubles and varies by half, so that many Wards do not come at once.
func (g *getter) retry(ctx context.Context, try func() error) error {
	pause := g.options.patient.first
	for attempt := 1; ; attempt++ {
		err := g.slot(ctx, try)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case !g.passing(err):
			return err
		}
		if attempt == g.options.patient.attempts {
			return fmt.Errorf("%w (tried %d times)", err, attempt)
		}
		wait := pause/2 + rand.N(pause)
		var s *statusError
		if errors.As(err, &s) && s.after > 0 {
			if s.after > g.options.patient.longest {
				return fmt.Errorf("%w; it asks to come back in %s", err, s.after.Round(time.Minute))
			}
			wait = s.after
		}
		if err := g.options.sleep(ctx, wait); err != nil {
			return err
		}
		pause = min(2*pause, g.options.patient.longest)
	}
}

// slot runs try while one of the few places of the host is free.
func (g *getter) slot(ctx context.Context, try func() error) error {
	select {
	case g.slots <- struct{}{}:
		defer func() { <-g.slots }()
		return try()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// text fetches a file that fits into memory.
func (g *getter) text(ctx context.Context, r request, limit int64) (data []byte, a *answer, err error) {
	err = g.retry(ctx, func() error {
		ctx, cancel := context.WithTimeout(ctx, g.options.patient.text)
		defer cancel()
		if a, err = g.once(ctx, r); err != nil || a.same {
			return err
		}
		defer a.body.Close()
		if a.size > limit {
			return fmt.Errorf("%s: %w: %d MB, at most %d MB", clip(r.url), ErrTooBig, a.size>>20, limit>>20)
		}
		if data, err = io.ReadAll(io.LimitReader(a.body, limit+1)); err != nil {
			return fmt.Errorf("%s: the transfer ended early: %w", clip(r.url), err)
		}
		if int64(len(data)) > limit {
			return fmt.Errorf("%s: %w: at most %d MB", clip(r.url), ErrTooBig, limit>>20)
		}
		return nil
	})
	return data, a, err
}
