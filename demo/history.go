package demo

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"ward/sim"
)

// days are those that are played before anybody looks.
const days = 14

// daysAtOnce is how many days of them stand in one capture.
const daysAtOnce = 2

// opening is the hour of the first morning and of the day on which one looks.
const opening = 7 * time.Hour

// begin is the first morning.
func (d *Demo) begin() time.Time {
	y, m, n := d.Today.Date()
	return time.Date(y, m, n, 0, 0, 0, 0, d.Today.Location()).Add(opening - days*day)
}

// chunk is a capture of some days, made while the one before is read.
type chunk struct {
	path string
	end  time.Time
	err  error
}

// playHistory plays the two weeks: the maintenance export and a long look first,
// then the days, with what people did in them.
func (d *Demo) playHistory(ctx context.Context) error {
	if err := d.handFirst(ctx); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	chunks := make(chan chunk)
	go d.recordDays(ctx, chunks)
	for c := range chunks {
		if c.err != nil {
			return c.err
		}
		d.clock.set(c.end)
		if err := d.publish(ctx, c.end); err != nil {
			return err
		}
		if err := d.hand(ctx, c.path, d.staff.tap); err != nil {
			return err
		}
		if err := d.settle(ctx); err != nil {
			return err
		}
		if err := d.act(ctx, int(c.end.Sub(d.begin())/day)); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// handFirst hands in the maintenance export and the long look.
func (d *Demo) handFirst(ctx context.Context) error {
	hospital, err := sim.New(sim.Config{Seed: d.Seed, Devices: d.Devices})
	if err != nil {
		return err
	}
	assets := filepath.Join(d.folder, "cmms-export.csv")
	if err := hospital.WriteAssets(assets); err != nil {
		return err
	}
	if err := d.noteFeeds(ctx); err != nil {
		return err
	}
	if err := d.hand(ctx, assets, d.staff.biomed.actor()); err != nil {
		return err
	}
	d.turn++
	path, err := d.record(ctx, "first-look.pcap", hour{d.begin(), firstLook, sim.Shift{Turn: d.turn, Share: 1, Imaging: true}})
	if err != nil {
		return err
	}
	d.clock.set(d.begin().Add(firstLook))
	if err := d.hand(ctx, path, d.staff.tap); err != nil {
		return err
	}
	return d.settle(ctx)
}

// recordDays makes the captures of the days, one ahead of the hub.
func (d *Demo) recordDays(ctx context.Context, to chan<- chunk) {
	defer close(to)
	at := d.begin().Add(time.Hour)
	for n := daysAtOnce; n <= days; n += daysAtOnce {
		end := d.begin().Add(time.Duration(n) * day)
		var hours []hour
		for ; at.Before(end); at = at.Add(time.Hour) {
			hours = append(hours, d.hourAt(at))
		}
		path, err := d.record(ctx, fmt.Sprintf("days-%02d-%02d.pcap", n-daysAtOnce+1, n), hours...)
		select {
		case to <- chunk{path, end, err}:
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}
