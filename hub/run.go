package hub

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	certs "ward/web/tls"
)

// Run works until ctx ends or a part that the rest cannot do without fails.
// Then it stops cleanly: requests under way are answered, what was taken in is
// safe.
func (h *Hub) Run(ctx context.Context) error {
	defer h.Close()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var parts sync.WaitGroup
	start := func(name string, run func(context.Context) error) {
		parts.Go(func() {
			if err := run(ctx); err != nil && !errors.Is(err, context.Canceled) {
				stop(fmt.Errorf("%s: %w", name, err))
			}
		})
	}
	start("triage", h.Triage.Run)
	start("intake", h.Intake.Run)
	start("feeds", h.keepFeeds)
	start("upkeep", h.upkeep)
	start("bus", h.takeBatches)
	start("notices", h.notices)
	start("web", h.serve)
	parts.Wait()
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("hub: %w", err)
	}
	return nil
}

// Limits of a connection.
const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10
)

func (h *Hub) newServer() *http.Server {
	return &http.Server{Handler: h.pages(), ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(h.Log.Handler(), slog.LevelInfo)}
}

// serve answers requests until ctx ends.
func (h *Hub) serve(ctx context.Context) error {
	h.server.BaseContext = func(net.Listener) context.Context { return ctx }
	ended := make(chan error, 1)
	listener := h.listener
	if h.Base.Scheme == "https" {
		listener = tls.NewListener(listener, certs.Config(h.source))
	}
	go func() { ended <- h.server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownWait)
	defer cancel()
	if err := h.server.Shutdown(last); err != nil {
		return h.server.Close()
	}
	return nil
}
