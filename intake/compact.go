package intake

import (
	"context"
	"fmt"
	"time"

	"ward/asset/device"
	"ward/store"
)

// hourly is how long each hour of a sensor is kept apart, so that it can be
// taken back by itself [E].
const hourly = 7 * 24 * time.Hour

// ErrJoined says that an hour of a sensor can no longer be taken back alone.
var ErrJoined = fmt.Errorf("intake: hours of a sensor older than %d days stand together and cannot be taken back one by one", int(hourly.Hours()/24))

// compact joins the old hours of each sensor into the part of its oldest hour.
// The inventory is the same before and after: merging is the fold.
func (in *Intake) compact(ctx context.Context) error {
	list, err := in.all(ctx, store.ImportDone)
	if err != nil {
		return err
	}
	old := map[string][]store.Import{}
	for n := len(list) - 1; n >= 0; n-- { // the oldest first
		if i := list[n]; i.Kind == kindSessions && in.Store.Now().Sub(i.Last) > hourly {
			old[i.Tap] = append(old[i.Tap], i)
		}
	}
	for _, hours := range old {
		if err := in.join(ctx, hours); err != nil {
			return err
		}
	}
	return nil
}

// join moves the parts of hours into that of the first.
func (in *Intake) join(ctx context.Context, hours []store.Import) error {
	v := device.NewInventory(device.Options{})
	var gone []string
	for _, i := range hours {
		lock := in.one(in.hours, i.ID)
		lock.Lock()
		defer lock.Unlock()
		parts, err := in.Store.Evidence(ctx, i.ID)
		if err != nil {
			return err
		}
		for _, e := range parts {
			part, err := Unpack(e, device.Options{})
			if err != nil {
				return err
			}
			v.Merge(part)
			if i.ID != hours[0].ID {
				gone = append(gone, i.ID)
			}
		}
	}
	if len(gone) == 0 {
		return nil
	}
	if lost, more := v.Lost(); lost+more > 0 {
		return nil // too much for one part: leave the hours apart
	}
	e, err := pack(hours[0].ID, partInventory, v)
	if err != nil {
		return err
	}
	return in.Store.JoinEvidence(ctx, e, gone)
}

// alone tells whether an import can be taken back by itself.
func (in *Intake) alone(ctx context.Context, id string) error {
	i, err := in.Store.Import(ctx, id)
	if err != nil {
		return err
	}
	if i.Kind == kindSessions && in.Store.Now().Sub(i.Last) > hourly {
		return ErrJoined
	}
	return nil
}
