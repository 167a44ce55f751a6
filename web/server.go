// Package web turns requests of persons into pages: the worklist, devices, and
// what belongs to them. It reads and writes the store alone; who asks is found
// out by web/auth, how it looks lies in web/ui. It refuses requests of other
// sites, writes by GET, and whatever a person's roles or departments do not
// reach.
package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"ward/asset/device"
	"ward/intake"
	"ward/people"
	"ward/store"
	"ward/triage"
	"ward/web/auth"
	certs "ward/web/tls"
	"ward/web/ui"
)

// Deps are what a Server works with.
type Deps struct {
	Store  *store.Store
	UI     *ui.UI
	Auth   *auth.Auth     // nil in tests, which bring their own person
	Triage *triage.Triage // nil: no gaps, no explanations
	Log    *slog.Logger
	// Decided is called after a decision changed, so that devices are weighed
	// anew. May be nil: triage listens to the store.
	Decided func(store.Decision)
	// Week sums a device's sessions by hour of the week (store.DeviceWeek); nil:
	// traffic is not remembered.
	Week func(ctx context.Context, id device.ID, since time.Time) ([168]uint64, error)
	// Intake takes uploads and takes imports back; nil: the page says so.
	Intake *intake.Intake
	// UpdateFeeds starts an update of the named feeds (none: all that are
	// switched on) and returns at once; nil: no feed can be updated from here.
	UpdateFeeds func(names ...string) error
	// ImportBundle takes in a signed bundle of feeds; nil: not possible here.
	ImportBundle func(ctx context.Context, path string) error
	// Version of the program, for the page About.
	Version string
	// Authority is the hub's own small CA; nil: none is used.
	Authority *certs.Authority
	// Demo is true in a demonstration: pages show the guided tour.
	Demo bool
	// Observe is told how long each route took; nil: nobody counts.
	Observe func(route string, status int, took time.Duration)
	// Mount are handlers of other packages below a path, e.g. "/api/". They
	// check permissions themselves.
	Mount map[string]http.Handler
}

// Server answers requests. It is safe for concurrent use.
type Server struct {
	Deps
	clients chan struct{} // places for live streams
	gaps    gapList
	netmaps netmaps
}

// New gives the whole handler: routes behind the chain of middleware.
func New(d Deps) http.Handler {
	if d.Log == nil {
		d.Log = slog.Default()
	}
	s := &Server{Deps: d, clients: make(chan struct{}, maxLive)}
	s.nameSite()
	d.UI.Demo = d.UI.Demo || d.Demo
	mux := http.NewServeMux()
	for _, route := range Routes() {
		mux.Handle(route.Method+" "+route.Pattern, s.guard(route))
	}
	mux.Handle("GET "+ui.StaticPath, d.UI.Static())
	if d.Auth != nil {
		d.Auth.Register(mux)
	}
	for path, h := range d.Mount {
		mux.Handle(path, h)
	}
	mux.Handle("/", s.guard(Route{Pattern: "/", Permission: Anyone, serve: (*Server).missing}))
	return s.chain(mux)
}

// guard lets those to a route who may use it, and shows what goes wrong.
func (s *Server) guard(route Route) http.Handler {
	var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, c := time.Now(), &counter{ResponseWriter: w, status: http.StatusOK}
		if err := route.serve(s, c, r); err != nil {
			s.fail(c, r, err)
		}
		if s.Observe != nil && route.Pattern != "/live" {
			s.Observe(route.Method+" "+route.Pattern, c.status, time.Since(start))
		}
	})
	switch {
	case route.Permission == Anyone:
		return h
	case s.Auth != nil:
		return s.Auth.Require(route.Permission, h)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !people.FromContext(r.Context()).May(route.Permission) {
			s.fail(w, r, refuse(http.StatusForbidden, "Your roles do not allow this.", "An administrator can change them on the page People."))
			return
		}
		h.ServeHTTP(w, r)
	})
}

// Refusal is an answer other than success that the person must read.
type Refusal struct {
	Status  int
	Problem ui.Problem
}

func (r *Refusal) Error() string { return r.Problem.Message }

// refuse makes a Refusal of two English texts of the catalogue.
func refuse(status int, message, hint string) error {
	return &Refusal{status, ui.Problem{Message: message, Hint: hint}}
}

// fail shows an error as a message with a hint, never as it is.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var refusal *Refusal
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &refusal):
	case errors.Is(err, context.Canceled):
		return // nobody is there any more
	case errors.As(err, &tooLarge):
		refusal = &Refusal{http.StatusRequestEntityTooLarge, ui.Problem{Message: "The form is too large.", Hint: "Shorten the text and send it again."}}
	case errors.Is(err, store.ErrNotFound):
		refusal = &Refusal{http.StatusNotFound, ui.Problem{Message: "There is no such page.", Hint: "It may have been merged into another device, or the link is old. Look for it on the page Devices."}}
	case errors.Is(err, store.ErrConflict):
		refusal = &Refusal{http.StatusConflict, ui.Problem{Message: "Somebody else changed this in the meantime.", Hint: "Load the page again, look at what changed, then decide."}}
	case errors.Is(err, store.ErrRefused):
		refusal = &Refusal{http.StatusUnprocessableEntity, ui.Problem{Message: "Ward cannot take this as it is.", Hint: reason(err)}}
	default:
		s.UI.Fail(w, r, err)
		return
	}
	s.UI.Error(w, r, refusal.Status, refusal.Problem)
}

func (s *Server) missing(http.ResponseWriter, *http.Request) error { return store.ErrNotFound }

// reason is the store's own sentence about what it refused.
func reason(err error) string {
	_, text, _ := strings.Cut(err.Error(), store.ErrRefused.Error()+": ")
	if text == "" {
		return "Check the fields and send it again."
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}
