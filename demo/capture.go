package demo

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"ward/sim"
	"ward/store"
)

// look is how long the mirror port is recorded in each simulated hour, and the
// share of the devices that say something in it.
const (
	look      = 30 * time.Second
	firstLook = 90 * time.Second // in which everything is seen once
	byDay     = 0.25
	byNight   = 0.06
)

func (d *Demo) data() string  { return filepath.Join(d.folder, "data") }
func (d *Demo) feeds() string { return filepath.Join(d.folder, "feeds") }

// hour is one simulated hour of the hospital.
type hour struct {
	start time.Time
	for_  time.Duration
	shift sim.Shift
}

// hourAt is an ordinary hour: nights are quiet, images are made at eleven.
func (d *Demo) hourAt(at time.Time) hour {
	d.turn++
	h := hour{start: at, for_: look, shift: sim.Shift{Turn: d.turn, Share: byNight}}
	if n := at.Hour(); n >= 7 && n < 19 {
		h.shift.Share = byDay
	}
	return h
}

// record writes hours into one capture file.
func (d *Demo) record(ctx context.Context, name string, hours ...hour) (string, error) {
	path := filepath.Join(d.folder, name)
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	out := sim.NewRecorder(f, sim.PCAP)
	for _, h := range hours {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		hospital, err := sim.New(sim.Config{Seed: d.Seed, Devices: d.Devices, Start: h.start, Duration: h.for_})
		if err != nil {
			return "", err
		}
		if err := hospital.WriteShift(h.shift, out.Frame); err != nil {
			return "", err
		}
	}
	if err := out.Close(); err != nil {
		return "", err
	}
	return path, f.Close()
}

// hand gives a file to the hub as an upload does, and removes it.
func (d *Demo) hand(ctx context.Context, path string, by store.Actor) error {
	defer os.Remove(path)
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	i, err := d.hub.Intake.Begin(ctx, filepath.Base(path), info.Size(), "", by)
	if err != nil {
		return fmt.Errorf("demo: hand in %s: %w", filepath.Base(path), err)
	}
	if _, err := d.hub.Intake.Append(ctx, i.ID, 0, f); err != nil {
		return err
	}
	_, err = d.hub.Intake.Complete(ctx, i.ID)
	return err
}

// settle waits until what was handed in is read, folded and weighed.
func (d *Demo) settle(ctx context.Context) error {
	events, stop := d.hub.Store.Subscribe()
	defer stop()
	if err := d.hub.Intake.Fold(); err != nil {
		return err
	}
	deadline := time.After(30 * time.Second)
	for read := false; ; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline:
			return fmt.Errorf("demo: a capture was not read in time")
		case e := <-events:
			if e.Topic == store.TopicDevices && read {
				return d.hub.Triage.Wait(ctx)
			}
		case <-time.After(50 * time.Millisecond):
		}
		if !read {
			_, waiting, err := d.hub.Store.Imports(ctx, []store.ImportState{store.ImportQueued, store.ImportReading}, 0, 1)
			if err != nil {
				return err
			}
			read = waiting == 0
		}
	}
}
