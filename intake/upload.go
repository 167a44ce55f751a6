package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/google/uuid"

	"ward/store"
)

// Errors of an upload that callers tell apart. Their texts say what to do.
var (
	ErrTooLarge   = errors.New("intake: the file is larger than this hub takes")
	ErrNoSpace    = errors.New("intake: there is not enough free space on the hub's disk: free some or ask the administrator")
	ErrOffset     = errors.New("intake: this is not the next part of the upload: go on at the place that is told")
	ErrIncomplete = errors.New("intake: the upload is not complete: go on at the place that is told")
	ErrDigest     = errors.New("intake: what arrived is not what was sent (its SHA-256 differs): upload it again")
	ErrState      = errors.New("intake: this upload has ended: begin a new one")
	ErrContent    = errors.New("intake: the content of the file cannot be read")
)

// chunk is how many bytes of an upload are made safe and told at a time.
const chunk = 8 << 20

// early is how many bytes must be there before the content is judged.
const early = 64 << 10

// Begin starts an upload of size bytes. The SHA-256 (hex) is checked at the end
// where it is given.
func (in *Intake) Begin(ctx context.Context, name string, size int64, sha string, by store.Actor) (store.Import, error) {
	if size <= 0 {
		return store.Import{}, fmt.Errorf("%w: it is empty", ErrContent)
	}
	if err := in.room(size); err != nil {
		return store.Import{}, err
	}
	i := store.Import{ID: uuid.NewString(), Name: CleanName(name), Via: "upload", Size: size, SHA256: strings.ToLower(sha),
		State: store.ImportReceiving, By: by.Name, At: in.Store.Now()}
	if i.By == "" {
		i.By = by.ID
	}
	f, err := os.OpenFile(in.partPath(i.ID), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return store.Import{}, err
	}
	if err := f.Close(); err != nil {
		return store.Import{}, err
	}
	if err := in.Store.PutImport(ctx, i); err != nil {
		return store.Import{}, errors.Join(err, os.Remove(in.partPath(i.ID)))
	}
	return i, in.Store.Audit(ctx, by, "import.upload", "import:"+i.ID, i.Name)
}

// Room refuses what is too large or does not fit on the disk, for callers that
// keep a file before they begin an upload.
func (in *Intake) Room(size int64) error { return in.room(size) }

// room refuses what is too large or does not fit on the disk.
func (in *Intake) room(size int64) error {
	if size > in.MaxSize {
		return fmt.Errorf("%w: %d MB, the limit is %d MB: split the capture, or ask the administrator for a higher limit", ErrTooLarge, size>>20, in.MaxSize>>20)
	}
	if free, known := freeSpace(in.Dir); known && free-size < in.MinFree {
		return fmt.Errorf("%w (%d MB are free, %d MB must stay free)", ErrNoSpace, free>>20, in.MinFree>>20)
	}
	return nil
}

// one gives the lock of one upload.
func (in *Intake) one(locks map[string]*sync.Mutex, id string) *sync.Mutex {
	in.mu.Lock()
	defer in.mu.Unlock()
	if locks[id] == nil {
		locks[id] = &sync.Mutex{}
	}
	return locks[id]
}

// Append adds the bytes of r at offset and gives how many bytes are safe now,
// also with an error: that is the offset to go on at.
func (in *Intake) Append(ctx context.Context, id string, offset int64, r io.Reader) (int64, error) {
	lock := in.one(in.uploads, id)
	lock.Lock()
	defer lock.Unlock()
	i, err := in.Store.Import(ctx, id)
	if err != nil {
		return 0, err
	}
	switch {
	case i.State != store.ImportReceiving:
		return i.Received, fmt.Errorf("%w (%s)", ErrState, i.State)
	case offset != i.Received:
		return i.Received, fmt.Errorf("%w: %d", ErrOffset, i.Received)
	}
	f, err := os.OpenFile(in.partPath(id), os.O_WRONLY, 0)
	if err != nil {
		return i.Received, err
	}
	defer f.Close()
	if err := f.Truncate(i.Received); err != nil { // what was written but not told
		return i.Received, err
	}
	if _, err := f.Seek(i.Received, io.SeekStart); err != nil {
		return i.Received, err
	}
	return in.receive(ctx, &i, f, r)
}

// receive copies chunk by chunk: written, made safe, told.
func (in *Intake) receive(ctx context.Context, i *store.Import, f *os.File, r io.Reader) (int64, error) {
	for {
		if free, known := freeSpace(in.Dir); known && free < in.MinFree {
			return i.Received, ErrNoSpace
		}
		n, err := io.CopyN(f, r, min(chunk, i.Size-i.Received+1))
		if i.Received+n > i.Size {
			return i.Received, fmt.Errorf("%w: more bytes than the %d that were announced", ErrTooLarge, i.Size)
		}
		if n > 0 {
			if err := f.Sync(); err != nil {
				return i.Received, err
			}
			next := *i
			next.Received += n
			if err := in.Store.PutImport(ctx, next); err != nil {
				return i.Received, err
			}
			judged := i.Received >= early
			*i = next
			if !judged && i.Received >= early {
				if _, err := Recognise(f.Name()); err != nil {
					return i.Received, in.refuse(ctx, *i, err)
				}
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return i.Received, nil
		case err != nil:
			return i.Received, err
		}
	}
}

// refuse ends an upload whose content is of no use.
func (in *Intake) refuse(ctx context.Context, i store.Import, why error) error {
	return errors.Join(why, in.fail(ctx, i, why), os.Remove(in.partPath(i.ID)))
}

// Complete checks an upload and queues it.
func (in *Intake) Complete(ctx context.Context, id string) (store.Import, error) {
	lock := in.one(in.uploads, id)
	lock.Lock()
	defer lock.Unlock()
	i, err := in.Store.Import(ctx, id)
	switch {
	case err != nil:
		return i, err
	case i.State != store.ImportReceiving:
		return i, nil // a second Complete
	case i.Received != i.Size:
		return i, fmt.Errorf("%w: %d of %d", ErrIncomplete, i.Received, i.Size)
	}
	part := in.partPath(id)
	if err := checkDigest(part, i.SHA256); err != nil {
		return i, in.refuse(ctx, i, err)
	}
	if i.Kind, err = Recognise(part); err != nil {
		return i, in.refuse(ctx, i, err)
	}
	if err := in.enqueue(part, id, i.Name); err != nil {
		return i, err
	}
	i.State = store.ImportQueued
	if err := in.Store.PutImport(ctx, i); err != nil {
		return i, err
	}
	in.mu.Lock()
	delete(in.uploads, id)
	in.mu.Unlock()
	in.poke()
	return i, nil
}

// Cancel ends an upload that the person no longer wants.
func (in *Intake) Cancel(ctx context.Context, id string, by store.Actor) error {
	lock := in.one(in.uploads, id)
	lock.Lock()
	defer lock.Unlock()
	i, err := in.Store.Import(ctx, id)
	if err != nil {
		return err
	}
	if i.State != store.ImportReceiving {
		return fmt.Errorf("%w (%s)", ErrState, i.State)
	}
	if err := os.Remove(in.partPath(id)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := in.fail(ctx, i, errors.New("the upload was cancelled")); err != nil {
		return err
	}
	return in.Store.Audit(ctx, by, "import.cancel", "import:"+id, i.Name)
}

// enqueue moves a file or folder to where it waits to be read.
func (in *Intake) enqueue(from, id, name string) error {
	dir := in.queuePath(id)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := move(from, filepath.Join(dir, name)); err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	return errors.Join(syncDir(dir), syncDir(in.queueDir()))
}

func checkDigest(path, want string) error {
	if want == "" {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != want {
		return ErrDigest
	}
	return nil
}
