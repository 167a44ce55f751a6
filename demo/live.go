package demo

import (
	"context"
	"fmt"
	"time"
)

// The incident: a stranger is in the first ward from here on, for so long.
const (
	strangerFrom = incident - time.Hour/2
	strangerFor  = 9 * time.Hour
)

// live plays hour after hour until ctx ends.
func (d *Demo) live(ctx context.Context) error {
	for at := d.begin().Add(days * day); ; at = at.Add(time.Hour) {
		if err := d.wait(ctx, at.Add(look)); err != nil {
			return nil // the end of the demonstration is no fault
		}
		if err := d.liveHour(ctx, at); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
	}
}

// wait waits until the hospital's clock shows a time.
func (d *Demo) wait(ctx context.Context, at time.Time) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(max(0, d.clock.until(at))):
		return nil
	}
}

// liveHour is one hour: what the tap saw, what the feeds say, what people do.
func (d *Demo) liveHour(ctx context.Context, at time.Time) error {
	since := at.Sub(d.begin())
	h := d.hourAt(at)
	h.shift.Scan = since >= strangerFrom && since < strangerFrom+strangerFor
	h.shift.Imaging = at.Hour() == 11
	path, err := d.record(ctx, fmt.Sprintf("tap-%s.pcap", at.Format("2006-01-02-15h")), h)
	if err != nil {
		return err
	}
	if err := d.hand(ctx, path, d.staff.tap); err != nil {
		return err
	}
	if d.news(at) {
		if err := d.publish(ctx, at); err != nil {
			return err
		}
	}
	d.hub.Triage.Tick()
	if err := d.hub.Triage.Wait(ctx); err != nil { // people read the list as it then stands
		return err
	}
	return d.work(ctx, at)
}

// news tells whether a feed changes in an hour: a stage begins, or the daily
// files come at six.
func (d *Demo) news(at time.Time) bool {
	for _, s := range stages {
		if from := d.begin().Add(s.after); !from.Before(at) && from.Before(at.Add(time.Hour)) {
			return true
		}
	}
	return at.Hour() == 6
}
