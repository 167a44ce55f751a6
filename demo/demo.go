// Package demo turns a seed into a hospital that lives in fast time: a hub in a
// folder of its own, captures of a simulated hospital (sim) that stream in,
// advisories that arrive, an incident, and people who work. It needs nothing
// real, listens on localhost only and leaves nothing behind.
//
// The story: two weeks are played at once (history.go), so that the first page
// is full; then the clock runs fast (live.go).
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strconv"
	"time"

	"ward/hub"
	"ward/sim"
	"ward/store"
	"ward/web/auth"
)

// Limits and defaults of Options.
const (
	DefaultDevices = 400
	DefaultSpeed   = 360 // an hour in ten seconds, a day in four minutes
	MaxSpeed       = 3600
	MaxDevices     = 2000
	DefaultListen  = "127.0.0.1:8080"
	portsTried     = 20 // where the port is taken
)

// ErrListen refuses to show a demonstration beyond this machine: its sign-in
// link lets in whoever has it.
var ErrListen = errors.New("demo: it is for this machine only: name a port of 127.0.0.1 or localhost with --listen")

// Options of a demonstration. The zero value is a good one.
type Options struct {
	Listen  string
	Devices int
	Seed    uint64
	Speed   float64
	Version string
	Out     io.Writer // what a person reads, nil: nowhere
	Log     *slog.Logger
	// Today is the day on which the fast time begins, zero: the real one.
	Today time.Time
	// Ready is called with the sign-in link once the history is played.
	Ready func(link string)
}

// Demo is a running demonstration.
type Demo struct {
	Options
	hub    *hub.Hub
	clock  *clock
	staff  staff
	folder string
	turn   uint64 // of the captures, for the play of sim
}

// Run plays until ctx ends, then removes everything.
func Run(ctx context.Context, o Options) error {
	d, err := prepare(ctx, o)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil // it was asked to end before it was open
	case err != nil:
		return err
	}
	return errors.Join(d.run(ctx), os.RemoveAll(d.folder))
}

// prepare opens the hub in a folder of its own.
func prepare(ctx context.Context, o Options) (*Demo, error) {
	d := &Demo{Options: o}
	if err := d.defaults(); err != nil {
		return nil, err
	}
	var err error
	if d.folder, err = os.MkdirTemp("", "ward-demo-"); err != nil {
		return nil, err
	}
	if err := d.open(ctx); err != nil {
		return nil, errors.Join(err, os.RemoveAll(d.folder))
	}
	return d, nil
}

func (d *Demo) defaults() error {
	if d.Listen == "" {
		d.Listen = DefaultListen
	}
	host, _, err := net.SplitHostPort(d.Listen)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return ErrListen
	}
	if d.Devices == 0 {
		d.Devices = DefaultDevices
	}
	if d.Speed == 0 {
		d.Speed = DefaultSpeed
	}
	if d.Devices < 1 || d.Devices > MaxDevices || d.Speed < 1 || d.Speed > MaxSpeed {
		return fmt.Errorf("demo: %d devices at speed %g: possible are 1 to %d devices and a speed of 1 to %d", d.Devices, d.Speed, MaxDevices, MaxSpeed)
	}
	if d.Today.IsZero() {
		d.Today = time.Now()
	}
	if d.Out == nil {
		d.Out = io.Discard
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	d.clock = &clock{at: d.begin()}
	return nil
}

// open makes the hub at the asked port or the next free one.
func (d *Demo) open(ctx context.Context) error {
	if err := sim.WriteStage(d.feeds(), stages[0].at(d.begin())); err != nil {
		return err
	}
	host, text, err := net.SplitHostPort(d.Listen)
	if err != nil {
		return err
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return ErrListen
	}
	for i := range portsTried {
		next := port + i
		if port == 0 {
			next = 0
		}
		d.hub, err = hub.New(ctx, hub.Options{Data: d.data(), Feeds: d.feeds(), Listen: net.JoinHostPort(host, strconv.Itoa(next)), Version: d.Version,
			Now: d.clock.Now, Offline: true, Demo: true, Log: d.Log})
		var taken *net.OpError
		if err == nil || !errors.As(err, &taken) {
			return err
		}
	}
	return err
}

// run lets the hub work and plays beside it; what ends first ends both.
func (d *Demo) run(ctx context.Context) error {
	whole := ctx
	ctx, stop := context.WithCancel(context.WithoutCancel(whole)) // a deadline is an end like any other
	defer stop()
	defer context.AfterFunc(whole, stop)()
	ended := make(chan error, 1)
	go func() {
		err := d.hub.Run(ctx)
		stop()
		ended <- err
	}()
	played := d.play(ctx)
	stop()
	if ctx.Err() != nil && errors.Is(played, context.Canceled) {
		played = nil
	}
	return errors.Join(played, <-ended)
}

// play is the whole story.
func (d *Demo) play(ctx context.Context) error {
	began := time.Now()
	fmt.Fprintf(d.Out, "Ward demo: %d simulated devices live through two weeks; this takes some seconds ...\n", d.Devices)
	if err := d.hire(ctx); err != nil {
		return err
	}
	if err := d.playHistory(ctx); err != nil {
		return err
	}
	link, err := auth.SignInLink(ctx, d.hub.Store, d.hub.Base, d.staff.you.ID, time.Now())
	if err != nil {
		return err
	}
	d.clock.run(d.Speed)
	d.greet(link, time.Since(began))
	if d.Ready != nil {
		d.Ready(link)
	}
	return d.live(ctx)
}

func (d *Demo) greet(link string, took time.Duration) {
	fmt.Fprintf(d.Out, `
The hospital is there (%.0f s). Open this link once, it signs you in:

  %s

It is %s in the simulation; one hour passes in %.0f seconds. Captures arrive,
advisories come, and this morning something is wrong in the first ward.
Nothing here is real. Ctrl-C ends it and removes everything.
`, took.Seconds(), link, d.clock.Now().Format("Monday 15:04"), 3600/d.Speed)
}

func actor(name, id string) store.Actor { return store.Actor{ID: id, Name: name, From: "simulation"} }
