package intake

import (
	"context"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"ward/store"
)

// childEnv names the data folder of a child process, which reads until it is
// killed.
const childEnv = "WARD_INTAKE_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		child(dir)
		return
	}
	os.Exit(m.Run())
}

func child(dir string) {
	s, err := store.Open(context.Background(), store.Options{Path: filepath.Join(dir, "ward.db")})
	if err != nil {
		panic(err)
	}
	var d Deps
	d.Store, d.Dir, d.MinFree = s, dir, 1
	d.Failed = func(err error) { panic(err) }
	in, err := New(d)
	if err != nil {
		panic(err)
	}
	panic(in.Run(context.Background()))
}

// killed lets a child work for a while.
func killed(t *testing.T, self, dir string, after time.Duration) {
	t.Helper()
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childEnv+"="+dir)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(after)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if state, _ := cmd.Process.Wait(); state != nil && state.Exited() {
		t.Fatalf("the child ended by itself: %s", state)
	}
}

// TestKilledAtAnyPoint kills the process that reads, again and again, at points
// that chance picks, and wants the devices of a run that nobody disturbed.
func TestKilledAtAnyPoint(t *testing.T) {
	calm := open(t, t.TempDir(), Deps{})
	names := slices.Sorted(maps.Keys(files(t)))
	for _, name := range names {
		calm.upload(name, files(t)[name])
	}
	calm.settle()
	want, sessions := calm.devices(), calm.traffic()

	dir := t.TempDir()
	h := open(t, dir, Deps{})
	var ids []string
	for _, name := range names {
		ids = append(ids, h.upload(name, files(t)[name]).ID)
	}
	h.Store.Close()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	interrupted := 0
	for n := 0; ; n++ {
		killed(t, self, dir, time.Duration(5+rand.IntN(60+2*n))*time.Millisecond)
		h = open(t, dir, Deps{})
		done := 0
		for _, id := range ids {
			switch h.get(id).State {
			case store.ImportDone:
				done++
			case store.ImportReading:
				interrupted++
			}
		}
		if done == len(ids) || n == 100 {
			t.Logf("%d kills, %d of them while reading, %d of %d imports done", n+1, interrupted, done, len(ids))
			break
		}
		h.Store.Close()
	}
	h.settle()
	for _, id := range ids {
		if i := h.get(id); i.State != store.ImportDone || i.Same != "" {
			t.Errorf("%+v", i)
		}
	}
	if h.devices() != want {
		t.Error("other devices than after a run that nobody disturbed")
	}
	if got := h.traffic(); got != sessions || got == 0 {
		t.Errorf("%d sessions, want %d: some are lost or count twice", got, sessions)
	}
	if left, err := os.ReadDir(h.queueDir()); err != nil || len(left) > 0 {
		t.Errorf("left in the queue: %v %v", left, err)
	}
	if _, err := os.Stat(h.unfoldedPath()); !os.IsNotExist(err) {
		t.Errorf("the mark of a fold stayed: %v", err)
	}
}
