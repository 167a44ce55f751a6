package intake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"ward/asset/device"
	"ward/pipeline"
	"ward/store"
	"ward/wire/session"
)

// maxWarnings are kept with an import.
const maxWarnings = 100

// take reads one queued import: what it told and that it is done go into the
// store in one transaction, then its file goes away.
func (in *Intake) take(ctx context.Context, i store.Import) error {
	path, err := in.queued(i.ID)
	if err != nil {
		return in.fail(ctx, i, errors.New("its file is no longer there: give it again"))
	}
	i.State, i.Done, i.Error = store.ImportReading, 0, ""
	if err := in.Store.PutImport(ctx, i); err != nil {
		return err
	}
	err = in.read(ctx, &i, path)
	switch {
	case ctx.Err() != nil:
		return ctx.Err() // it stays in the queue
	case errors.Is(err, errStore):
		return err
	case err != nil:
		return in.failed(ctx, i, path, err)
	}
	return in.leave(i, path)
}

// errStore marks errors that are the store's and not the input's: the import is
// tried again.
var errStore = errors.New("intake: the store could not keep it")

func stored(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", errStore, err)
}

func (in *Intake) read(ctx context.Context, i *store.Import, path string) error {
	if i.Kind == "" {
		var err error
		if i.Kind, err = Recognise(path); err != nil {
			return err
		}
	}
	sum, err := in.digest(ctx, path)
	if err != nil {
		return err
	}
	same, err := in.same(ctx, *i, sum)
	if err != nil {
		return stored(err)
	}
	if same != "" {
		i.Same, i.SHA256, i.State, i.Done, i.Finished = same, "", store.ImportDone, i.Size, in.Store.Now()
		return stored(in.Store.PutImport(ctx, *i))
	}
	i.SHA256 = sum
	if i.Kind == kindAssets {
		return in.readAssets(ctx, i, path)
	}
	return in.readTraffic(ctx, i, path)
}

// same gives the import that told the same and still counts. A maintenance
// export counts only as long as it is the newest of its name.
func (in *Intake) same(ctx context.Context, i store.Import, sum string) (string, error) {
	other, err := in.Store.ImportWithDigest(ctx, sum)
	if errors.Is(err, store.ErrNotFound) || err == nil && other.ID == i.ID {
		return "", nil
	}
	if err != nil || other.Kind != kindAssets {
		return other.ID, err
	}
	done, err := in.all(ctx, store.ImportDone)
	for _, o := range done { // the newest first
		if err == nil && o.Kind == kindAssets && o.Name == i.Name && o.Same == "" {
			if o.SHA256 == sum {
				return o.ID, nil
			}
			return "", nil
		}
	}
	return "", err
}

func (in *Intake) readAssets(ctx context.Context, i *store.Import, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	rows, notes, err := device.ReadAssets(f, i.Name)
	if err != nil {
		return err
	}
	for _, n := range notes {
		i.Warnings = append(i.Warnings, n.String())
	}
	v := device.NewInventory(in.options())
	v.Join(rows)
	i.Frames = uint64(len(rows))
	return in.finish(ctx, i, partAssets, v)
}

func (in *Intake) readTraffic(ctx context.Context, i *store.Import, path string) error {
	if err := in.Store.ForgetSessions(ctx, i.ID); err != nil { // of a run that was interrupted
		return stored(err)
	}
	rec, err := in.Record(ctx, i.ID)
	if err != nil {
		return stored(err)
	}
	kept := false
	defer func() {
		if !kept {
			rec.Discard()
		}
	}()
	var failed error
	told := time.Now()
	g, err := pipeline.Gather(ctx, pipeline.GatherRequest{Inputs: []string{path}, Names: []string{i.Name}, Networks: in.networks,
		Workers: in.Workers, Identity: in.identity,
		Session: func(s *session.Session) error {
			failed = rec.Session(s)
			return failed
		},
		Progress: func(p pipeline.Progress) {
			if now := time.Now(); now.Sub(told) >= time.Second && p.Done > i.Done {
				told, i.Done = now, min(p.Done, i.Size)
				_ = in.Store.PutImport(ctx, *i) // only what is shown: Finish says how it ended
			}
		}})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case failed != nil:
		return stored(failed)
	case err != nil:
		return errors.New(without(err.Error(), path, i.Name))
	}
	in.note(i, g, path)
	if err := rec.Commit(ctx); err != nil {
		return stored(err)
	}
	kept = true
	return in.finish(ctx, i, partInventory, g.Inventory)
}

// note copies what was read into the import.
func (in *Intake) note(i *store.Import, g *pipeline.Gathered, path string) {
	from := g.Inputs[0]
	i.Kind, i.Frames, i.First, i.Last, i.Sessions = from.Kind, from.Frames, from.First, from.Last, g.Sessions.Count
	i.Warnings = nil
	for n, w := range g.Warnings {
		if n == maxWarnings {
			i.Warnings = append(i.Warnings, fmt.Sprintf("and %d more", len(g.Warnings)-n))
			break
		}
		i.Warnings = append(i.Warnings, without(w, path, i.Name))
	}
	if devices, exchanges := g.Inventory.Lost(); devices+exchanges > 0 {
		i.Warnings = append(i.Warnings, fmt.Sprintf("%d addresses and %d exchanges were beyond the limit of the inventory: devices may be missing", devices, exchanges))
	}
}

// finish stores what the import told and that it is done.
func (in *Intake) finish(ctx context.Context, i *store.Import, kind string, v *device.Inventory) error {
	e, err := pack(i.ID, kind, v)
	if err != nil {
		return stored(err)
	}
	if err := in.markUnfolded(); err != nil {
		return stored(err)
	}
	if i.Kind != kindSessions {
		in.urgent.Store(true)
	}
	i.State, i.Done, i.Finished = store.ImportDone, i.Size, in.Store.Now()
	if err := in.Store.Finish(ctx, *i, e); err != nil {
		return stored(err)
	}
	return nil
}

// leave takes the input of an import that has ended away: what was dropped goes
// back to where people find it.
func (in *Intake) leave(i store.Import, path string) (err error) {
	switch {
	case i.Via == "drop" && i.State == store.ImportDone:
		err = in.Drop.keep(path)
	case i.Via == "drop" && i.State == store.ImportFailed:
		err = in.Drop.reject(path, i.Error)
	}
	if err != nil {
		return fmt.Errorf("intake: %s was read, but cannot be moved: %w", i.Name, err)
	}
	return os.RemoveAll(in.queuePath(i.ID))
}

// failed notes why an input could not be read and takes it away.
func (in *Intake) failed(ctx context.Context, i store.Import, path string, why error) error {
	why = errors.New(without(why.Error(), path, filepath.Base(path)))
	if err := in.fail(ctx, i, why); err != nil {
		return err
	}
	i.State, i.Error = store.ImportFailed, why.Error()
	return in.leave(i, path)
}

func (in *Intake) fail(ctx context.Context, i store.Import, why error) error {
	i.State, i.Error, i.Finished = store.ImportFailed, why.Error(), in.Store.Now()
	return in.Store.PutImport(ctx, i)
}
