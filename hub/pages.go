package hub

import (
	"context"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"ward/store"
	"ward/web"
	"ward/web/api"
	"ward/web/auth"
	"ward/web/ui"
)

// openPages makes what shows pages and knows who asks.
func (h *Hub) openPages(context.Context) error {
	var err error
	if h.ui, err = ui.New(ui.Options{Version: h.Version, Now: h.Now, Log: h.Log}); err != nil {
		return err
	}
	if err := h.ui.CheckAssets(); err != nil {
		return err
	}
	h.Auth, err = auth.New(auth.Deps{Store: h.Store, Render: h.ui.Page, Base: h.Base, Log: h.Log})
	return err
}

// pages is the whole of what is served.
func (h *Hub) pages() http.Handler {
	return web.New(web.Deps{
		Store: h.Store, UI: h.ui, Auth: h.Auth, Triage: h.Triage, Log: h.Log, Week: h.Store.DeviceWeek,
		Intake: h.Intake, UpdateFeeds: h.updateFeeds(), ImportBundle: h.bundles(), Version: h.Version, Authority: h.authority, Demo: h.Demo,
		Observe: func(route string, status int, took time.Duration) {
			h.metrics.Requests.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
		},
		Decided: h.decided,
		Mount: map[string]http.Handler{
			"GET /metrics": h.private(h.metrics.Handler()),
			"/api/":        api.New(api.Deps{Store: h.Store, Intake: h.Intake, Triage: h.Triage, UpdateFeeds: h.updateFeeds(), Decided: h.decided, Version: h.Version, Log: h.Log}),
		},
	})
}

// decided makes a person's word count: a label changes the inventory, anything
// else the weight of findings.
func (h *Hub) decided(d store.Decision) {
	if d.Kind != store.Label {
		h.Triage.Decided(d)
		return
	}
	if err := h.Intake.Fold(); err != nil {
		h.Log.Error("a label waits for the next input", "device", string(d.Device), "error", err)
	}
}

// private lets a handler be reached from this machine, or with the token.
func (h *Hub) private(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		switch {
		case h.Metrics == "" && local(r.RemoteAddr):
		case h.Metrics != "" && ok && subtle.ConstantTimeCompare([]byte(token), []byte(h.Metrics)) == 1:
		default:
			http.Error(w, "metrics are for this machine alone; start the hub with --metrics-token to read them from elsewhere", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// local tells whether a request came from this machine.
func local(remote string) bool {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// FirstRunLink is the one-time link that makes the first administrator; empty
// where there is one.
func (h *Hub) FirstRunLink(ctx context.Context) (string, error) {
	return auth.FirstRunLink(ctx, h.Store, h.Base, time.Now())
}

// AuthorityWords are the fingerprint of the hub's own authority as a person
// compares it; empty where there is none.
func (h *Hub) AuthorityWords() string {
	if h.authority == nil {
		return ""
	}
	return h.authority.Words()
}
