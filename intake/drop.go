package intake

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/google/uuid"

	"ward/store"
)

// Drop is a folder: what is put into it is read. Names that begin with a dot or
// end in .part or .tmp are left alone. A folder in it is one input (Zeek logs).
type Drop struct {
	Dir    string
	Keep   bool          // move what was read to done/ instead of deleting it
	Settle time.Duration // a file that did not change for so long is whole; 0: DefaultSettle
}

// DefaultSettle is how long a file must not change before it is taken [E].
const DefaultSettle = 10 * time.Second

const (
	doneDir   = "done"
	failedDir = "failed"
)

// watchDrop looks at the folder when something happens in it and now and then.
func (in *Intake) watchDrop(ctx context.Context) {
	settle := in.Drop.Settle
	if settle <= 0 {
		settle = DefaultSettle
	}
	var events <-chan fsnotify.Event // nil where the system cannot tell: looking will do
	if w, err := fsnotify.NewWatcher(); err == nil {
		defer w.Close()
		if w.Add(in.Drop.Dir) == nil {
			events = w.Events
		}
	}
	seen := map[string]look{}
	for {
		if err := in.scanDrop(ctx, seen, settle); err != nil && ctx.Err() == nil {
			in.Failed(fmt.Errorf("intake: the drop folder: %w", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-events:
			time.Sleep(min(settle/4, time.Second)) // several events come together
		case <-time.After(min(settle/2, often)):
		}
	}
}

// look is how an entry of the drop folder stood and since when.
type look struct {
	size  int64
	files int
	last  time.Time
	since time.Time
}

// scanDrop takes what stood still for long enough.
func (in *Intake) scanDrop(ctx context.Context, seen map[string]look, settle time.Duration) error {
	entries, err := os.ReadDir(in.Drop.Dir)
	if err != nil {
		return err
	}
	here := map[string]bool{}
	for _, e := range entries {
		name := e.Name()
		if !takes(e) {
			continue
		}
		here[name] = true
		now, err := lookAt(filepath.Join(in.Drop.Dir, name))
		if err != nil {
			continue // it went away, or grows just now
		}
		before, known := seen[name]
		if !known || before.size != now.size || before.files != now.files || !before.last.Equal(now.last) {
			seen[name] = now
			continue
		}
		if now.size == 0 || now.since.Sub(before.since) < settle || in.room(now.size) != nil && now.size <= in.MaxSize {
			continue // empty, too fresh, or no room yet
		}
		delete(seen, name)
		if err := in.takeDropped(ctx, name, now.size); err != nil {
			return err
		}
	}
	for name := range seen {
		if !here[name] {
			delete(seen, name)
		}
	}
	return nil
}

func takes(e fs.DirEntry) bool {
	name := strings.ToLower(e.Name())
	switch {
	case strings.HasPrefix(name, "."), strings.HasSuffix(name, ".part"), strings.HasSuffix(name, ".tmp"):
		return false
	case e.IsDir():
		return name != doneDir && name != failedDir
	}
	return e.Type().IsRegular() // links and pipes are left alone
}

// lookAt sums up a file or folder.
func lookAt(path string) (l look, err error) {
	l.since = time.Now()
	err = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.ModTime().After(l.last) {
			l.last = info.ModTime()
		}
		if info.Mode().IsRegular() {
			l.size += info.Size()
			l.files++
		}
		return nil
	})
	return l, err
}

// takeDropped moves one entry into the queue and notes it.
func (in *Intake) takeDropped(ctx context.Context, name string, size int64) error {
	id, from := uuid.NewString(), filepath.Join(in.Drop.Dir, name)
	if size > in.MaxSize {
		return in.Drop.reject(from, in.room(size).Error())
	}
	as := CleanName(name)
	if err := in.enqueue(from, id, as); err != nil {
		return err
	}
	return in.noteDropped(ctx, id, as, filepath.Join(in.queuePath(id), as))
}

// noteDropped makes the import of a file that is in the queue.
func (in *Intake) noteDropped(ctx context.Context, id, name, path string) error {
	l, err := lookAt(path)
	if err != nil {
		return err
	}
	i := store.Import{ID: id, Name: name, Via: "drop", Size: l.size, Received: l.size, State: store.ImportQueued, By: store.Ward.Name, At: in.Store.Now()}
	if err := in.Store.PutImport(ctx, i); err != nil {
		return err
	}
	in.poke()
	return in.Store.Audit(ctx, store.Ward, "import.drop", "import:"+id, name)
}

// keep puts what was read into done/, where it is asked for.
func (d *Drop) keep(path string) error {
	if !d.Keep || d.Dir == "" {
		return nil
	}
	_, err := d.put(doneDir, path)
	return err
}

// reject puts what could not be read into failed/, with a text that says why.
func (d *Drop) reject(path, why string) error {
	if d.Dir == "" {
		return nil // the folder was switched off in the meantime
	}
	to, err := d.put(failedDir, path)
	if err != nil {
		return err
	}
	return os.WriteFile(to+".txt", []byte(why+"\n"), 0o600)
}

// put moves path into a folder of the drop folder, beside what is there.
func (d *Drop) put(folder, path string) (string, error) {
	dir := filepath.Join(d.Dir, folder)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	to := filepath.Join(dir, filepath.Base(path))
	for n := 2; ; n++ {
		if _, err := os.Lstat(to); errors.Is(err, os.ErrNotExist) {
			break
		}
		to = filepath.Join(dir, fmt.Sprintf("%d-%s", n, filepath.Base(path)))
	}
	return to, move(path, to)
}
