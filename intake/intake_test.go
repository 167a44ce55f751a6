package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ward/asset/device"
	"ward/sim"
	"ward/store"
)

const captures = 6

var ada = store.Actor{ID: "p1", Name: "Ada", From: "127.0.0.1"}

// hospital is a simulated hospital: six captures that follow each other and a
// maintenance export. It is made once.
var hospital = sync.OnceValues(func() (files map[string][]byte, err error) {
	h, err := sim.New(sim.Config{Seed: 11, Duration: 3 * time.Minute})
	if err != nil {
		return nil, err
	}
	parts := make([]bytes.Buffer, captures)
	var recorders []*sim.Recorder
	for n := range parts {
		recorders = append(recorders, sim.NewRecorder(&parts[n], sim.PCAP))
	}
	if _, err := h.Write(func(at time.Time, iface int, data []byte) error {
		n := min(int(at.Sub(sim.DefaultStart())/(30*time.Second)), len(parts)-1)
		return recorders[max(n, 0)].Frame(at, iface, data)
	}); err != nil {
		return nil, err
	}
	files = map[string][]byte{}
	for n, r := range recorders {
		if err := r.Close(); err != nil {
			return nil, err
		}
		files[fmt.Sprintf("part%d.pcap", n)] = parts[n].Bytes()
	}
	dir, err := os.MkdirTemp("", "assets")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := h.WriteAssets(filepath.Join(dir, "assets.csv")); err != nil {
		return nil, err
	}
	files["assets.csv"], err = os.ReadFile(filepath.Join(dir, "assets.csv"))
	return files, err
})

func files(t testing.TB) map[string][]byte {
	t.Helper()
	f, err := hospital()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// hub is an Intake over a real store.
type hub struct {
	*Intake
	t       testing.TB
	changes []store.DeviceChanges
}

func open(t testing.TB, dir string, d Deps) *hub {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Path: filepath.Join(dir, "ward.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	h := &hub{t: t}
	d.Store, d.Dir, d.MinFree = s, dir, def(d.MinFree, 1)
	d.Failed = func(err error) { t.Error(err) }
	d.OnDevices = func(_ context.Context, c store.DeviceChanges) error { h.changes = append(h.changes, c); return nil }
	if h.Intake, err = New(d); err != nil {
		t.Fatal(err)
	}
	return h
}

// upload sends a file in pieces and queues it.
func (h *hub) upload(name string, content []byte) store.Import {
	h.t.Helper()
	ctx := context.Background()
	i, err := h.Begin(ctx, name, int64(len(content)), "", ada)
	if err != nil {
		h.t.Fatal(err)
	}
	for at := int64(0); at < int64(len(content)); {
		if at, err = h.Append(ctx, i.ID, at, bytes.NewReader(content[at:min(at+1<<20, int64(len(content)))])); err != nil {
			h.t.Fatal(err)
		}
	}
	if i, err = h.Complete(ctx, i.ID); err != nil {
		h.t.Fatal(err)
	}
	return i
}

// settle reads all that is queued and folds.
func (h *hub) settle() {
	h.t.Helper()
	if err := h.recover(context.Background()); err != nil {
		h.t.Fatal(err)
	}
	h.urgent.Store(true)
	if err := h.work(context.Background()); err != nil {
		h.t.Fatal(err)
	}
}

func (h *hub) get(id string) store.Import {
	h.t.Helper()
	i, err := h.Store.Import(context.Background(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return i
}

// devices are the whole inventory in the store.
func (h *hub) devices() string {
	h.t.Helper()
	var b strings.Builder
	err := h.Store.EachDeviceDocument(context.Background(), func(d *device.Device) error {
		text, err := json.Marshal(d)
		fmt.Fprintf(&b, "%s\n", text)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return b.String()
}

// counts are the numbers that must not move when nothing is new.
func (h *hub) counts() string {
	h.t.Helper()
	changes, err := h.Store.Changes(context.Background(), store.ChangeFilter{Limit: 100000})
	if err != nil {
		h.t.Fatal(err)
	}
	parts := 0
	if err := h.Store.EachEvidence(context.Background(), func(store.Evidence) error { parts++; return nil }); err != nil {
		h.t.Fatal(err)
	}
	return fmt.Sprintf("%d parts, %d lines of history", parts, len(changes))
}

func TestAnyOrderGivesTheSame(t *testing.T) {
	var want string
	for n, order := range [][]string{
		{"assets.csv", "part0.pcap", "part1.pcap", "part2.pcap"},
		{"part2.pcap", "part0.pcap", "assets.csv", "part1.pcap"},
	} {
		h := open(t, t.TempDir(), Deps{})
		for _, name := range order {
			h.upload(name, files(t)[name])
			if n == 1 {
				h.settle() // one by one; else all at once
			}
		}
		h.settle()
		if n == 0 && len(h.changes) != 1 {
			t.Errorf("%d folds for imports in a row", len(h.changes))
		}
		got := h.devices()
		if c := strings.Count(got, "\n"); c < 20 {
			t.Fatalf("%d devices", c)
		}
		if want == "" {
			want = got
		} else if got != want {
			t.Errorf("another order gives other devices")
		}
	}
}

func TestSameContentChangesNothing(t *testing.T) {
	h := open(t, t.TempDir(), Deps{})
	first := h.upload("a.pcap", files(t)["part0.pcap"])
	h.settle()
	devices, counts := h.devices(), h.counts()
	for _, again := range []store.Import{h.upload("other.pcap", files(t)["part0.pcap"]), h.upload("a.pcap.gz", gzipped(files(t)["part0.pcap"]))} {
		h.settle()
		if i := h.get(again.ID); i.State != store.ImportDone || i.Same != first.ID {
			t.Errorf("%s: %s, same as %q, want %q", i.Name, i.State, i.Same, first.ID)
		}
	}
	if h.devices() != devices || h.counts() != counts {
		t.Errorf("the same capture changed something: %s, before %s", h.counts(), counts)
	}
	// Taken back and given again, it counts again.
	if err := h.Undo(context.Background(), first.ID, "it was the wrong capture", ada); err != nil {
		t.Fatal(err)
	}
	h.settle()
	if got := h.devices(); got != "" {
		t.Errorf("devices of an import that was taken back: %d", strings.Count(got, "\n"))
	}
	h.upload("a.pcap", files(t)["part0.pcap"])
	h.settle()
	if h.devices() != devices {
		t.Error("given again after it was taken back: not the same devices")
	}
	if left, err := os.ReadDir(h.queueDir()); err != nil || len(left) > 0 {
		t.Errorf("files left: %v %v", left, err)
	}
}

func TestNewestExportReplaces(t *testing.T) {
	h := open(t, t.TempDir(), Deps{})
	v1, v2 := []byte("asset id,model\nB-1,Alpha\nB-2,Beta\n"), []byte("asset id,model\nB-1,Gamma\n")
	h.upload("cmms.csv", v1)
	h.settle()
	h.upload("cmms.csv", v2)
	h.settle()
	if got := h.devices(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "Gamma") {
		t.Errorf("after the newer export: %s", got)
	}
	h.upload("cmms.csv", v1) // back to the older one
	h.settle()
	if got := h.devices(); strings.Count(got, "\n") != 2 || strings.Contains(got, "Gamma") {
		t.Errorf("after the older export again: %s", got)
	}
	h.upload("second.csv", []byte("asset id,model\nC-1,Delta\n"))
	h.settle()
	if got := h.devices(); strings.Count(got, "\n") != 3 {
		t.Errorf("two exports: %s", got)
	}
}

func TestLabelsFollow(t *testing.T) {
	h := open(t, t.TempDir(), Deps{})
	h.upload("cmms.csv", []byte("asset id,model\nB-1,Alpha\n"))
	h.settle()
	_, err := h.Store.Decide(context.Background(), store.Decision{Kind: store.Label, Device: "asset:B-1", Field: device.FieldModel, Value: "What the plate says",
		Reason: "read the plate on the device", By: "p1"}, false, ada)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Fold(); err != nil {
		t.Fatal(err)
	}
	h.settle()
	d, err := h.Store.Device(context.Background(), "asset:B-1")
	if err != nil || d.Model != "What the plate says" {
		t.Errorf("%v %+v", err, d)
	}
}

// traffic sums the sessions that count.
func (h *hub) traffic() (n uint64) {
	h.t.Helper()
	hours, err := h.Store.ServiceHours(context.Background(), time.Time{})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, s := range hours {
		n += s.Sessions
	}
	return n
}
