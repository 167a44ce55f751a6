package hub

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ward/asset/device"
	"ward/bus"
	"ward/store"
)

// upkeep does what time asks for: ends decisions, applies retention, compacts
// traffic, and renews the figures.
func (h *Hub) upkeep(ctx context.Context) error {
	figures, hour := time.NewTicker(figuresEvery), time.NewTicker(upkeepEvery)
	defer figures.Stop()
	defer hour.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-figures.C:
			h.failed("counting")(h.figures(ctx))
		case <-hour.C:
			h.Triage.Tick()
			h.failed("looking at the feeds")(h.noteAges(ctx))
			h.failed("looking for silence")(h.lookForSilence(ctx))
			h.failed("applying retention")(h.retain(ctx))
		}
	}
}

// retain forgets what is older than the settings say.
func (h *Hub) retain(ctx context.Context) error {
	if _, err := h.Store.Prune(ctx); err != nil {
		return err
	}
	keep, err := h.Store.Retention(ctx)
	if err != nil {
		return err
	}
	now := h.Store.Now()
	if keep.Sessions > 0 {
		if _, err := h.Store.DropSessionsBefore(ctx, now.AddDate(0, 0, -keep.Sessions)); err != nil {
			return err
		}
	}
	if keep.Rollups > 0 {
		if _, err := h.Store.DropRollupsBefore(ctx, now.AddDate(0, 0, -keep.Rollups)); err != nil {
			return err
		}
	}
	return h.Store.Compact(ctx)
}

// figures renews the gauges of the metrics.
func (h *Hub) figures(ctx context.Context) error {
	facets, err := h.Store.DeviceFacets(ctx, store.DeviceFilter{})
	if err != nil {
		return err
	}
	for _, f := range facets.Bands {
		h.metrics.Findings.WithLabelValues(f.Value).Set(float64(f.Count))
	}
	feeds, err := h.Store.Feeds(ctx)
	if err != nil {
		return err
	}
	for _, f := range feeds {
		if !f.Updated.IsZero() {
			h.metrics.FeedAge.WithLabelValues(f.Name).Set(h.Store.Now().Sub(f.Updated).Seconds())
		}
	}
	waiting, err := h.bus.Stats(ctx)
	if err != nil {
		return err
	}
	h.metrics.BusWaiting.Set(float64(waiting.Waiting))
	h.metrics.BusDead.Set(float64(waiting.Dead))
	return nil
}

// takeBatches hands what sensors send to the intake.
func (h *Hub) takeBatches(ctx context.Context) error {
	return h.bus.Consume(ctx, func(ctx context.Context, b bus.Batch) error {
		h.metrics.Sessions.Add(float64(len(b.Sessions)))
		if len(b.Inventory) == 0 {
			return h.Intake.Sessions(ctx, b.Sensor, b.Sessions)
		}
		err := h.Intake.Part(ctx, b.Sensor, b.From, b.Inventory, b.Sessions)
		if errors.Is(err, device.ErrDamaged) {
			return fmt.Errorf("%w: %w", bus.ErrRefused, err)
		}
		return err
	})
}

// staffHours is the working time of a week that the plan is chosen for.
func (h *Hub) staffHours() float64 {
	var hours float64
	if err := h.Store.Setting(context.Background(), "hours", &hours); err != nil && !errors.Is(err, store.ErrNotFound) {
		h.failed("reading the setting hours")(err)
	}
	return hours
}

// networks are the site's own public ranges: those of the command line and
// those of the page Settings.
func (h *Hub) networks(ctx context.Context) []string {
	var set []string
	if err := h.Store.Setting(ctx, "networks", &set); err != nil && !errors.Is(err, store.ErrNotFound) {
		h.failed("reading the setting networks")(err)
	}
	return append(set, h.Networks...)
}
