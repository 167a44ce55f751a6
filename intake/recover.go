package intake

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"ward/store"
)

// recover brings files and imports together after whatever ended the last run.
// What was moved into the queue but not noted is noted; what is done leaves the
// queue; what was being read is read again, because it is still there.
func (in *Intake) recover(ctx context.Context) error {
	entries, err := os.ReadDir(in.queueDir())
	if err != nil {
		return err
	}
	for _, e := range entries {
		id := e.Name()
		i, err := in.Store.Import(ctx, id)
		switch {
		case errors.Is(err, store.ErrNotFound):
			err = in.adopt(ctx, id)
		case err != nil:
		case i.State == store.ImportReceiving:
			i.State = store.ImportQueued
			err = in.Store.PutImport(ctx, i)
		case i.State != store.ImportQueued && i.State != store.ImportReading:
			err = in.clear(i)
		}
		if err != nil {
			return err
		}
	}
	list, err := in.all(ctx, store.ImportQueued, store.ImportReading)
	if err != nil {
		return err
	}
	for _, i := range list {
		if _, err := in.queued(i.ID); err != nil {
			if err := in.fail(ctx, i, errors.New("its file is no longer there: give it again")); err != nil {
				return err
			}
		}
	}
	return nil
}

// clear ends what was not ended after an import had.
func (in *Intake) clear(i store.Import) error {
	if path, err := in.queued(i.ID); err == nil {
		return in.leave(i, path)
	}
	return os.RemoveAll(in.queuePath(i.ID))
}

// adopt notes a file of the drop folder that was moved here just before the end.
func (in *Intake) adopt(ctx context.Context, id string) error {
	path, err := in.queued(id)
	if err != nil {
		return os.RemoveAll(in.queuePath(id)) // half a move: the file is still where it was
	}
	return in.noteDropped(ctx, id, filepath.Base(path), path)
}

// queued gives the file or folder of an import that waits.
func (in *Intake) queued(id string) (string, error) {
	entries, err := os.ReadDir(in.queuePath(id))
	if err != nil {
		return "", err
	}
	if len(entries) != 1 {
		return "", os.ErrNotExist
	}
	return filepath.Join(in.queuePath(id), entries[0].Name()), nil
}

// expire ends uploads that nobody goes on with.
func (in *Intake) expire(ctx context.Context) error {
	list, err := in.all(ctx, store.ImportReceiving)
	if err != nil {
		return err
	}
	for _, i := range list {
		last := i.At
		if info, err := os.Stat(in.partPath(i.ID)); err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
		if in.Store.Now().Sub(last) < UploadExpiry {
			continue
		}
		if err := os.Remove(in.partPath(i.ID)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if err := in.fail(ctx, i, errors.New("the upload was not completed within "+(UploadExpiry).Round(time.Hour).String()+": begin again")); err != nil {
			return err
		}
	}
	return nil
}
