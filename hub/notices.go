package hub

import (
	"context"

	"ward/store"
)

// told hears what changed on whose list.
func (h *Hub) told(ctx context.Context, cause string, changes []store.FindingChange) {
	h.Log.Info("findings changed", "cause", cause, "count", len(changes))
}

// notices sends what people should hear of.
func (h *Hub) notices(ctx context.Context) error {
	<-ctx.Done()
	return nil
}
