// Package hub composes the long-running role of Ward: store, inputs, triage,
// feeds, bus, notices and web. It holds no logic of its own. New opens
// everything and is inert; Run works until its context ends.
package hub

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"ward/bus"
	"ward/config"
	"ward/intake"
	"ward/metrics"
	"ward/notify"
	"ward/store"
	"ward/triage"
	"ward/web/auth"
	certs "ward/web/tls"
	"ward/web/ui"
)

// Hub is everything that runs.
type Hub struct {
	Options
	Store  *store.Store
	Intake *intake.Intake
	Triage *triage.Triage
	Auth   *auth.Auth
	Base   *url.URL // the address that browsers use

	ui        *ui.UI
	notify    *notify.Notify
	metrics   *metrics.Metrics
	bus       *bus.Bus
	authority *certs.Authority // nil on plain localhost
	source    certs.Source     // nil on plain localhost
	listener  net.Listener
	server    *http.Server
	renew     chan []string // names of feeds to update, none: those that are due
	updating  atomic.Bool
}

// New opens what is in the data folder, or makes it. The caller must Run or
// Close the hub.
func New(ctx context.Context, o Options) (_ *Hub, err error) {
	h := &Hub{Options: o, renew: make(chan []string, 16), metrics: metrics.New()}
	h.defaults()
	defer func() {
		if err != nil {
			h.Close()
		}
	}()
	for _, dir := range []string{h.Data, h.Feeds, h.Drop} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("hub: make its folder: %w\nhint: name a folder you may write with --data", err)
		}
	}
	for _, open := range []func(context.Context) error{h.openStore, h.listen, h.openPages, h.openNotices, h.openWork, h.openBus, h.knowFeeds} {
		if err := open(ctx); err != nil {
			return nil, err
		}
	}
	h.server = h.newServer()
	return h, nil
}

func (h *Hub) defaults() {
	if h.Listen == "" {
		h.Listen = DefaultListen
	}
	if h.Feeds == "" {
		h.Feeds = filepath.Join(h.Data, config.FeedsFolder)
	}
	if h.Drop == "" {
		h.Drop = filepath.Join(h.Data, "drop")
	}
	if h.Log == nil {
		h.Log = slog.Default()
	}
}

func (h *Hub) openStore(ctx context.Context) error {
	key, err := config.Key(h.Data)
	if err != nil {
		return err
	}
	h.Store, err = store.Open(ctx, store.Options{Path: filepath.Join(h.Data, config.StoreFile), URL: h.Database, Now: h.Now, Key: key})
	return err
}

// listen takes the port before anything else is made, so that a taken one is
// said at once. Beyond localhost everything is encrypted.
func (h *Hub) listen(ctx context.Context) error {
	var err error
	if h.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", h.Listen); err != nil {
		return fmt.Errorf("hub: %w\nhint: another program has the port; name a free one with --listen", err)
	}
	scheme := "http"
	secure := certs.Needed(h.Listen) || h.Cert != "" || certs.Needed(net.JoinHostPort(h.host(), "0"))
	if secure || h.Bus != "" {
		if err := h.openCertificates(); err != nil {
			return err
		}
	}
	if secure {
		scheme = "https"
	}
	_, port, err := net.SplitHostPort(h.listener.Addr().String())
	if err != nil {
		return err
	}
	h.Base = &url.URL{Scheme: scheme, Host: net.JoinHostPort(h.host(), port)}
	return nil
}

// host is the name that browsers use.
func (h *Hub) host() string {
	if len(h.Hosts) > 0 {
		return h.Hosts[0]
	}
	if !certs.Needed(h.Listen) {
		return "localhost"
	}
	if host, _, err := net.SplitHostPort(h.Listen); err == nil && host != "" && host != "0.0.0.0" && host != "::" {
		return host
	}
	if name, err := os.Hostname(); err == nil && name != "" {
		return name
	}
	return "localhost"
}

func (h *Hub) openCertificates() error {
	names := append([]string{h.host(), "localhost", "127.0.0.1", "::1"}, h.Hosts...)
	var err error
	if h.authority, err = certs.OpenAuthority(filepath.Join(h.Data, config.TLSFolder), names, time.Now); err != nil {
		return err
	}
	if h.Cert != "" {
		h.source, err = certs.FromFiles(h.Cert, h.Key, time.Now)
		return err
	}
	h.source, err = h.authority.Server(names...)
	return err
}

// openWork makes what reads inputs and what weighs findings.
func (h *Hub) openWork(ctx context.Context) error {
	h.Triage = triage.New(triage.Deps{Store: h.Store, Feeds: h.Feeds, Hours: h.staffHours, OnChange: h.told, OnError: h.failed("weighing")})
	var err error
	h.Intake, err = intake.New(intake.Deps{Store: h.Store, Dir: h.Data, Networks: h.networks(ctx), Drop: intake.Drop{Dir: h.Drop, Keep: h.DropKeep},
		OnDevices: func(_ context.Context, c store.DeviceChanges) error {
			h.Triage.DevicesChanged("new inputs", c)
			return nil
		}, Failed: h.failed("reading inputs")})
	return err
}

func (h *Hub) openBus(ctx context.Context) error {
	o := bus.Options{Dir: filepath.Join(h.Data, config.BusFolder)}
	if h.Bus != "" {
		o.Listen, o.Authority, o.Server = h.Bus, h.authority, h.source
	}
	var err error
	h.bus, err = bus.Open(ctx, o)
	return err
}

// failed says what went wrong in a part that goes on working.
func (h *Hub) failed(doing string) func(error) {
	return func(err error) {
		if err != nil && !errors.Is(err, context.Canceled) {
			h.Log.Error(doing+" failed; it will be tried again", "error", err)
		}
	}
}

// Close gives everything back. Run does it by itself.
func (h *Hub) Close() error {
	if h.bus != nil {
		h.bus.Close()
	}
	if h.listener != nil {
		h.listener.Close()
	}
	if h.Store != nil {
		return h.Store.Close()
	}
	return nil
}
