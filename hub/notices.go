package hub

import (
	"context"
	"time"

	"ward/notify"
	"ward/store"
)

// tapSilentAfter is how long a sensor may say nothing before a person hears of it [E].
const tapSilentAfter = 4 * time.Hour

// openNotices makes what tells people.
func (h *Hub) openNotices(context.Context) error {
	h.notify = notify.New(notify.Deps{Store: h.Store, Base: h.Base.String(), Say: h.ui.TextIn, Version: h.Version, Log: h.Log})
	return nil
}

// told hears what changed on whose list.
func (h *Hub) told(ctx context.Context, cause string, changes []store.FindingChange) {
	h.notify.Changes(ctx, cause, changes)
}

// notices sends what people should hear of, and counts what was read.
func (h *Hub) notices(ctx context.Context) error {
	events, stop := h.Store.Subscribe()
	defer stop()
	go func() {
		for e := range events {
			if e.Topic == store.TopicImports && e.ID != "" {
				h.failed("looking at an import")(h.lookAtImport(ctx, e.ID))
			}
		}
	}()
	return h.notify.Run(ctx)
}

func (h *Hub) lookAtImport(ctx context.Context, id string) error {
	i, err := h.Store.Import(ctx, id)
	if err != nil {
		return err
	}
	if i.State == store.ImportDone && i.Same == "" && i.Via != "bus" {
		h.metrics.ImportBytes.Add(float64(i.Size))
		h.metrics.Sessions.Add(float64(i.Sessions))
	}
	return nil
}

// lookForSilence tells of sensors that say nothing.
func (h *Hub) lookForSilence(ctx context.Context) error {
	now := h.Store.Now()
	done, _, err := h.Store.Imports(ctx, []store.ImportState{store.ImportDone}, 0, 200)
	if err != nil {
		return err
	}
	last := map[string]time.Time{}
	for _, i := range done {
		if i.Via == "bus" && i.Last.After(last[i.Tap]) {
			last[i.Tap] = i.Last
		}
	}
	for tap, at := range last {
		if now.Sub(at) > tapSilentAfter {
			h.notify.TapSilent(ctx, tap, at)
		}
	}
	return nil
}
