package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	"ward/demo"
)

// demoCmd runs the simulated hospital.
type demoCmd struct {
	Listen  string        `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"A port of this machine; the next free one where it is taken."`
	Devices int           `default:"400" placeholder:"N" help:"At least so many devices."`
	Speed   float64       `default:"360" placeholder:"N" help:"How many times faster than real time."`
	Seed    uint64        `default:"1" placeholder:"N" help:"Another seed gives another hospital."`
	For     time.Duration `placeholder:"D" help:"End by itself after so long."`
	Once    bool          `help:"End as soon as the hospital is there: a check that everything works."`
	Verbose bool          `short:"v" help:"Log what the hub does."`
}

// Help is printed by ward demo --help.
func (demoCmd) Help() string {
	return `A hospital of some 400 simulated devices lives in fast time: captures stream in, advisories
arrive, an incident starts, simulated people work. Nothing real is needed and nothing is left
behind: everything is in a temporary folder that is removed on Ctrl-C. It listens on this
machine only and prints a link that signs you in.

  ward demo                       http://localhost:8080, an hour in ten seconds
  ward demo --speed 60            an hour in a minute
  ward demo --for 2m              ends by itself`
}

// Run plays until Ctrl-C.
func (c *demoCmd) Run(ctx context.Context) error {
	if c.For > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, c.For)
		defer stop()
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	level := slog.LevelError
	if c.Verbose {
		level = slog.LevelInfo
	}
	o := demo.Options{Listen: c.Listen, Devices: c.Devices, Seed: c.Seed, Speed: c.Speed, Version: version, Out: os.Stdout,
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))}
	if c.Once {
		o.Ready = func(string) { stop() }
	}
	return demo.Run(ctx, o)
}
