// Package intake turns inputs into what the hub remembers: an upload, a file in
// the drop folder or an hour of a sensor becomes an Import, its part of the
// inventory and its sessions in the store; then all parts are folded into the
// devices. An input is kept on disk only until it is read.
//
// Nothing accepted is lost and nothing counts twice: what is queued survives a
// kill at any point and is then read again from its file; what it told counts
// from the one transaction that also says it is done. It refuses content that it
// cannot read, archives that expand without end, and names that leave its folder.
package intake

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"ward/asset/device"
	"ward/pipeline"
	"ward/store"
	"ward/vuln/exposure"
	"ward/wire/session"
)

// Limits where Deps says nothing.
const (
	DefaultMaxSize     = 20 << 30       // bytes of one input
	DefaultMaxInflated = 200 << 30      // bytes of one input, unpacked
	DefaultMinFree     = 1 << 30        // bytes that stay free on the disk [E]
	UploadExpiry       = 24 * time.Hour // of an upload nobody goes on with [E]
)

// Recording takes the sessions of one import, as store.Recorder does.
type Recording interface {
	Session(s *session.Session) error
	Commit(ctx context.Context) error
	Discard()
}

// Deps are what an Intake works with.
type Deps struct {
	Store    *store.Store
	Dir      string            // data folder; inputs wait in "intake" below it
	Networks []string          // public address ranges of the site itself
	Speller  *exposure.Speller // nil: its own
	Workers  int               // packet workers, 0: by the number of processors
	// OnDevices is told what a fold changed, before the next input is read.
	OnDevices func(context.Context, store.DeviceChanges) error
	Failed    func(error) // told of what could not be done; nil: nobody

	MaxSize, MaxInflated, MinFree int64
	Drop                          Drop // the drop folder
	// Record is where sessions go, nil: into the store.
	Record func(ctx context.Context, importID string) (Recording, error)
}

// Intake takes inputs in. It is safe for concurrent use.
type Intake struct {
	Deps
	identity *pipeline.Identity
	networks []netip.Prefix
	wake     chan struct{} // something is queued or to be folded

	urgent atomic.Bool   // a person may wait for the fold
	folded time.Time     // when the last fold ended; the worker's
	took   time.Duration // how long it took; the worker's

	mu      sync.Mutex
	uploads map[string]*sync.Mutex // one writer for each upload; guarded by mu
	hours   map[string]*sync.Mutex // one writer for each hour of a sensor; guarded by mu
}

// New gives an Intake that does nothing before Run but take uploads.
func New(d Deps) (*Intake, error) {
	d.MaxSize, d.MaxInflated, d.MinFree = def(d.MaxSize, DefaultMaxSize), def(d.MaxInflated, DefaultMaxInflated), def(d.MinFree, DefaultMinFree)
	if d.Failed == nil {
		d.Failed = func(error) {}
	}
	if d.Speller == nil {
		d.Speller = exposure.NewSpeller()
	}
	if d.Record == nil {
		d.Record = func(ctx context.Context, id string) (Recording, error) { return d.Store.Record(ctx, id) }
	}
	identity, err := pipeline.NewIdentity(d.Speller)
	if err != nil {
		return nil, err
	}
	in := &Intake{Deps: d, identity: identity, wake: make(chan struct{}, 1),
		uploads: map[string]*sync.Mutex{}, hours: map[string]*sync.Mutex{}}
	for _, text := range d.Networks {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("intake: network of the site: %w", err)
		}
		in.networks = append(in.networks, p.Masked())
	}
	for _, dir := range []string{in.partDir(), in.queueDir()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	return in, nil
}

func def(n, otherwise int64) int64 {
	if n == 0 {
		return otherwise
	}
	return n
}

// The folders of an Intake. An input that waits to be read is the only entry of
// its folder in queueDir, which is named by the import.
func (in *Intake) partDir() string            { return filepath.Join(in.Dir, "intake", "parts") }
func (in *Intake) queueDir() string           { return filepath.Join(in.Dir, "intake", "queue") }
func (in *Intake) partPath(id string) string  { return filepath.Join(in.partDir(), id) }
func (in *Intake) queuePath(id string) string { return filepath.Join(in.queueDir(), id) }
func (in *Intake) unfoldedPath() string       { return filepath.Join(in.Dir, "intake", "unfolded") }

// options are those of the site's inventory.
func (in *Intake) options() device.Options { return in.identity.Options(nil, in.networks) }

func (in *Intake) poke() {
	select {
	case in.wake <- struct{}{}:
	default:
	}
}

// often is how often Run looks for what nobody told it of.
const often = 5 * time.Second

// seldom is how often old hours of sensors are joined.
const seldom = 6 * time.Hour

// maxUnfolded is how long imports in a row may wait for a fold [E].
const maxUnfolded = 30 * time.Second

// Run reads what is queued, one input after the other, and folds, until ctx
// ends. What was interrupted before is read again first.
func (in *Intake) Run(ctx context.Context) error {
	if err := in.recover(ctx); err != nil {
		return err
	}
	var waiting sync.WaitGroup
	defer waiting.Wait()
	if in.Drop.Dir != "" {
		waiting.Go(func() { in.watchDrop(ctx) })
	}
	tick := time.NewTicker(often)
	defer tick.Stop()
	var compacted time.Time
	for {
		err := in.work(ctx)
		if now := in.Store.Now(); err == nil && now.Sub(compacted) > seldom {
			compacted = now
			err = in.compact(ctx)
		}
		if err != nil && ctx.Err() == nil {
			in.Failed(err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-in.wake:
		case <-tick.C:
		}
	}
}

// work reads all that is queued. Many small inputs in a row are folded at once.
func (in *Intake) work(ctx context.Context) error {
	var failed error
	if err := in.expire(ctx); err != nil {
		failed = err
	}
	since := in.Store.Now()
	for ctx.Err() == nil {
		i, ok, err := in.next(ctx)
		if err != nil {
			return err
		}
		if ok {
			if err := in.take(ctx, i); err != nil {
				return errors.Join(failed, err)
			}
		}
		if ok && in.Store.Now().Sub(since) < maxUnfolded {
			continue
		}
		if err := in.foldIfDue(ctx); err != nil {
			return errors.Join(failed, err)
		}
		if since = in.Store.Now(); !ok {
			return failed
		}
	}
	return nil
}

// next gives the oldest import that waits.
func (in *Intake) next(ctx context.Context) (store.Import, bool, error) {
	list, err := in.all(ctx, store.ImportQueued, store.ImportReading)
	if err != nil || len(list) == 0 {
		return store.Import{}, false, err
	}
	return list[len(list)-1], true, nil
}

// all lists imports of some states, the newest first.
func (in *Intake) all(ctx context.Context, states ...store.ImportState) ([]store.Import, error) {
	const page = 200
	var out []store.Import
	for {
		list, total, err := in.Store.Imports(ctx, states, len(out), page)
		if err != nil {
			return nil, err
		}
		if out = append(out, list...); len(list) == 0 || len(out) >= total {
			return out, nil
		}
	}
}
