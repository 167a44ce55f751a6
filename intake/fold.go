package intake

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"ward/asset/device"
	"ward/store"
)

// Fold asks for the devices to be made anew, because a label changed. It
// returns at once.
func (in *Intake) Fold() error {
	if err := in.markUnfolded(); err != nil {
		return err
	}
	in.urgent.Store(true)
	in.poke()
	return nil
}

// Undo takes an import back and asks for a fold. The reason is kept.
func (in *Intake) Undo(ctx context.Context, id, reason string, by store.Actor) error {
	if err := in.alone(ctx, id); err != nil {
		return err
	}
	if err := in.markUnfolded(); err != nil { // before, so that it survives a kill in between
		return err
	}
	if err := in.Store.UndoImport(ctx, id, reason, by); err != nil {
		return err
	}
	in.urgent.Store(true)
	in.poke()
	return nil
}

// markUnfolded notes on the disk that the devices are older than the evidence.
func (in *Intake) markUnfolded() error {
	f, err := os.OpenFile(in.unfoldedPath(), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.Write([]byte{'\n'}); err != nil { // a new time: a fold under way does not count
		return errors.Join(err, f.Close())
	}
	return errors.Join(f.Sync(), f.Close(), syncDir(in.Dir))
}

// rest is how many times the length of a fold passes before the next that
// nobody waits for: sensors send all the time [E].
const rest = 10

// foldIfDue folds now where a person may wait for it, else now and then.
func (in *Intake) foldIfDue(ctx context.Context) error {
	if !in.urgent.Swap(false) && time.Since(in.folded) < rest*in.took {
		return nil
	}
	began := time.Now()
	err := in.foldIfNeeded(ctx)
	if in.folded = time.Now(); err != nil {
		in.urgent.Store(true)
	} else {
		in.took = in.folded.Sub(began)
	}
	return err
}

// foldIfNeeded folds where something changed since the last fold.
func (in *Intake) foldIfNeeded(ctx context.Context) error {
	before, err := os.Stat(in.unfoldedPath())
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	changes, err := in.fold(ctx)
	if err != nil {
		return fmt.Errorf("intake: make the devices anew: %w", err)
	}
	if in.OnDevices != nil {
		if err := in.OnDevices(ctx, changes); err != nil {
			return err
		}
	}
	after, err := os.Stat(in.unfoldedPath())
	if err != nil || !after.ModTime().Equal(before.ModTime()) {
		return err // asked for again in the meantime
	}
	return os.Remove(in.unfoldedPath())
}

// fold merges all parts of the inventory, puts the labels on, and replaces the
// devices in the store.
func (in *Intake) fold(ctx context.Context) (store.DeviceChanges, error) {
	v := device.NewInventory(in.options())
	exports := map[string]*device.Inventory{} // by name, the newest
	causes := 0
	err := in.Store.EachEvidence(ctx, func(e store.Evidence) error {
		part, err := Unpack(e, device.Options{})
		if err != nil {
			return err
		}
		causes++
		if e.Kind != partAssets {
			v.Merge(part)
			return ctx.Err()
		}
		i, err := in.Store.Import(ctx, e.Import)
		if err != nil {
			return err
		}
		exports[i.Name] = part // evidence comes in the order of the imports
		return ctx.Err()
	})
	if err != nil {
		return store.DeviceChanges{}, err
	}
	for _, name := range slices.Sorted(maps.Keys(exports)) {
		v.Merge(exports[name])
	}
	if err := in.label(ctx, v); err != nil {
		return store.DeviceChanges{}, err
	}
	owner := v.Owner()
	err = in.Store.SetOwners(ctx, func(p store.Party) device.ID { return owner(device.Subject{MAC: p.MAC, Addr: p.Addr}) })
	if err != nil {
		return store.DeviceChanges{}, err
	}
	return in.Store.PutDevices(ctx, fmt.Sprintf("%d imports", causes), v.Each)
}

// label puts the labels that hold on the inventory.
func (in *Intake) label(ctx context.Context, v *device.Inventory) error {
	const page = 500
	for offset := 0; ; offset += page {
		list, err := in.Store.Decisions(ctx, store.DecisionFilter{Kinds: []store.DecisionKind{store.Label},
			States: []store.DecisionState{store.InForce}, Offset: offset, Limit: page})
		if err != nil {
			return err
		}
		for _, d := range list {
			v.Label(device.Label{Device: d.Device, Field: d.Field, Value: d.Value, Who: d.By, At: d.At, Reason: d.Reason})
		}
		if len(list) < page {
			return nil
		}
	}
}
